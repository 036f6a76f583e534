"""What may truthfully be said about the colleagues' hours."""

from __future__ import annotations

import zoneinfo
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from balm.errors import ConfigError
from balm.handoff.terms import HandoffTerms
from balm.handoff.words import contact, values_for

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri")
DESK = HandoffTerms(opens_at="09:00", closes_at="21:00", days=WEEKDAYS, target_minutes=15)


def at(text: str, zone: str = "Asia/Shanghai") -> float:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp()


# 2026-03-02 is a Monday.
MOMENTS = [
    ("open", "2026-03-02T10:00", "in_hours", "15", "15"),
    ("opening-minute", "2026-03-02T09:00", "in_hours", "15", "15"),
    ("target-ends-at-closing", "2026-03-02T20:45", "in_hours", "15", "15"),
    ("too-close-to-closing", "2026-03-02T20:50", "queued", None, None),
    ("closing-minute", "2026-03-02T21:00", "out_of_hours", "明天 09:00", "09:00 tomorrow (UTC+8)"),
    ("before-opening", "2026-03-02T08:59", "out_of_hours", "今天 09:00", "09:00 today (UTC+8)"),
    ("friday-night", "2026-03-06T23:00", "out_of_hours", "周一 09:00", "09:00 on Monday (UTC+8)"),
    ("sunday", "2026-03-08T12:00", "out_of_hours", "明天 09:00", "09:00 tomorrow (UTC+8)"),
]
NAMED = {"in_hours": "minutes", "out_of_hours": "opens_at"}


@pytest.mark.parametrize(
    ("moment", "kind", "zh", "en"), [m[1:] for m in MOMENTS], ids=[m[0] for m in MOMENTS]
)
def test_the_next_step_follows_the_hours(moment: str, kind: str, zh: str | None, en: str | None) -> None:
    step = DESK.next_step(at(moment))
    assert step.kind == kind
    for language, said in (("zh", zh), ("en", en)):
        assert values_for(step, language) == ({NAMED[kind]: said} if said else {})


def test_the_hours_are_those_of_the_desk_wherever_the_server_stands() -> None:
    new_york = HandoffTerms(
        opens_at="09:00", closes_at="17:00", time_zone="America/New_York", target_minutes=5
    )
    assert new_york.next_step(at("2026-03-02T10:00", "America/New_York")).kind == "in_hours"
    assert new_york.next_step(at("2026-03-02T10:00", "Asia/Shanghai")).kind == "out_of_hours"


def test_a_machine_without_zone_data_knows_the_hours_all_the_same() -> None:
    moments = [at("2026-03-02T10:00"), at("2026-03-02T22:00")]
    with_data = [DESK.next_step(moment) for moment in moments]
    try:
        zoneinfo.reset_tzpath(to=[])
        ZoneInfo.clear_cache()
        with pytest.raises(zoneinfo.ZoneInfoNotFoundError):
            ZoneInfo("Asia/Shanghai")
        assert [DESK.next_step(moment) for moment in moments] == with_data
    finally:
        zoneinfo.reset_tzpath()


def test_without_settings_no_time_is_named() -> None:
    assert values_for(HandoffTerms().next_step(at("2026-03-02T10:00")), "zh") == {}
    assert HandoffTerms().next_step(0.0).kind == "queued"


def test_without_a_target_no_minutes_are_named() -> None:
    hours_only = HandoffTerms(opens_at="09:00", closes_at="21:00")
    assert hours_only.next_step(at("2026-03-02T10:00")).kind == "queued"
    assert hours_only.next_step(at("2026-03-02T22:00")).kind == "out_of_hours"


def test_a_desk_open_on_one_day_opens_in_a_week() -> None:
    mondays = HandoffTerms(opens_at="09:00", closes_at="10:00", days=("mon",))
    assert values_for(mondays.next_step(at("2026-03-02T11:00")), "en") == {
        "opens_at": "09:00 on Monday (UTC+8)"
    }


def test_an_around_the_clock_desk_is_always_open() -> None:
    always = HandoffTerms(opens_at="00:00", closes_at="24:00", target_minutes=1)
    assert always.next_step(at("2026-03-07T23:59")).kind == "in_hours"


def test_a_zone_with_half_hours_is_named_exactly() -> None:
    kolkata = HandoffTerms(opens_at="09:00", closes_at="10:00", time_zone="Asia/Kolkata")
    assert kolkata.next_step(at("2026-03-02T08:00", "Asia/Kolkata")).zone == "UTC+5:30"


def test_terms_are_read_as_yaml_gives_them() -> None:
    """YAML reads 21:00 without quotes as a number of minutes."""
    raw = {
        "opens_at": "09:00",
        "closes_at": 1260,
        "days": ["mon", "sat"],
        "target_minutes": 10,
        "phone": 95555,
    }
    assert HandoffTerms.of(raw) == HandoffTerms(
        "09:00", "21:00", "Asia/Shanghai", ("mon", "sat"), 10, "95555"
    )
    assert HandoffTerms.of({}) == HandoffTerms.of({"phone": None}) == HandoffTerms()


REFUSED = [
    ("unknown-key", {"opens": "09:00"}, "unknown key 'opens'.*Did you mean 'opens_at'"),
    ("half-the-hours", {"opens_at": "09:00"}, "go together"),
    ("no-time", {"opens_at": "nine", "closes_at": "21:00"}, "opens_at 'nine'"),
    ("minute-60", {"opens_at": "09:60", "closes_at": "21:00"}, "opens_at '09:60'"),
    ("after-midnight", {"opens_at": "09:00", "closes_at": "24:30"}, "closes_at '24:30'"),
    ("backwards", {"opens_at": "21:00", "closes_at": "09:00"}, "never opens"),
    ("no-days", {"opens_at": "09:00", "closes_at": "21:00", "days": []}, "never opens"),
    ("day", {"days": ["monday"]}, "unknown day 'monday'"),
    ("days-as-text", {"days": "mon"}, "days 'mon'"),
    (
        "zone",
        {"opens_at": "09:00", "closes_at": "21:00", "time_zone": "Asia/Beijing"},
        "time_zone 'Asia/Beijing'",
    ),
    ("no-minutes", {"target_minutes": 0}, "target_minutes '0'"),
    ("soon", {"target_minutes": "soon"}, "target_minutes 'soon'"),
    ("list", {"phone": ["1"]}, "phone"),
]


@pytest.mark.parametrize(("raw", "message"), [r[1:] for r in REFUSED], ids=[r[0] for r in REFUSED])
def test_terms_that_cannot_be_meant_are_refused(raw: dict, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        HandoffTerms.of(raw)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_only_the_ways_in_the_settings_are_named(language: str) -> None:
    assert contact(HandoffTerms(), language) == ""
    assert "400-1" in contact(HandoffTerms(phone="400-1"), language)
    assert "a@b.c" in contact(HandoffTerms(email="a@b.c"), language)
    both = contact(HandoffTerms(phone="400-1", email="a@b.c"), language)
    assert "400-1" in both
    assert "a@b.c" in both
    assert "None" not in both + contact(HandoffTerms(phone="400-1"), language)
