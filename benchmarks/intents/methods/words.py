"""Words for the peers that bring no tokenizer for Chinese."""

from __future__ import annotations

import re

CHINESE = re.compile(r"([\u3400-\u9fff])")


def words(text: str, language: str) -> str:
    """The text in small letters with spaces between its words; jieba cuts Chinese.

    >>> words("Where IS it?", "en")
    'where is it?'
    """
    if language != "zh":
        return text.lower()
    import jieba

    return " ".join(jieba.cut(text.lower()))


def characters(text: str) -> str:
    """The text in small letters with spaces around each Chinese character.

    >>> characters("退款OK?")
    ' 退  款 ok?'
    """
    return CHINESE.sub(r" \1 ", text.lower())
