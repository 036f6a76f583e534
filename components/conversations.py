"""Recent conversations in memory, so that a turn need not read and replay all earlier ones."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable

from rasa.shared.core.events import Event, SessionStarted
from rasa.shared.core.trackers import DialogueStateTracker

from .history import clone


class StoredConversation:
    """What the database holds of a conversation's latest session, replayed.

    `last_id` is the id of the last row. Its events are never those of a tracker at work: they were made
    from the stored JSON, so that a conversation reads the same before and after a restart.
    """

    def __init__(self, tracker: DialogueStateTracker, last_id: int = 0) -> None:
        self._tracker, self.last_id = tracker, last_id
        self._last_saved: Event | None = None

    def __len__(self) -> int:
        return len(self._tracker.events)

    def new_in(self, tracker: DialogueStateTracker) -> list[Event] | None:
        """The events of `tracker` that came after the stored ones; None where it does not continue them."""
        if not self.last_id:
            return list(tracker.events)
        stored = (self._last_saved, self._tracker.events[-1] if self._tracker.events else None)
        for newer, event in enumerate(reversed(tracker.events)):
            if any(event is one for one in stored):
                return list(tracker.events)[len(tracker.events) - newer :]
        return None

    def extend(self, events: Iterable[Event], last_id: int, last_saved: Event) -> None:
        """Adds what was just stored; a new session forgets the one before it."""
        for event in events:
            if isinstance(event, SessionStarted):
                self._tracker = self._tracker.init_copy()
            self._tracker.update(event)
        self.last_id, self._last_saved = last_id, last_saved

    def tracker(self) -> DialogueStateTracker:
        """A tracker in the state after the last stored event, to work with."""
        return clone(self._tracker)


class RecentConversations:
    """The conversations used last, up to `most_events` events in all."""

    def __init__(self, most_events: int) -> None:
        self._most = most_events
        self._kept: OrderedDict[str, tuple[StoredConversation, int]] = OrderedDict()
        self._events = 0  # the sum of the sizes beside the conversations

    def get(self, sender_id: str) -> StoredConversation | None:
        """The conversation, or None where it is not in memory."""
        found = self._kept.get(sender_id)
        return found[0] if found else None

    def put(self, sender_id: str, conversation: StoredConversation) -> None:
        """Keeps the conversation at its present size, and lets go of the longest unused."""
        self.forget(sender_id)
        size = len(conversation) + 1  # a stranger's empty conversation counts too
        self._kept[sender_id] = conversation, size
        self._events += size
        while self._events > self._most:
            self.forget(next(iter(self._kept)))

    def forget(self, sender_id: str) -> None:
        """Drops one conversation: the database will be read again."""
        _, size = self._kept.pop(sender_id, (None, 0))
        self._events -= size

    def clear(self) -> None:
        """Drops all of them."""
        self._kept.clear()
        self._events = 0
