"""One request of the page, checked: what the channel lets in."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from balm.errors import BalmError, unknown
from balm.turn import LANGUAGES

FIELDS = ("sender", "message", "token", "language", "id")
SENDER = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
KEPT_CONTROLS = "\n\t\u200d"  # the joiner holds compound emoji together


class Refused(BalmError):
    """A request that the channel cannot mean; `code` is for programs, the text for their authors."""

    def __init__(self, code: str, text: str, *, status: int = 400) -> None:
        super().__init__(text)
        self.code = code
        self.status = status


@dataclass(frozen=True)
class Incoming:
    """One message from the page. `language` is the page's own, for a message that shows none."""

    sender: str
    message: str
    id: str
    token: str | None = None
    language: str | None = None


def body_of(raw: bytes, *, longest: int) -> Mapping[str, Any]:
    """The JSON object in `raw`.

    Raises:
        Refused: it is longer than `longest` bytes, or no JSON object.
    """
    if len(raw) > longest:
        raise Refused("too_large", f"body '{len(raw)} bytes': at most {longest} are read.", status=413)
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise Refused("not_json", "body: this is not JSON. Send an object.") from error
    if not isinstance(body, dict):
        raise Refused("not_json", f"body of type '{type(body).__name__}': a JSON object is wanted.")
    return body


def incoming_of(body: Mapping[str, Any]) -> Incoming:
    """The message in `body`; whatever else a client put there (metadata, say) is left behind.

    Raises:
        Refused: a field has the wrong type, or the sender is no random UUID.
    """
    values = {name: text_field(body, name) for name in FIELDS}
    if values["language"] not in (None, *LANGUAGES):
        raise Refused("bad_field", unknown("body:", "language", values["language"], LANGUAGES))
    if values["message"] is None:
        raise Refused("bad_field", "body: field 'message' is missing. Send the customer's text.")
    return Incoming(
        sender=sender_of(values["sender"]),
        message=cleaned(values["message"]),
        id=(values["id"] or "")[:64],
        token=values["token"],
        language=values["language"],
    )


def text_field(body: Mapping[str, Any], name: str) -> str | None:
    """The text under `name`, or None when it is absent."""
    value = body.get(name)
    if value is not None and not isinstance(value, str):
        raise Refused("bad_field", f"body: field '{name}' '{str(value)[:40]}': a JSON string is wanted.")
    return value


def sender_of(value: str | None) -> str:
    """The conversation's id: a random UUID, since whoever knows it may read the conversation."""
    if not value or not SENDER.fullmatch(value):
        raise Refused(
            "bad_sender",
            f"sender '{(value or '')[:40]}': no random UUID (version 4, lower case)."
            " Make one with crypto.randomUUID() and keep it secret.",
        )
    return value


def cleaned(text: str) -> str:
    """`text` without what no keyboard types: half characters and control codes.

    >>> cleaned("太慢了\\x00\\ud83d")
    '太慢了\ufffd'
    """
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").replace("\r\n", "\n")
    return "".join(c for c in whole if c in KEPT_CONTROLS or unicodedata.category(c) != "Cc").strip()
