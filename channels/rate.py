"""How many messages one conversation may send."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

WINDOW = 60.0  # seconds
CROWD = 5000  # conversations remembered before the quiet ones are forgotten


class RateLimit:
    """Counts each sender's messages of the last minute; 0 a minute means no limit."""

    def __init__(self, per_minute: int, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_minute = per_minute
        self._clock = clock
        self._sent: dict[str, deque[float]] = {}

    def allows(self, sender: str) -> bool:
        """Whether `sender` may send one more now; a refused message is not counted."""
        if not self._per_minute:
            return True
        now = self._clock()
        sent = self._sent.setdefault(sender, deque())
        while sent and sent[0] <= now - WINDOW:
            sent.popleft()
        if len(sent) >= self._per_minute:
            return False
        sent.append(now)
        self._forget_quiet(now)
        return True

    def _forget_quiet(self, now: float) -> None:
        if len(self._sent) > CROWD:
            self._sent = {who: sent for who, sent in self._sent.items() if sent and sent[-1] > now - WINDOW}
