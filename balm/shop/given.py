"""What a customer has given to find their order by: its number, and the phone's last digits."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from balm.turn import Conversation, Turn

NUMBER = re.compile(r"(?<![a-z0-9])(bm)?[\s:#-]*(\d[\s-]?\d{3}[\s-]?\d{4})(?![a-z0-9])", re.I)
DATE = re.compile(r"20[1-4]\d(0[1-9]|1[0-2])([0-2]\d|3[01])")
PHONE = re.compile(r"(?<!\d)(?:\+?86[\s-]?)?1\d{2}[\s-]?\d{4}[\s-]?(\d{4})(?!\d)")
LAST4 = re.compile(r"(?<![\d.])(\d{4})(?![\d.])")
WORD = re.compile(r"[a-z']+|[\u3400-\u9fff]", re.I)
SHORT = 12  # words beside four digits: more is a sentence, whose numbers may mean anything


@dataclass(frozen=True)
class Given:
    """`number` and `last4` as far as they are known; `fresh` when this turn gave any of them.

    `here` is the number when this turn named it, `shown` the order that the bot told of last when
    no other has been named since. `bare` is set when the turn says nothing else. `elses` is set
    when the order is somebody else's.
    """

    number: str | None = None
    last4: str | None = None
    here: str | None = None
    fresh: bool = False
    bare: bool = False
    shown: str | None = None
    elses: bool = False

    @classmethod
    def of(cls, conversation: Conversation) -> Given:
        """What this turn gives, completed by what earlier ones gave."""
        turn = conversation.turn
        text = plain(turn.text)
        here = _number(turn, text)
        shown = None if here else _shown(conversation)
        last4 = _last4(turn, text, awaited=bool(conversation.topic or conversation.order_number or here))
        return cls(
            number=here or shown or order_number(conversation.order_number or ""),
            last4=last4 or _digits(conversation.phone_last4 or ""),
            here=here,
            fresh=bool(here or last4),
            bare=bool(here or last4) and set(_beside(text)) <= _handing_over(),
            shown=shown,
        )


def plain(text: str) -> str:
    """The text with full-width digits and letters made plain ones.

    >>> plain("ＢＭ１００２")
    'BM1002'
    """
    return unicodedata.normalize("NFKC", text)


def order_number(text: str) -> str | None:
    """The order number in `text` as the shop writes it.

    >>> order_number("bm 1002 4683"), order_number("单号10024683"), order_number("13800138000")
    ('BM10024683', 'BM10024683', None)
    """
    for match in NUMBER.finditer(PHONE.sub(" ", plain(text))):
        digits = re.sub(r"\D", "", match[2])
        if match[1] or not DATE.fullmatch(digits):
            return f"BM{digits}"
    return None


def says_yes(turn: Turn) -> bool:
    """Whether the turn begins with a yes, as in 'yes, cancel it'."""
    text = plain(turn.text).strip().lower()
    return any(re.match(rf"{re.escape(word)}(?![a-z])", text) for word in _typed()["agreeing"])


def _number(turn: Turn, text: str) -> str | None:
    for value in (*turn.entities.get("order_number", ()), text):
        number = order_number(value)
        if number:
            return number
    return None


def _shown(conversation: Conversation) -> str | None:
    """The order that the bot told of last; None when the customer has named a number since."""
    replies = conversation.replies
    for index in range(len(conversation.turns) - 2, -1, -1):
        said = replies[index] if index < len(replies) else None
        if said and said.orders:
            return said.orders[0]
        turn = conversation.turns[index]
        if _number(turn, plain(turn.text)):
            return None
    return None


def _last4(turn: Turn, text: str, *, awaited: bool) -> str | None:
    """The proof in this turn: named so, the end of a phone number, or four digits asked for."""
    for value in turn.entities.get("phone_last4", ()):
        if digits := _digits(value):
            return digits
    phone = PHONE.search(text)
    if phone:
        return phone[1]
    rest = NUMBER.sub(" ", text)
    match = LAST4.search(rest) if awaited and len(_beside(rest)) <= SHORT else None
    return match[1] if match else None


def _digits(value: str) -> str | None:
    """The last four digits of a value that holds a phone's end or all of it."""
    digits = re.sub(r"\D", "", plain(value))
    return digits[-4:] if len(digits) >= 4 else None


def _beside(text: str) -> list[str]:
    """The words beside the numbers, a Chinese character being one."""
    return WORD.findall(NUMBER.sub(" ", text).lower())


def _handing_over() -> frozenset[str]:
    """The words around a number that somebody just hands over."""
    words = _typed()["handing_over"]
    return frozenset(words["zh"]) | frozenset(words["en"].split())


@cache
def _typed() -> dict[str, Any]:
    import yaml

    typed: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("typed.yml").read_text(encoding="utf8"))
    return typed
