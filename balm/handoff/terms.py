"""When colleagues are there, and what may be said about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from balm.errors import ConfigError, unknown
from balm.handoff.clock_time import DAY_MINUTES, minutes_of, offset_of, zone_of

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True)
class NextStep:
    """What truly happens next: `in_hours`, `out_of_hours`, or `queued` where no time may be named.

    `minutes` is the desk's target, never a promise. `opens_in_days` counts from today (0) to the day
    the desk opens again, `weekday` is that day's number (0 is Monday) and `opens_at` its opening time.
    """

    kind: str = "queued"
    minutes: int | None = None
    opens_in_days: int = 0
    weekday: int = 0
    opens_at: str = ""
    zone: str = ""


@dataclass(frozen=True)
class HandoffTerms:
    """The `handoff` part of balm.yml. Without it nothing about time or other ways is claimed.

    `opens_at` and `closes_at` are clock times in `time_zone`; `target_minutes` is how soon a colleague
    should come within them. `phone` and `email` are named when a handoff cannot be stored.
    `database` is the URL for the records of a bot that has no shop.
    """

    opens_at: str | None = None
    closes_at: str | None = None
    time_zone: str = "Asia/Shanghai"
    days: tuple[str, ...] = DAYS
    target_minutes: int | None = None
    phone: str | None = None
    email: str | None = None
    database: str | None = None

    def __post_init__(self) -> None:
        if (self.opens_at is None) != (self.closes_at is None):
            raise ConfigError("balm.yml, handoff: 'opens_at' and 'closes_at' go together. Give both or none.")
        if self.target_minutes is not None and not 1 <= self.target_minutes <= DAY_MINUTES:
            raise ConfigError(
                f"balm.yml, handoff: target_minutes '{self.target_minutes}': 1 to {DAY_MINUTES} is allowed."
            )
        for day in self.days:
            if day not in DAYS:
                raise ConfigError(unknown("balm.yml, handoff:", "day", day, DAYS))
        if self.opens_at is None or self.closes_at is None:
            return
        if not self.days or minutes_of("opens_at", self.opens_at) >= minutes_of("closes_at", self.closes_at):
            raise ConfigError(
                f"balm.yml, handoff: hours '{self.opens_at}' to '{self.closes_at}': the desk never opens."
                " 'closes_at' must be later on the same day, at most 24:00, on at least one day."
            )
        zone_of(self.time_zone)

    @classmethod
    def of(cls, raw: Mapping[str, Any]) -> HandoffTerms:
        """The terms in a mapping as YAML reads it.

        Raises:
            ConfigError: an unknown key, or a value that cannot be meant.
        """
        known = [f.name for f in fields(cls)]
        values: dict[str, Any] = {}
        for key, value in raw.items():
            if key not in known:
                raise ConfigError(unknown("balm.yml, handoff:", "key", key, known))
            read: Callable[[str, Any], Any] = READERS.get(key, _text)
            values |= {} if value is None else {key: read(key, value)}
        return cls(**values)

    def next_step(self, at: float) -> NextStep:
        """What happens to a handoff opened at `at` (seconds since 1970).

        >>> HandoffTerms(target_minutes=15).next_step(0.0).kind
        'in_hours'
        """
        if self.opens_at is None or self.closes_at is None:
            return NextStep("in_hours", self.target_minutes) if self.target_minutes else NextStep()
        now = datetime.fromtimestamp(at, zone_of(self.time_zone))
        minute = now.hour * 60 + now.minute
        opens, closes = minutes_of("opens_at", self.opens_at), minutes_of("closes_at", self.closes_at)
        if not (opens <= minute < closes and self._works(now.weekday())):
            return self._next_opening(now, opens, today=minute < opens)
        # Too close to closing time for the target: then no time is named at all.
        meets = self.target_minutes is not None and minute + self.target_minutes <= closes
        return NextStep("in_hours", self.target_minutes) if meets else NextStep()

    def _next_opening(self, now: datetime, opens: int, *, today: bool) -> NextStep:
        """The next time the desk opens: today when `today` can still be, else on the next working day."""
        ahead = next(n for n in range(8) if (n or today) and self._works(now.weekday() + n))
        weekday = (now.weekday() + ahead) % 7
        time = f"{opens // 60:02}:{opens % 60:02}"
        return NextStep("out_of_hours", None, ahead, weekday, time, offset_of(now))

    def _works(self, weekday: int) -> bool:
        return DAYS[weekday % 7] in self.days


def _text(key: str, value: Any) -> str:
    if not isinstance(value, (str, int)) or isinstance(value, bool):
        raise ConfigError(f"balm.yml, handoff: {key} '{value}': a text is wanted.")
    return str(value)


def _time(key: str, value: Any) -> str:
    """A clock time. YAML reads 21:00 without quotes as the number of minutes, 1260."""
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value // 60:02}:{value % 60:02}"
    return _text(key, value)


def _count(key: str, value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise ConfigError(f"balm.yml, handoff: {key} '{value}': a whole number of minutes is wanted.")
    return value


def _days(key: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise ConfigError(f"balm.yml, handoff: {key} '{value}': a list of {', '.join(DAYS)} is wanted.")
    return tuple(str(day) for day in value)


READERS: dict[str, Callable[[str, Any], Any]] = {
    "opens_at": _time,
    "closes_at": _time,
    "target_minutes": _count,
    "days": _days,
}
