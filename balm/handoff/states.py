"""The states of a handoff, and the moves between them."""

from __future__ import annotations

from balm.errors import HandoffError

# From each state to the states that may follow. `none` is a conversation without an open handoff.
MOVES: dict[str, tuple[str, ...]] = {
    "none": ("waiting",),
    "waiting": ("accepted", "closed"),
    "accepted": ("closed",),
    "closed": (),
}
OPEN = ("waiting", "accepted")


def check_move(handoff_id: str, before: str, after: str) -> None:
    """Passes when a handoff may go from `before` to `after`.

    Raises:
        HandoffError: it may not.
    """
    allowed = MOVES.get(before, ())
    if after not in allowed:
        raise HandoffError(
            f"handoff {handoff_id}, state '{after}': it is '{before}' now."
            f" Allowed from there: {', '.join(allowed) or 'nothing'}. Read the record again."
        )
