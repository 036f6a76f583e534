"""The first sentence: which words fit the strategy, the feeling and what is known."""

from __future__ import annotations

from collections.abc import Iterator

from balm.generation.request import ReplyRequest
from balm.generation.responses import STRENGTHS, Responses
from balm.shop.kinds import FACT_KINDS
from balm.strategy.requests import ANSWERS

STRONG_FROM = 0.6
TOLD_REASONS = ("safety",)  # reasons for an escalation that have words of their own
# Earlier askings from which a repeat is mentioned; to escalate over one repetition would sound theatrical.
AGAIN_FROM = {"escalate": 2}
CAUSE_FROM = 0.4  # below this certainty the cause is not mentioned


def openings(request: ReplyRequest, responses: Responses) -> tuple[str, ...]:
    """The openings to choose from; none where the reply should go straight to the point."""
    if _opened_already(request, responses):
        return ()
    strength = "strong" if request.feeling.intensity >= STRONG_FROM else "mild"
    return responses.first(*(("openings", request.tone, key, strength) for key in opening_keys(request)))


def opening_keys(request: ReplyRequest) -> Iterator[str]:
    """Where to look for an opening, the most telling key first."""
    feeling, cause = request.feeling.name, request.reading.cause
    if request.reason in TOLD_REASONS:
        yield request.reason
    if request.sheet.ask:
        yield request.sheet.ask
    if request.intent not in FACT_KINDS:  # a customer who says that it is late is not yet a fact
        yield request.intent
    if request.repeats >= AGAIN_FROM.get(request.tone, 1):
        yield "again"
    yield from (fact.kind for fact in request.sheet.facts)
    if cause.name != "none" and cause.confidence >= CAUSE_FROM:
        yield f"{feeling}/{cause.name}"
        yield cause.name
    yield feeling
    yield "any"


def _opened_already(request: ReplyRequest, responses: Responses) -> bool:
    """Whether the last reply opened alike and the customer merely answered its question."""
    if request.intent not in ANSWERS or not request.said:
        return False
    last = request.said[-1]
    return any(
        opening in last
        for path, texts in responses.texts.items()
        if path[:2] == ("openings", request.tone) and path[-1] in STRENGTHS
        for opening in texts
    )
