"""Which size fits, from the measurements in a customer's text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from balm.shop.given import plain

TOO_FAR = 8.0  # cm and kg beside a size, taken together, that nobody would call fitting
SPELT = re.compile("一米[\u3007\u4e00-\u9fff]{1,2}")  # a height in words
METRES = re.compile(r"(?<![\d.])1\s*(?:[.米m])\s*(\d{2}|\d(?!\d))(?!\d|\s*(?:kg|公斤|元))", re.I)
CENTIMETRES = re.compile(r"(?<![\d.])(\d{2,3}(?:\.\d)?)\s*(?:cm|厘米|公分|centimet)", re.I)
FEET = re.compile(r"(?<!\d)([4-6])\s*(?:'|′|’|ft|foot|feet)\s*(\d{1,2})?", re.I)
KILOS = re.compile(r"(?<![\d.])(\d{2,3}(?:\.\d)?)\s*(?:kg|kilo|公斤|千克)", re.I)
JIN = re.compile(r"(?<![\d.])(\d{2,3}(?:\.\d)?)\s*斤")
POUNDS = re.compile(r"(?<![\d.])(\d{2,3}(?:\.\d)?)\s*(?:lbs?|pounds?)", re.I)
STONE = re.compile(r"(?<![\d.])(\d{1,2}(?:\.\d)?)\s*(?:stone|st\b)", re.I)
FOOT = re.compile(
    r"(?<!\d)(?<!\d\s)(?:脚长|foot|feet|脚)\D{0,12}?(\d{2,3}(?:\.\d)?)\s*(mm|毫米|cm|厘米|公分)?", re.I
)
NAMED_HEIGHT = re.compile(r"(?:身高|个子|高|height|tall)\D{0,6}(\d{3})(?!\d)", re.I)
NAMED_WEIGHT = re.compile(r"(?:体重|重|weight|weigh)\D{0,6}(\d{2,3}(?:\.\d)?)(?!\d)", re.I)
PAIR = re.compile(r"(?<!\d)(1[4-9]\d|20\d)\s*[/,，、\s]\s*(\d{2,3})(?!\d)")
JIN_FROM = 85  # a bare Chinese weight of this much is said in jin, half a kilo


@dataclass(frozen=True)
class Measures:
    """Height and foot in cm, weight in kg; None where the text does not say."""

    height: float | None = None
    weight: float | None = None
    foot: float | None = None

    @classmethod
    def of(cls, text: str) -> Measures:
        """The measurements in `text`, in the units that people use.

        >>> Measures.of("身高165，体重104斤"), Measures.of("5'6 and 130 lbs").weight
        (Measures(height=165.0, weight=52.0, foot=None), 59.0)
        """
        text = SPELT.sub(lambda match: "".join(map(_digit, match[0])), plain(text))
        foot = _foot(text)
        if foot is not None:
            return cls(foot=foot)
        pair = PAIR.search(text)
        height, weight = _height(text), _weight(text)
        if pair and height is None:
            height = float(pair[1])
        if pair and weight is None:
            weight = _bare_weight(float(pair[2]))
        return cls(height, weight)

    @property
    def known(self) -> bool:
        """Whether there is anything to choose a size by."""
        return any(value is not None for value in (self.height, self.weight, self.foot))


def fitting(sizes: Sequence[Mapping[str, Any]], measures: Measures) -> str | None:
    """The size that fits best, the larger of two; None when none comes near.

    >>> table = [{"size": "M", "height": [158, 168]}, {"size": "L", "height": [165, 175]}]
    >>> fitting(table, Measures(height=167)), fitting(table, Measures(height=120))
    ('L', None)
    """
    best, least = None, TOO_FAR
    for row in sizes:
        gaps = [_gap(row.get(name), value) for name, value in _told(measures).items()]
        if None in gaps or not gaps:
            continue
        gap = sum(gap for gap in gaps if gap is not None)
        if gap <= least:
            best, least = str(row["size"]), gap
    return best


def _told(measures: Measures) -> dict[str, float]:
    """What is known, in the units of the size table, which gives feet in mm."""
    foot = None if measures.foot is None else measures.foot * 10
    values = {"height": measures.height, "weight": measures.weight, "foot": foot}
    return {name: value for name, value in values.items() if value is not None}


def _gap(span: Sequence[float] | None, value: float) -> float | None:
    """How far `value` lies outside `span`; 0 inside, None where the table does not measure this."""
    if span is None:
        return None
    return max(span[0] - value, value - span[1], 0.0)


def _digit(char: str) -> str:
    """A Chinese digit as a plain one; any other character as it is."""
    value = unicodedata.numeric(char, -1)
    return str(int(value)) if value in range(10) else char


def _foot(text: str) -> float | None:
    match = FOOT.search(text)
    if match is None:
        return None
    value = float(match[1])
    centimetres = value / 10 if value > 100 else value
    return centimetres if 15 <= centimetres <= 35 else None


def _height(text: str) -> float | None:
    if match := METRES.search(text):
        return 100.0 + float(match[1].ljust(2, "0"))
    if match := CENTIMETRES.search(text) or NAMED_HEIGHT.search(text):
        return float(match[1]) if 70 <= float(match[1]) <= 230 else None
    if match := FEET.search(text):
        return round(float(match[1]) * 30.48 + float(match[2] or 0) * 2.54, 0)
    return None


def _weight(text: str) -> float | None:
    for pattern, kilos in ((KILOS, 1.0), (JIN, 0.5), (POUNDS, 0.4536), (STONE, 6.35)):
        if match := pattern.search(text):
            return round(float(match[1]) * kilos, 0)
    match = NAMED_WEIGHT.search(text)
    return _bare_weight(float(match[1])) if match else None


def _bare_weight(value: float) -> float:
    return value / 2 if value >= JIN_FROM else value
