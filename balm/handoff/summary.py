"""Two lines from which a colleague can start: what they want, and how it went so far."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from balm.handoff.words import words
from balm.strategy.feeling import feeling_in
from balm.strategy.requests import SMALL_TALK, recognised, says_little, times_asked_before
from balm.turn import Conversation, Turn

NO_REQUEST = SMALL_TALK | {"human_wanted", "hurry_up", "vent", "not_understood", None}
QUOTED = 120  # characters of a quotation: enough to recognise, short enough for one line
CURVE = 6  # steps of the feeling; the latest ones matter


def summarise(conversation: Conversation) -> str:
    """The summary, in the language of the last turn.

    >>> print(summarise(Conversation("c", (Turn("快递怎么还没到", intent="parcel_late"),))))
    诉求：“快递怎么还没到”
    情绪：平静。机器人还没有答复过。
    """
    said = words(conversation.turn.language)["summary"]
    return f"{_wants(conversation, said)}\n{_feels(conversation, said)}"


def _wants(conversation: Conversation, said: dict[str, str]) -> str:
    number = conversation.order_number or _last_number(conversation.turns)
    order = said["order"].format(order_number=number) if number else ""
    index = _request(conversation.turns)
    if index is None:
        return said["wants_unknown"].format(order=order)
    count = times_asked_before(conversation.turns[: index + 1]) + 1
    times = said["times"].format(count=count) if count > 1 else ""
    return said["wants"].format(request=_quote(conversation.turns[index].text), order=order, times=times)


def _feels(conversation: Conversation, said: dict[str, str]) -> str:
    wording = words(conversation.turn.language)
    telling = [turn for turn in conversation.turns if not says_little(turn)] or conversation.turns
    feelings = (feeling_in(turn.reading).name for turn in telling)
    curve = [str(wording["emotions"][name]) for name, _ in groupby(feelings)]
    name = wording["causes"].get(_cause(conversation.turns))
    reply = next((reply.text for reply in reversed(conversation.replies) if reply and reply.text), None)
    return said["feels"].format(
        curve=" → ".join(curve[-CURVE:]),
        cause=said["cause"].format(cause=name) if name else "",
        said=said["said"].format(text=_quote(reply)) if reply else said["said_nothing"],
    )


def _request(turns: Sequence[Turn]) -> int | None:
    """Where the customer last asked for something; else their last words of any kind."""
    asked = [i for i, turn in enumerate(turns) if recognised(turn) not in NO_REQUEST and turn.text.strip()]
    spoken = [i for i, turn in enumerate(turns) if turn.text.strip() and recognised(turn) != "human_wanted"]
    return next(iter(asked[-1:] or spoken[-1:]), None)


def _cause(turns: Iterable[Turn]) -> str:
    """The cause of the latest upset turn."""
    causes = [t.reading.cause.name for t in turns if feeling_in(t.reading).negative]
    return causes[-1] if causes else "none"


def _last_number(turns: Sequence[Turn]) -> str | None:
    numbers = [value for turn in turns for value in turn.entities.get("order_number", ())]
    return numbers[-1] if numbers else None


def _quote(text: str) -> str:
    """The text on one line, cut where it gets long."""
    line = " ".join(text.split())
    return line if len(line) <= QUOTED else line[: QUOTED - 1] + "…"
