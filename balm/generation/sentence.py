"""A sentence with placeholders: what it needs, and how it is filled.

`{name}` is a value, `{name:day|days}` a number with its word, `[...]` a part that is left out when a
value inside it is missing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

_FIELD = re.compile(r"\{([a-z_][a-z_0-9]*)(?::([^|{}\[\]]+)\|([^|{}\[\]]+))?\}")
_OPTIONAL = re.compile(r"\[([^\[\]]*)\]")
_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]")
_LATIN = re.compile(r"[A-Za-z0-9¥$€£#]")
_DOUBLED = (
    (re.compile(r"(?<!\.)\.\.(?!\.)"), "."),
    (re.compile(r"[.。](?=[。；])|(?<=[。！？；])[。；]"), ""),
)


@lru_cache(maxsize=4096)
def placeholders(template: str) -> frozenset[str]:
    """The names that `template` wants.

    >>> sorted(placeholders("Sold out[, back on {restock_on}]: {product}"))
    ['product', 'restock_on']
    """
    return frozenset(match[1] for match in _FIELD.finditer(template))


def malformed(template: str) -> str | None:
    """What is wrong with the braces or brackets of `template`, or None.

    >>> malformed("due {eta") and malformed("[soon]") and not malformed("[by {eta}]")
    True
    """
    bare = _FIELD.sub("", template)
    if "{" in bare or "}" in bare:
        return "a brace does not belong to a placeholder like {name} or {name:day|days}"
    if any(not placeholders(match[1]) for match in _OPTIONAL.finditer(template)):
        return "a part in [brackets] holds no placeholder"
    rest = _OPTIONAL.sub("", bare)
    return "a bracket has no partner" if "[" in rest or "]" in rest else None


def fill(template: str, values: Mapping[str, str]) -> str | None:
    """The sentence, or None when a value that it cannot do without is missing.

    Between Chinese and Latin text stands one space, between Chinese and Chinese none.

    >>> fill("It is {days:day|days} late[ at {place}].", {"days": "1", "place": ""})
    'It is 1 day late.'
    >>> fill("里的{items}已于 {on} 送达", {"items": "iPhone 壳", "on": "昨天"})
    '里的 iPhone 壳已于昨天送达'
    """
    kept = _OPTIONAL.sub(lambda part: part[1] if _has(part[1], values) else "", template)
    if not _has(kept, values):
        return None
    text, end = "", 0
    for match in _FIELD.finditer(kept):
        text = _fit(_fit(text, kept[end : match.start()]), _value(match, values))
        end = match.end()
    return tidy(_fit(text, kept[end:]))


def tidy(text: str) -> str:
    """`text` without the doubled full stops that a value with its own full stop leaves."""
    for pattern, single in _DOUBLED:
        text = pattern.sub(single, text)
    return text


def _has(template: str, values: Mapping[str, str]) -> bool:
    return all(values.get(name) for name in placeholders(template))


def _value(match: re.Match[str], values: Mapping[str, str]) -> str:
    value, one, many = str(values[match[1]]).strip(), match[2], match[3]
    if not one or not value.replace(",", "").replace(".", "").isdigit():
        return value
    return f"{value} {one if value == '1' else many}"


def _fit(left: str, right: str) -> str:
    """`left` and `right` with the spacing that Chinese typography wants between them."""
    a, b = left.rstrip(" "), right.lstrip(" ")
    if not a or not b:
        return left + right
    if _HAN.match(a[-1]) and _HAN.match(b[0]):
        return a + b
    mixed = (_HAN.match(a[-1]) and _LATIN.match(b[0])) or (_LATIN.match(a[-1]) and _HAN.match(b[0]))
    return f"{a} {b}" if mixed else left + right
