"""Facts about what the shop sells."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload, undefer_group

from balm.reply import Fact
from balm.shop.given import plain
from balm.shop.models import PAGE, Product, Variant
from balm.shop.orm import col
from balm.shop.scene import Scene
from balm.shop.sizing import Measures, fitting

SHOWN = 3  # recommended at once
LONGEST_NAME = 30  # characters of a product's name as the customer typed it
LOOK_BACK = 4  # turns in which "it" may have been named


def about(scene: Scene) -> Iterator[Fact]:
    """What a product is, or the answer to what was asked about it."""
    yield from _not_sold(scene)
    for product in _meant(scene)[:1]:
        yield Fact("product_about", _introduction(scene, product, _detail(scene, product)))


def sizes(scene: Scene) -> Iterator[Fact]:
    """A product's sizes, and the one for the measurements in the turn."""
    yield from _not_sold(scene)
    for product in _meant(scene)[:1]:
        names = list(dict.fromkeys(variant.size for variant in product.variants if variant.size))
        if not names or not product.size_advice:
            yield Fact("product_about", _introduction(scene, product, scene.say.text(product.about)))
            continue
        values = {"product": scene.say.product(product), "sizes": scene.say.list(names)}
        yield Fact("product_sizes", {**values, "size_advice": _size_advice(scene, product)})


def stock(scene: Scene) -> Iterator[Fact]:
    """Which of the wanted sizes and colours are there, or when they come back."""
    yield from _not_sold(scene)
    for product in _meant(scene)[:1]:
        wanted = _wanted(scene, product)
        there = [variant for variant in product.variants if variant.stock > 0]
        if wanted and not any(variant.stock > 0 for variant in wanted):
            yield _out(scene, product, wanted, named=len(wanted) == 1)
        elif not there:
            yield _out(scene, product, product.variants, named=False)
        shown = [variant for variant in wanted if variant.stock > 0] or there
        if shown:
            options = scene.say.list(scene.say.option(variant) for variant in shown)
            yield Fact("stock_in", {"product": scene.say.product(product), "options": options})


def recommendations(scene: Scene) -> Iterator[Fact]:
    """Two or three products in stock of the kind that was named, the most bought first."""
    unknown = [*_not_sold(scene)]
    if unknown:  # something else instead would be a pitch, not an answer
        yield from unknown
        return
    there = select(Variant.product_id).where(Variant.stock > 0)
    wanted = select(Product).where(col(Product.id).in_(there)).options(undefer_group(PAGE))
    shelf = scene.session.execute(wanted.order_by(col(Product.sold).desc())).scalars().all()
    named = {product.category for product in shelf if product.id in scene.products}
    budget = _budget(scene)
    picked = [product for product in shelf if not named or product.category in named]
    picked = [product for product in picked if budget is None or product.price <= budget]
    picked.sort(key=lambda product: product.id not in scene.products)
    for product in _varied(picked, one_kind=bool(named))[:SHOWN]:
        yield Fact("recommendation", _introduction(scene, product, scene.say.text(product.about)))


def _not_sold(scene: Scene) -> Iterator[Fact]:
    """That the shop does not have what the turn names."""
    named = scene.turn.entities.get("product", ())
    if named and not scene.products:
        yield Fact("product_not_found", {"product": named[0][:LONGEST_NAME]})


def _meant(scene: Scene) -> Sequence[Product]:
    """The products that this turn, or else an earlier one, is about."""
    ids = scene.products
    if not ids and scene.turn.entities.get("product"):
        return []
    for turn in reversed(scene.conversation.turns[-LOOK_BACK:-1]):
        ids = ids or scene.catalogue.find(turn)
    if not ids:
        return []
    whole = (selectinload(Product.variants), undefer_group(PAGE))
    wanted = select(Product).where(col(Product.id).in_(ids)).options(*whole)
    found = {product.id: product for product in scene.session.execute(wanted).scalars()}
    return [found[id] for id in ids if id in found]


def _introduction(scene: Scene, product: Product, text: str) -> dict[str, str]:
    values = {"product": scene.say.product(product), "price": scene.say.amount(product.price)}
    return {**values, "about": text}


def _detail(scene: Scene, product: Product) -> str:
    """The answer to the question about the product, or else its description."""
    text = plain(scene.turn.text).lower()
    for detail in product.details:
        asks: dict[str, list[str]] = detail["ask"]
        if any(word in text for words in asks.values() for word in words):
            return scene.say.text(_texts(detail))
    return scene.say.text(product.about)


def _texts(detail: dict[str, Any]) -> dict[str, str]:
    return {language: text for language, text in detail.items() if language != "ask"}


def _size_advice(scene: Scene, product: Product) -> str:
    told = Measures.of(scene.turn.text)
    if not told.known or not product.sizes:
        return scene.say.text(product.size_advice)
    size = fitting(product.sizes, told)
    if size is None:
        return scene.say.term("fits_none")
    values = {"height": told.height, "weight": told.weight, "foot": told.foot}
    known = {name: f"{value:g}" for name, value in values.items() if value is not None}
    term = "fits" if len(known) == 2 else f"fits_{next(iter(known))}"
    return scene.say.term(term, size=size, **known)


def _wanted(scene: Scene, product: Product) -> list[Variant]:
    """The sizes and colours that the turn names; none when it names neither."""
    text = plain(scene.turn.text).lower()
    entities = scene.turn.entities
    sizes = {value.strip().lower().rstrip("码号") for value in entities.get("size", ())}
    colours = {value.strip().lower() for value in entities.get("colour", ())}
    by_size = {
        variant for variant in product.variants if variant.size and _names_size(variant.size, text, sizes)
    }
    by_colour = {variant for variant in product.variants if _names_colour(variant, text, colours)}
    both = by_size & by_colour if by_size and by_colour else by_size | by_colour
    return [variant for variant in product.variants if variant in both]


def _names_size(size: str, text: str, named: set[str]) -> bool:
    size = size.lower()
    return size in named or re.search(rf"(?<![a-z0-9'’.]){re.escape(size)}(?![a-z0-9.])", text) is not None


def _names_colour(variant: Variant, text: str, named: set[str]) -> bool:
    return any(_names_this_colour(colour.lower(), text, named) for colour in (variant.colour or {}).values())


def _names_this_colour(colour: str, text: str, named: set[str]) -> bool:
    """Whether a colour is named as a word of its own: 'ordered' is not red, nor 明白 white."""
    short = colour.removesuffix("色")
    if short != colour:
        return bool({colour, short} & named) or re.search(rf"{colour}|{short}[的款smlx]", text) is not None
    return colour in named or re.search(rf"(?<![a-z]){re.escape(colour)}(?![a-z])", text) is not None


def _out(scene: Scene, product: Product, variants: Sequence[Variant], *, named: bool) -> Fact:
    """That these are sold out, with the day of the first that comes back."""
    name = scene.say.product(product, variants[0] if named else None)
    days = [
        variant.restock_at for variant in variants if variant.restock_at and variant.restock_at > scene.now
    ]
    if not days:
        return Fact("stock_out_no_date", {"product": name})
    return Fact("stock_out", {"product": name, "restock_on": scene.say.day(min(days))})


def _budget(scene: Scene) -> int | None:
    """The most that the customer wants to spend, in fen."""
    for value in scene.turn.entities.get("amount", ()):
        match = re.search(r"\d+(?:\.\d+)?", plain(value).replace(",", ""))
        if match:
            return round(float(match[0]) * 100)
    return None


def _varied(products: Iterable[Product], *, one_kind: bool) -> list[Product]:
    """The products, one of each category first unless one kind was asked for."""
    seen: set[str] = set()
    first: list[Product] = []
    rest: list[Product] = []
    for product in products:
        (rest if product.category in seen and not one_kind else first).append(product)
        seen.add(product.category)
    return first + rest
