"""Values as the customer reads them: dates, amounts, lists of items."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from functools import cache
from pathlib import Path
from typing import Any

from balm.shop.models import OrderLine, Product, Variant

SHOP_ZONE = timezone(timedelta(hours=8))  # the shop's own clock: dates are told as the shop keeps them
NUMBERS = re.compile(r"[0-9０-９]+")
SHOWN = 3  # items named before "and more"


@dataclass(frozen=True)
class Wording:
    """How values read in one language, from the rows of `terms.yml`."""

    language: str
    terms: Mapping[str, Any]
    now: datetime

    @classmethod
    def of(cls, language: str, now: datetime) -> Wording:
        """The wording of `language`, English for one that `terms.yml` does not have."""
        known = language if language in _terms() else "en"
        return cls(known, _terms()[known], now)

    def term(self, which: str, /, **values: object) -> str:
        """The term called `which`, filled."""
        return str(self.terms[which]).format(**values)

    def text(self, texts: Mapping[str, str] | None) -> str:
        """The text in this language, or in whichever there is."""
        texts = texts or {}
        return texts.get(self.language) or next(iter(texts.values()), "")

    def day(self, at: datetime) -> str:
        """A date, with its year only where that is another one than now's."""
        this_year = at.astimezone(SHOP_ZONE).year == self.now.astimezone(SHOP_ZONE).year
        return self._date("day" if this_year else "day_of_year", at)

    def moment(self, at: datetime) -> str:
        """A date with its time of day."""
        return self._date("moment", at)

    def amount(self, fen: int) -> str:
        """Money, from its smallest unit."""
        return self.term("amount", amount=f"{fen / 100:,.2f}")

    def list(self, parts: Iterable[str]) -> str:
        """Parts with the language's comma between them."""
        return str(self.terms["comma"]).join(parts)

    def case(self, kind: str) -> str:
        """What a case of this kind is called."""
        return str(self.terms["cases"][kind])

    def option(self, of: Variant | OrderLine) -> str:
        """Colour and size, or the word for one size."""
        text = self.term("option", colour=self.text(of.colour), size=of.size or "").strip()
        return text or self.term("one_size")

    def product(self, product: Product, of: Variant | OrderLine | None = None) -> str:
        """A product's name, with colour and size where they are known."""
        name = self.text(product.name)
        if of is None or not (of.size or of.colour):
            return name
        inside = str(self.terms["inside"]).join(part for part in (self.text(of.colour), of.size) if part)
        return self.term("brackets", name=name, inside=inside)

    def items(self, lines: Sequence[OrderLine]) -> str:
        """What was ordered; a long order is named by its first products."""
        names = [self._line(line) for line in lines[:SHOWN]]
        text = self.list(names)
        return text if len(lines) <= SHOWN else self.term("more", items=text, count=len(lines))

    def names(self, lines: Sequence[OrderLine]) -> str:
        """What was ordered, without sizes and colours."""
        return self.list(dict.fromkeys(self.text(line.product.name) for line in lines))

    def address(self, address: str) -> str:
        """An address without its numbers: enough for its owner to know it, no more for anybody else."""
        return NUMBERS.sub("***", address)

    def _line(self, line: OrderLine) -> str:
        name = self.product(line.product, line)
        return name if line.quantity == 1 else self.term("pieces", name=name, count=line.quantity)

    def _date(self, name: str, at: datetime) -> str:
        local = at.astimezone(SHOP_ZONE)
        parts = {key: getattr(local, key) for key in ("year", "month", "day", "hour", "minute")}
        months = self.terms.get("months")
        return self.term(name, **parts, month_name=months[local.month - 1] if months else "")


@cache
def _terms() -> dict[str, Any]:
    import yaml

    terms: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("terms.yml").read_text(encoding="utf8"))
    return terms


def case_number(prefix: str, number: int) -> str:
    """What the customer is told a case's number is.

    >>> case_number("T", 7)
    'T100007'
    """
    return f"{prefix}{100000 + number}"
