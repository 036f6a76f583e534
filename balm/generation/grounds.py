"""What a reply may be based on: the texts of a request, and the numbers in them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation

from balm.generation.request import ReplyRequest

_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_THOUSANDS = re.compile(r"(?<![\d.])\d{1,3}(?:,\d{3})+(?!\d)")
# codes such as order or tracking numbers: letters and digits, at least four digits
_CODE = re.compile(r"(?<![a-z0-9])[a-z]{1,5}[- ]?\d{4,}(?![a-z0-9])")

_ZH_DIGITS = {"两": 2, **{digit: value for value, digit in enumerate("零一二三四五六七八九")}}
_ZH_WEIGHTS = {"十": 10, "百": 100}
_ZH_UNIT = "个?(?:工作日|小时|钟头|分钟|星期|礼拜|月|天|日|周|年|元|块钱|块|折|倍)"
_ZH_NUMBER = re.compile(f"([零一两二三四五六七八九十百]+)(?={_ZH_UNIT})")
_ZH_LOOSE = re.compile("一(?:天|日|块|年|分钟)")  # "one day" as a manner of speaking
_HALF = re.compile(f"半{_ZH_UNIT}")

_EN_SMALL = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen".split()
_EN_NUMBERS = {word: value for value, word in enumerate(_EN_SMALL, start=1)} | {
    "twenty": 20,
    "thirty": 30,
    "forty": 40,
    "fifty": 50,
    "hundred": 100,
}
_EN_UNIT = (
    "(?:business |working |more )*"
    "(?:days?|hours?|minutes?|weeks?|months?|years?|dollars?|euros?|pounds?|yuan|percent)"
)
_EN_NUMBER = re.compile(rf"\b({'|'.join(_EN_NUMBERS)}) (?={_EN_UNIT}\b)")
_EN_SINGLE = re.compile(r"\b(?:within|in) an? (?=(?:day|hour|week|month)\b)")


def plain(text: str) -> str:
    """`text` folded for comparison: full-width and case make no difference."""
    return unicodedata.normalize("NFKC", text).lower()


def facts_text(request: ReplyRequest) -> str:
    """Everything that may be claimed: facts, the designer's words, what is true about a handoff."""
    values = (value for fact in request.sheet.facts for value in fact.values.values())
    return plain("\n".join((*values, *request.body, *request.handoff_facts.values())))


def talk_text(request: ReplyRequest) -> str:
    """What both sides have said: it may be taken up, but proves nothing."""
    said = (text for pair in request.history for text in pair)
    return plain("\n".join((*said, request.turn.text)))


def numbers(text: str) -> set[Decimal]:
    """The numbers in `text`, in digits or in words that count a unit.

    >>> sorted(map(int, numbers("¥1,299.00，两天内，within a week")))
    [1, 2, 1299]
    """
    # before folding: a full-width comma separates numbers, "¥79.00，260 g" are two
    joined = _THOUSANDS.sub(lambda match: match[0].replace(",", ""), text)
    folded = plain(joined)
    return {*_digits(folded), *_chinese(folded), *_english(folded)}


def codes(text: str) -> set[str]:
    """Order numbers and the like.

    >>> sorted(codes("BM 10024683 and sf-99887766"))
    ['bm10024683', 'sf99887766']
    """
    return {re.sub(r"[- ]", "", match[0]) for match in _CODE.finditer(plain(text))}


def _digits(text: str) -> Iterator[Decimal]:
    for match in _NUMBER.finditer(text):
        try:
            yield Decimal(match[0]).normalize()
        except InvalidOperation:  # digits of another script
            continue


def _chinese(text: str) -> Iterator[Decimal]:
    strict = _ZH_LOOSE.sub(" ", text)
    yield from (Decimal(_zh_value(match[1])).normalize() for match in _ZH_NUMBER.finditer(strict))
    if _HALF.search(strict):
        yield Decimal("0.5")


def _zh_value(word: str) -> int:
    """`十五` as 15: sections of hundreds and tens.

    >>> _zh_value("十五"), _zh_value("三百二十")
    (15, 320)
    """
    total, digit = 0, 0
    for char in word:
        if char in _ZH_WEIGHTS:
            total, digit = total + (digit or 1) * _ZH_WEIGHTS[char], 0
        else:
            digit = _ZH_DIGITS[char]
    return total + digit


def _english(text: str) -> Iterator[Decimal]:
    yield from (Decimal(_EN_NUMBERS[match[1]]).normalize() for match in _EN_NUMBER.finditer(text))
    if _EN_SINGLE.search(text):
        yield Decimal(1)
