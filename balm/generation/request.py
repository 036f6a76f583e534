"""What a generator is asked, and what it gives back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from balm.emotion.reading import EmotionReading
from balm.reply import FactSheet
from balm.strategy.feeling import Feeling, feeling_in
from balm.strategy.requests import recognised
from balm.turn import Turn

# What a customer can be told about a handoff, and the values each line must have.
HANDOFF_NEXT: dict[str, tuple[str, ...]] = {
    "in_hours": ("handoff_id", "minutes"),
    "out_of_hours": ("handoff_id", "opens_at"),
    "queued": ("handoff_id",),
    "failed": (),
}


@dataclass(frozen=True, kw_only=True)
class ReplyRequest:
    """Everything one reply may be made of; nothing outside it may be claimed.

    `body` holds the designer's wordings for this intent, already in `language`. `history` is
    (customer's text, our reply), oldest first. `quiet` means that a human is expected: no care,
    plain facts only. `reason` is the policy's code for an escalation. `seed` fixes the choice among
    variations. `handoff_next` is a key of `HANDOFF_NEXT` and `handoff_values` fills its line
    (`minutes`, `opens_at`), in the customer's words.
    """

    language: str
    strategy: str
    turn: Turn
    decision_rule: str = ""
    reading: EmotionReading = field(default_factory=EmotionReading)
    sheet: FactSheet = field(default_factory=FactSheet)
    body: tuple[str, ...] = ()
    history: tuple[tuple[str, str], ...] = ()
    quiet: bool = False
    repeats: int = 0
    reason: str | None = None
    seed: str = ""
    handoff_id: str | None = None
    handoff_next: str | None = None
    handoff_values: Mapping[str, str] = field(default_factory=dict)

    @property
    def feeling(self) -> Feeling:
        """The feeling to answer: sarcastic praise is frustration, a doubted reading is neutral."""
        return feeling_in(self.reading)

    @property
    def tone(self) -> str:
        """The strategy to speak in: nobody who is upset is cheered at, whatever a policy says."""
        return "inform" if self.strategy == "celebrate" and self.feeling.negative else self.strategy

    @property
    def intent(self) -> str:
        """The turn's intent, `none` where nothing was recognised."""
        return recognised(self.turn) or "none"

    @property
    def said(self) -> tuple[str, ...]:
        """Our own replies so far, oldest first."""
        return tuple(reply for _, reply in self.history)

    @property
    def outlook(self) -> str | None:
        """The key of `HANDOFF_NEXT` that is true now, or None where no human was asked for.

        An outlook without the values that its line needs falls back to the line that needs fewer.
        """
        if self.handoff_id is None or self.handoff_next == "failed":
            return "failed" if self.handoff_next or self.strategy == "escalate" else None
        wanted = HANDOFF_NEXT.get(self.handoff_next or "", ())
        filled = wanted and all(self.handoff_facts.get(name) for name in wanted)
        return self.handoff_next if filled else "queued"

    @property
    def handoff_facts(self) -> dict[str, str]:
        """The values that a handoff line may name."""
        return {**self.handoff_values, "handoff_id": self.handoff_id or ""}


@dataclass(frozen=True)
class Draft:
    """A text nobody has checked yet."""

    text: str
    generator: str
    prompt_version: str | None = None


@dataclass(frozen=True)
class Verdict:
    """One guard rule's judgement, with the reason when it failed."""

    rule: str
    ok: bool
    reason: str = ""


@dataclass(frozen=True)
class Written:
    """A text that may go to the customer, and how it came about."""

    text: str
    generator: str
    prompt_version: str | None = None
    verdicts: tuple[Verdict, ...] = ()
    fallback_reason: str | None = None


class ReplyGenerator(Protocol):
    """Anything that can write a reply."""

    async def draft(self, request: ReplyRequest) -> Draft:
        """A draft for `request`.

        Raises:
            GenerationError: there is no usable draft; the message says why.
        """
        ...
