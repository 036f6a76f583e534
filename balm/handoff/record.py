"""What a colleague finds when a customer was handed over."""

from __future__ import annotations

from dataclasses import dataclass

from balm.handoff.states import OPEN


@dataclass(frozen=True)
class Note:
    """One message that the customer wrote while waiting; `at` is in seconds since 1970."""

    at: float
    text: str


@dataclass(frozen=True)
class HandoffRecord:
    """One request for a human. `id` is what the customer was told, like `H-7F3K`.

    `summary` is two lines in the customer's language; `reason` is the policy's code; `opened_at` is
    in seconds since 1970; `notes` are the customer's later messages, oldest first.
    """

    id: str
    conversation_id: str
    reason: str
    summary: str
    state: str
    opened_at: float
    language: str = "zh"
    notes: tuple[Note, ...] = ()

    @property
    def open(self) -> bool:
        """Whether a human is expected or has taken over."""
        return self.state in OPEN
