"""Clock times and time zones as settings name them."""

from __future__ import annotations

import re
from datetime import datetime, tzinfo
from importlib import import_module

from balm.errors import ConfigError

CLOCK_TIME = re.compile(r"([01]?\d|2[0-4]):([0-5]\d)")
DAY_MINUTES = 24 * 60


def minutes_of(key: str, text: str) -> int:
    """The minutes since midnight at a clock time like `09:00`; `24:00` is the end of the day."""
    match = CLOCK_TIME.fullmatch(text)
    minutes = int(match[1]) * 60 + int(match[2]) if match else DAY_MINUTES + 1
    if minutes > DAY_MINUTES:
        raise ConfigError(f"balm.yml, handoff: {key} '{text}': not a time of day. Write it like '09:00'.")
    return minutes


def zone_of(name: str) -> tzinfo:
    """The zone from the system's data, or from pytz, which Rasa brings: bare machines have no such data."""
    for find in (_system_zone, _carried_zone):
        try:
            return find(name)
        except (ImportError, KeyError, ValueError, OSError):
            continue
    raise ConfigError(
        f"balm.yml, handoff: time_zone '{name}': unknown here. Names like 'Asia/Shanghai' are allowed."
        " Mend the name, or install the package 'tzdata' where the system knows no time zones."
    )


def _system_zone(name: str) -> tzinfo:
    from zoneinfo import ZoneInfo

    return ZoneInfo(name)


def _carried_zone(name: str) -> tzinfo:
    zone: tzinfo = import_module("pytz").timezone(name)
    return zone


def offset_of(now: datetime) -> str:
    """The zone's distance from UTC as people write it: `UTC+8`, `UTC+5:30`."""
    minutes = int((now.utcoffset() or now - now).total_seconds()) // 60
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'-' if minutes < 0 else '+'}{hours}{f':{rest:02}' if rest else ''}"
