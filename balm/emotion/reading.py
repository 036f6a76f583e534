"""What a model says about the feeling in one turn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from balm.emotion.labels import EMOTIONS, VALENCES

ANNOYED = ("frustration", "anger")
SURELY_ANNOYED = 0.7
"""From here on in sum a model that doubts which of them it is knows that the customer is annoyed: of the
development turns that it doubted so, 14 of 14 were.
"""


@dataclass(frozen=True)
class Scored:
    """A name and the model's certainty in it, 0..1."""

    name: str
    confidence: float


@dataclass(frozen=True)
class EmotionReading:
    """One reading. It travels as JSON in the message property `emotion`.

    `name` is the likeliest emotion even when the model `abstained`; whoever acts on a reading
    asks `felt`. `intensity`, `needs_human` and `sarcasm` run from 0 to 1.
    """

    name: str = "neutral"
    confidence: float = 0.0
    intensity: float = 0.0
    cause: Scored = Scored("none", 0.0)
    needs_human: float = 0.0
    sarcasm: float = 0.0
    abstained: bool = False
    ranking: tuple[Scored, ...] = ()
    evidence: tuple[str, ...] = ()

    @property
    def valence(self) -> str:
        """`positive`, `neutral` or `negative`: the polarity of `name`."""
        return VALENCES[self.name]

    @property
    def felt(self) -> str:
        """The emotion to act on: `name`; neutral when the model abstained, or frustration if no doubt is left
        but how annoyed the customer is.

        >>> EmotionReading("anger", 0.45, abstained=True).felt
        'neutral'
        >>> torn = (Scored("anger", 0.45), Scored("frustration", 0.44), Scored("neutral", 0.11))
        >>> EmotionReading("anger", 0.45, abstained=True, ranking=torn).felt
        'frustration'
        """
        if not self.abstained:
            return self.name
        annoyed = sum(row.confidence for row in self.ranking if row.name in ANNOYED)
        return "frustration" if annoyed >= SURELY_ANNOYED else "neutral"

    @property
    def negative(self) -> bool:
        """Whether the customer is upset, as far as the model dares to say."""
        return VALENCES[self.felt] == "negative"

    def to_dict(self) -> dict[str, Any]:
        """The reading as JSON types, in the shape that the message property has."""
        return {**asdict(self), "valence": self.valence, "evidence": list(self.evidence)}

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any] | None) -> EmotionReading:
        """The reading that `to_dict` wrote; the unread one for `None` or an unknown emotion.

        >>> reading = EmotionReading("anger", 0.9, evidence=("骗子",))
        >>> EmotionReading.from_dict(reading.to_dict()) == reading
        True
        """
        if not raw or raw.get("name") not in EMOTIONS:
            return cls()
        return cls(
            name=raw["name"],
            confidence=float(raw.get("confidence", 0.0)),
            intensity=float(raw.get("intensity", 0.0)),
            cause=Scored(**(raw.get("cause") or {"name": "none", "confidence": 0.0})),
            needs_human=float(raw.get("needs_human", 0.0)),
            sarcasm=float(raw.get("sarcasm", 0.0)),
            abstained=bool(raw.get("abstained", False)),
            ranking=tuple(Scored(**row) for row in raw.get("ranking", ())),
            evidence=tuple(raw.get("evidence", ())),
        )
