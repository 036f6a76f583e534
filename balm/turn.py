"""One customer message, and the conversation it belongs to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from balm.emotion.reading import EmotionReading

LANGUAGES = ("zh", "en")


@dataclass(frozen=True)
class Turn:
    """One customer message with what the pipeline found in it.

    `entities` maps an entity's name to its values in order of appearance; `at` is in seconds
    since 1970. `intent` is None when nothing was recognised (empty text, an emoji).
    """

    text: str
    language: str = "zh"
    intent: str | None = None
    intent_confidence: float = 0.0
    reading: EmotionReading = field(default_factory=EmotionReading)
    entities: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    at: float = 0.0


@dataclass(frozen=True)
class Said:
    """What the bot did about an earlier turn. `orders` are the numbers of the orders it told of."""

    strategy: str = "inform"
    rule: str = ""
    text: str = ""
    failed: bool = False
    orders: tuple[str, ...] = ()


@dataclass(frozen=True)
class Conversation:
    """All turns so far, oldest first; the last one is to be answered.

    `replies[i]` is what was said to `turns[i]`, so `replies` is one shorter than `turns`, or more
    where the bot stayed silent and `None` stands in. `customer_id` is a signed-in customer's id
    that the channel vouches for. `topic` is the intent that waits for an order number, a proof
    or a yes; `order_number` and `phone_last4` are what the customer has given so far.
    """

    id: str
    turns: tuple[Turn, ...]
    replies: tuple[Said | None, ...] = ()
    customer_id: str | None = None
    topic: str | None = None
    order_number: str | None = None
    phone_last4: str | None = None
    handoff_state: str = "none"

    @property
    def turn(self) -> Turn:
        """The message to answer now."""
        return self.turns[-1]
