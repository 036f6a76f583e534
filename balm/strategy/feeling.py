"""The feeling that a reading gives reason to act on."""

from __future__ import annotations

from dataclasses import dataclass

from balm.emotion.labels import VALENCES
from balm.emotion.reading import EmotionReading

SARCASM_FROM = 0.5  # more likely sarcastic than not
SARCASM_INTENSITY = 0.4  # praise that is meant as its opposite is at least mild reproach


@dataclass(frozen=True)
class Feeling:
    """An emotion and how strong it is, 0..1."""

    name: str = "neutral"
    intensity: float = 0.0

    @property
    def negative(self) -> bool:
        """Whether the customer is upset."""
        return VALENCES[self.name] == "negative"


def feeling_in(reading: EmotionReading) -> Feeling:
    """The feeling to act on: what the reading dares to say, and frustration when praise is sarcastic.

    >>> feeling_in(EmotionReading("joy", 0.8, intensity=0.2, sarcasm=0.9))
    Feeling(name='frustration', intensity=0.4)
    >>> feeling_in(EmotionReading("anger", 0.3, intensity=0.9, abstained=True))
    Feeling(name='neutral', intensity=0.0)
    """
    if reading.abstained and not reading.negative:
        return Feeling()
    intensity = unit(reading.intensity)
    if reading.sarcasm >= SARCASM_FROM and not reading.negative:
        return Feeling("frustration", max(intensity, SARCASM_INTENSITY))
    return Feeling(reading.felt, intensity)


def unit(value: float) -> float:
    """`value` moved into 0..1; a number that is none (NaN) counts as 0.

    >>> unit(1.7), unit(-0.1), unit(float("nan"))
    (1.0, 0.0, 0.0)
    """
    return min(max(float(value), 0.0), 1.0) if value == value else 0.0
