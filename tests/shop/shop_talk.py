"""A customer and a clock for the shop's tests."""

from __future__ import annotations

from datetime import datetime, timezone

from balm.emotion.reading import EmotionReading
from balm.reply import FactSheet
from balm.shop.desk import ShopDesk
from balm.turn import Conversation, Said, Turn

NOW = datetime(2025, 11, 22, 6, 0, tzinfo=timezone.utc).timestamp()


class Clock:
    """A clock that stands still until it is told to move."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> float:
        return self.now

    def pass_minutes(self, minutes: float) -> None:
        self.now += 60 * minutes


class Talk:
    """A customer at the desk: keeps what the bot's slots would keep between turns."""

    def __init__(
        self, desk: ShopDesk, clock: Clock, *, customer: str | None = None, name: str = "c-1"
    ) -> None:
        self.desk, self.clock, self.customer, self.name = desk, clock, customer, name
        self.topic: str | None = None
        self.number: str | None = None
        self.last4: str | None = None
        self.turns: tuple[Turn, ...] = ()
        self.replies: tuple[Said, ...] = ()

    def say(self, words: str, intent: str | None, language: str = "zh", **more: object) -> FactSheet:
        """The sheet for one more turn."""
        self.clock.pass_minutes(0.1)
        entities = more.pop("entities", {})
        reading = EmotionReading(**more)
        self.turns += (Turn(words, language, intent, 0.9, reading, entities, at=self.clock()),)
        sheet = self.desk.facts(
            Conversation(
                self.name,
                self.turns,
                self.replies,
                customer_id=self.customer,
                topic=self.topic,
                order_number=self.number,
                phone_last4=self.last4,
            )
        )
        shown = [fact.values["order_number"] for fact in sheet.facts if "order_number" in fact.values]
        self.replies += (Said(orders=tuple(dict.fromkeys(shown))),)
        self.topic = sheet.topic
        self.number = (entities.get("order_number") or [self.number])[-1]
        self.last4 = (entities.get("phone_last4") or [self.last4])[-1]
        return sheet


def kinds(sheet: FactSheet) -> list[str]:
    """The kinds of a sheet's facts; fails on a sheet that could not be had."""
    assert sheet.failed is None, sheet.failed
    return [fact.kind for fact in sheet.facts]
