"""Which turns ask for the same thing again, and which ask for nothing at all."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from balm.strategy.feeling import feeling_in
from balm.turn import Turn

# These say something about the talk itself, so saying them twice is no repeated request.
SMALL_TALK = frozenset(
    "greet goodbye thanks praise affirm deny chitchat bot_challenge inform_order out_of_scope".split()
)
# A turn that only hands over what the bot asked for.
ANSWERS = frozenset(("inform_order", "affirm", "deny"))
UNRECOGNISED = frozenset((None, "", "nlu_fallback"))  # Rasa's FallbackClassifier renames what it doubts
# Details that make two questions of one intent different questions.
DETAILS = ("order_number", "product", "brand", "colour", "size")


def recognised(turn: Turn) -> str | None:
    """The turn's intent, or None when the pipeline found none."""
    return None if turn.intent in UNRECOGNISED else turn.intent


def says_little(turn: Turn) -> bool:
    """Whether the turn is no evidence for or against a mood: a doubted reading, or a bare answer.

    >>> says_little(Turn("BM10024683", intent="inform_order"))
    True
    """
    if turn.reading.abstained and not turn.reading.negative:
        return True
    return feeling_in(turn.reading).name == "neutral" and recognised(turn) in ANSWERS


def times_asked_before(turns: Sequence[Turn]) -> int:
    """How many earlier turns made the request of the last one.

    The same intent counts unless the new turn brings a detail that the earlier one lacked: a number
    that was asked for, or another product. The same words count whatever the intent.

    >>> late = Turn("还没到吗", intent="parcel_late")
    >>> times_asked_before([late, Turn("好的", intent="affirm"), late])
    1
    """
    *earlier, now = turns
    if recognised(now) in SMALL_TALK:
        return 0
    return sum(_same_request(before, now) for before in earlier)


def _same_request(before: Turn, now: Turn) -> bool:
    intent = recognised(now)
    if intent is not None and intent == recognised(before) and _details(now) <= _details(before):
        return True
    words = _words(now.text)
    return bool(words) and words == _words(before.text)


@lru_cache(maxsize=4096)  # every turn is compared with every later one
def _words(text: str) -> str:
    """The letters and digits of a text in one case: "Hello?!" and "hello" are the same words."""
    return re.sub(r"[\W_]+", "", text).casefold()


def _details(turn: Turn) -> set[tuple[str, str]]:
    if not turn.entities:
        return set()
    return {(name, value.casefold()) for name in DETAILS for value in turn.entities.get(name, ())}
