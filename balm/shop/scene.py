"""All that a fact is made from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from balm.shop.catalogue import Catalogue
from balm.shop.table import Work
from balm.shop.wording import Wording
from balm.turn import Conversation, Turn


@dataclass(frozen=True)
class Scene:
    """One turn before the open shop.

    `products` are the ids of the products that this turn means. `confirmed` is set when the
    customer has said yes to what they were asked about the order.
    """

    session: Session
    conversation: Conversation
    work: Work
    say: Wording
    catalogue: Catalogue
    products: tuple[str, ...] = ()
    confirmed: bool = False

    @property
    def turn(self) -> Turn:
        """The message to answer."""
        return self.conversation.turn

    @property
    def now(self) -> datetime:
        """The time of the answer."""
        return self.say.now
