"""The frustration clock: how worn the customer's patience is after every turn so far.

Words alone are a poor guide to the next turn, so the clock joins what the text shows with what
happened in the talk: the same request again, the bot asking again, failures, waiting. Every push
takes the same share of the patience that is left, `heat += (1 - heat) * push`: the clock stays
within 0..1, and more of anything bad never lowers it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from balm.strategy.feeling import feeling_in
from balm.strategy.requests import says_little, times_asked_before
from balm.turn import Conversation, Said, Turn

# A strongest-possible feeling takes this share of the remaining patience. Two furious turns pass 0.6,
# so do three frustrated ones; worry alone needs five, because it wants help rather than a reckoning.
FEELING_PUSH = {"anger": 0.45, "frustration": 0.35, "disappointment": 0.22, "anxiety": 0.18}
FAINT = 0.4  # the share of that push for intensity 0: the label itself is already evidence
# What a turn without negative feeling leaves of the heat. Thanks calm most; being lost calms little.
COOLING = {"joy": 0.4, "neutral": 0.65, "confusion": 0.8}
NO_EVIDENCE = 0.9  # "BM10024683" or an abstained reading says little about the mood, so little cools
REPEAT_PUSH = 0.15  # once per earlier time of asking, so the third time hurts more than the second
REPEATS_FELT = 3  # beyond this, asking again tells nothing new
ASKED_AGAIN_PUSH = 0.12  # the bot asked back twice in a row and still does not know
FAILED_PUSH = 0.15  # the last reply could not give the facts
INTENT_PUSH = {"hurry_up": 0.12, "not_understood": 0.08}  # waiting for us; our words were no help
NEW_VISIT_S = 6 * 3600  # after such a pause the customer starts anew...
CARRIED_OVER = 0.5  # ...with half of the old heat: a night's sleep helps, but is no solution
NOTICEABLE = 0.05  # changes below this are no trend


@dataclass(frozen=True)
class Clock:
    """The patience used up, 0..1, and how it got there.

    `negative_run` counts the negative turns up to now without a calm one between; `repeats` the
    earlier turns that asked for the same; `trend` is `rising`, `steady` or `calming`.
    """

    frustration: float = 0.0
    negative_run: int = 0
    repeats: int = 0
    trend: str = "steady"


def read_clock(conversation: Conversation) -> Clock:
    """The clock after the conversation's last turn.

    >>> from balm.emotion.reading import EmotionReading
    >>> angry = Turn("骗子！", reading=EmotionReading("anger", 0.9, intensity=1.0))
    >>> read_clock(Conversation("c", (angry, angry)))
    Clock(frustration=0.743, negative_run=2, repeats=1, trend='rising')
    """
    turns = conversation.turns
    before, heat = 0.0, 0.0
    for index in range(len(turns)):
        before, heat = heat, _after(heat, conversation, index)
    return Clock(
        frustration=round(heat, 3),
        negative_run=_negative_run(turns),
        repeats=times_asked_before(turns[_visit_start(turns) :]) if turns else 0,
        trend=_trend(heat - before),
    )


def _after(heat: float, conversation: Conversation, index: int) -> float:
    """The heat once the turn at `index` has been read."""
    heat *= _kept(conversation.turns, index)
    for push in _pushes(conversation, index):
        heat += (1 - heat) * push
    return heat


def _kept(turns: Sequence[Turn], index: int) -> float:
    """The share of the old heat that is left before this turn's pushes."""
    feeling = feeling_in(turns[index].reading)
    rested = CARRIED_OVER if index and _new_visit(turns[index - 1], turns[index]) else 1.0
    if feeling.negative:
        return rested
    return rested * (NO_EVIDENCE if says_little(turns[index]) else COOLING[feeling.name])


def _pushes(conversation: Conversation, index: int) -> Iterator[float]:
    """What this turn adds, each as a share of the patience left."""
    turns = conversation.turns[: index + 1]
    turn, feeling = turns[-1], feeling_in(turns[-1].reading)
    if feeling.negative:
        yield FEELING_PUSH[feeling.name] * (FAINT + (1 - FAINT) * feeling.intensity)
    repeats = times_asked_before(turns[_visit_start(turns) :])
    yield from [REPEAT_PUSH] * min(repeats, REPEATS_FELT)
    yield INTENT_PUSH.get(turn.intent or "", 0.0)
    last, one_before = _said(conversation, index - 1), _said(conversation, index - 2)
    if last and last.failed:
        yield FAILED_PUSH
    if last and one_before and last.strategy == one_before.strategy == "clarify":
        yield ASKED_AGAIN_PUSH


def _said(conversation: Conversation, index: int) -> Said | None:
    return conversation.replies[index] if 0 <= index < len(conversation.replies) else None


def _negative_run(turns: Sequence[Turn]) -> int:
    run = 0
    for turn in reversed(turns):
        if feeling_in(turn.reading).negative:
            run += 1
        elif not says_little(turn):
            break
    return run


def _new_visit(before: Turn, turn: Turn) -> bool:
    return turn.at - before.at > NEW_VISIT_S


def _visit_start(turns: Sequence[Turn]) -> int:
    """The index of the first turn since the last long pause."""
    starts = [i for i in range(1, len(turns)) if _new_visit(turns[i - 1], turns[i])]
    return starts[-1] if starts else 0


def _trend(change: float) -> str:
    if abs(change) < NOTICEABLE:
        return "steady"
    return "rising" if change > 0 else "calming"
