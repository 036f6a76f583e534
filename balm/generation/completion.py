"""The reply inside a chat completion."""

from __future__ import annotations

import json
import re
from typing import Any

from balm.errors import GenerationError

_THINKING = re.compile(r"<think(?:ing)?>.*?</think(?:ing)?>", re.DOTALL | re.IGNORECASE)
_THOUGHT_ONLY_CLOSED = re.compile(r"^.*?</think(?:ing)?>", re.DOTALL | re.IGNORECASE)
_UNFINISHED_THOUGHT = re.compile(r"<think(?:ing)?>.*", re.DOTALL | re.IGNORECASE)
_BOLD = re.compile(r"\*\*(.+?)\*\*", re.DOTALL)
_SPACE = re.compile(r"\s*\n\s*")
_QUOTES = (("“", "”"), ('"', '"'), ("「", "」"))
_CUT = {
    "length": "the reply was cut off (finish_reason 'length'). Raise max_tokens or switch thinking off.",
    "content_filter": "the endpoint withheld the reply (finish_reason 'content_filter').",
    "tool_calls": "the model called a tool instead of replying (finish_reason 'tool_calls').",
}


def read_completion(content: bytes) -> str:
    """The reply in the body of a chat completion, without thoughts, quotes and bold marks.

    >>> read_completion(b'{"choices": [{"message": {"content": "<think>hm</think> **Hello.**"}}]}')
    'Hello.'

    Raises:
        GenerationError: not JSON, not a completion, cut off, or empty.
    """
    try:
        choice = json.loads(content)["choices"][0]
        message, finished = choice["message"], choice.get("finish_reason")
        text = _joined(message["content"])
    except (ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
        start = content[:80].decode("utf8", "replace")
        raise GenerationError(f"sent no chat completion ({type(error).__name__}), but '{start}'.") from error
    if finished in _CUT:
        raise GenerationError(_CUT[finished])
    cleaned = clean(text)
    if not cleaned:
        raise GenerationError("sent an empty reply.")
    return cleaned


def clean(text: str) -> str:
    """What a model meant to say: its thoughts, wrapping quotes, bold marks and line breaks taken away.

    >>> clean('<think>first I')
    ''
    >>> clean('“您好。”')
    '您好。'
    """
    for thought in (_THINKING, _THOUGHT_ONLY_CLOSED, _UNFINISHED_THOUGHT):
        text = thought.sub("", text)
    text = _SPACE.sub(" ", _BOLD.sub(r"\1", text)).strip()
    for left, right in _QUOTES:
        if len(text) > 1 and text[0] == left and text[-1] == right and right not in text[1:-1]:
            text = text[1:-1].strip()
    return text


def _joined(content: Any) -> str:
    """The text of a message whose content is a string, a list of parts, or nothing."""
    if isinstance(content, list):
        return "".join(part.get("text", "") for part in content if part.get("type", "text") == "text")
    return "" if content is None else str(content)
