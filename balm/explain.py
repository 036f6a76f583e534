"""One message explained from the reading to the strategy: what `balm explain` prints."""

from __future__ import annotations

from balm.emotion.model import EmotionModel
from balm.emotion.reading import EmotionReading
from balm.encoder import Encoder
from balm.language import detect
from balm.reply import FactSheet
from balm.settings import Settings
from balm.strategy.clock import read_clock
from balm.strategy.explain import explain
from balm.strategy.policy import CarePolicy
from balm.strategy.situation import Situation
from balm.turn import Conversation, Turn


def explanation(text: str, *, intent: str | None = None) -> str:
    """How a first message with this `text` is read, and each policy row tried until one fires."""
    settings = Settings.load()
    (reading,) = EmotionModel(Encoder.load("bundled")).read([text])
    turn = Turn(text, language=detect(text) or settings.default_language, intent=intent, reading=reading)
    conversation = Conversation("explained", (turn,))
    situation = Situation.of(conversation, read_clock(conversation), FactSheet())
    tried = explain(CarePolicy.load(settings.policy), situation)
    return f"{_read(reading)}\n\n{tried}\n\n-> {tried.decision.strategy} (rule '{tried.decision.rule}')"


def _read(reading: EmotionReading) -> str:
    """The reading in a few lines."""
    doubt = " (unsure: abstained)" if reading.abstained else ""
    rest = ", ".join(f"{row.name} {row.confidence:.2f}" for row in reading.ranking[1:3])
    return "\n".join(
        [
            f"emotion    {reading.name} {reading.confidence:.2f}{doubt}",
            f"then       {rest}",
            f"intensity  {reading.intensity:.2f}",
            f"cause      {reading.cause.name} {reading.cause.confidence:.2f}",
            f"human      {reading.needs_human:.2f}",
            f"sarcasm    {reading.sarcasm:.2f}",
            f"evidence   {' '.join(reading.evidence)}",
        ]
    )
