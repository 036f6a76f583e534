"""The words of the template generator, read from `responses/{zh,en}.yml` and checked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from balm.emotion.labels import CAUSES, EMOTIONS
from balm.errors import ConfigError, unknown
from balm.generation.request import HANDOFF_NEXT
from balm.generation.sentence import malformed, placeholders
from balm.shop.kinds import FACT_KINDS
from balm.turn import LANGUAGES

STRATEGIES = ("soothe", "apologise", "clarify", "inform", "celebrate", "escalate")
ASKS = ("order_number", "proof", "confirmation")
STRENGTHS = ("mild", "strong")
# Facts that follow each other and may be told in one sentence; without one they are told one by one.
TOGETHER = ("parcel_last_event+parcel_late", "parcel_last_event+parcel_eta")
FOLDER = Path(__file__).parent / "responses"

Keys = tuple[str, ...]


@dataclass(frozen=True)
class Responses:
    """All sentences of one language.

    `texts` maps a path such as ("ask", "proof", "any") to its variations, `families` an intent to
    the data it lives on; the intents of `wording_first` are answered by the designer's wording.
    """

    language: str
    texts: Mapping[Keys, Keys]
    families: Mapping[str, str]
    wording_first: frozenset[str]

    @classmethod
    def load(cls, language: str, folder: str | Path | None = None) -> Responses:
        """The bundled sentences, with those of `folder` in their place where it has any.

        Raises:
            ConfigError: an unknown key, a missing sentence, or wrong placeholders; says where.
        """
        bundled = _flatten(_read(FOLDER / f"{language}.yml"), FOLDER / f"{language}.yml")
        intents = {path[1] for path in bundled if path[0] == "bodies"}
        own = Path(folder) / f"{language}.yml" if folder else None
        changed = _flatten(_read(own), own) if own and own.exists() else {}
        for path, texts in changed.items():
            _check(path, texts, where=str(own), intents=intents)
        families, wording_first = _families()
        return cls(language, {**bundled, **changed}, families, wording_first)

    def options(self, *path: str) -> Keys:
        """The variations at `path`; none when there is no such path."""
        return self.texts.get(path, ())

    def first(self, *paths: Keys) -> Keys:
        """The variations at the first path that exists (it may exist and be empty)."""
        return next((self.texts[path] for path in paths if path in self.texts), ())

    def family(self, intent: str | None) -> str:
        """The data that `intent` lives on: a key of families.yml, or `any`."""
        return self.families.get(intent or "", "any")

    def problems(self, where: str) -> Iterator[str]:
        """Everything that is wrong with these sentences, one line each."""
        intents = {path[1] for path in self.texts if path[0] == "bodies"}
        for path, texts in self.texts.items():
            yield from _problems(path, texts, where=where, intents=intents)
        missing = (path for path in _wanted() if path not in self.texts)
        yield from (f"{where}: '{'.'.join(path)}' is missing." for path in missing)


def load_all(folder: str | Path | None = None) -> dict[str, Responses]:
    """The sentences of every language; `folder` may hold a designer's own `zh.yml` or `en.yml`.

    Raises:
        ConfigError: see `Responses.load`; also a folder that does not exist or holds neither file.
    """
    if folder and not any((Path(folder) / f"{language}.yml").exists() for language in LANGUAGES):
        raise ConfigError(
            f"responses folder '{folder}': holds no response file."
            f" Known: {', '.join(f'{language}.yml' for language in LANGUAGES)}."
        )
    return {language: Responses.load(language, folder) for language in LANGUAGES}


@lru_cache(maxsize=1)
def _families() -> tuple[dict[str, str], frozenset[str]]:
    raw = _read(FOLDER / "families.yml")
    families = {intent: family for family, intents in raw["families"].items() for intent in intents}
    return families, frozenset(raw["wording_first"])


def _read(path: Path) -> dict[str, Any]:
    import yaml

    try:
        raw = yaml.load(path.read_text(encoding="utf8"), getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ConfigError(f"{path}: cannot be read as YAML: {error}") from error
    if raw is not None and not isinstance(raw, dict):
        raise ConfigError(f"{path}: a mapping is wanted. Known: {', '.join(SHAPE)}.")
    return raw or {}


def _flatten(raw: Mapping[str, Any], where: Path) -> dict[Keys, Keys]:
    return {path: texts for node in _leaves(raw, (), where) for path, texts in _spread(*node)}


def _leaves(node: Any, path: Keys, where: Path) -> Iterator[tuple[Keys, Keys]]:
    if isinstance(node, dict):
        for key, child in node.items():
            yield from _leaves(child, (*path, str(key)), where)
    elif isinstance(node, list) and all(isinstance(text, str) and text.strip() for text in node):
        yield path, tuple(text.strip() for text in node)
    else:
        raise ConfigError(f"{where}: '{'.'.join(path)}': a list of sentences is wanted.")


def _spread(path: Keys, texts: Keys) -> Iterator[tuple[Keys, Keys]]:
    """The short forms written out: one list for both strengths, a fact's list as its `say`."""
    if path[0] == "openings" and len(path) == 3:
        yield from (((*path, strength), texts) for strength in STRENGTHS)
    elif path[0] == "facts" and len(path) == 2:
        yield (*path, "say"), texts
    else:
        yield path, texts


def _opening_keys(intents: Iterable[str]) -> set[str]:
    pairs = {f"{emotion}/{cause}" for emotion in EMOTIONS for cause in CAUSES}
    return {"any", "again", "safety", *ASKS, *EMOTIONS, *CAUSES, *FACT_KINDS, *intents, *pairs}


# What may stand at each level of a path; the intents are those of the bundled `bodies`.
SHAPE: dict[str, Any] = {
    "openings": lambda intents: (STRATEGIES, _opening_keys(intents), STRENGTHS),
    "facts": lambda intents: (FACT_KINDS, ("say", "then")),
    "together": lambda intents: (TOGETHER,),
    "ask": lambda intents: (ASKS, {"any", *FACT_KINDS, *intents}),
    "handoff": lambda intents: (HANDOFF_NEXT,),
    "quiet": lambda intents: (("known", "unknown"),),
    "clarify": lambda intents: (("any", "again"),),
    "failed": lambda intents: (("any", *dict.fromkeys(_families()[0].values())),),
    "bodies": lambda intents: (intents,),
    "upset_bodies": lambda intents: (intents,),
    "closings": lambda intents: (("any", *STRATEGIES),),
    "last_resort": lambda intents: (),
}
# What the sentence before a `then` has already said.
_KNOWN_BY_THEN = {"order_number", "items"}


def _check(path: Keys, texts: Keys, *, where: str, intents: set[str]) -> None:
    for problem in _problems(path, texts, where=where, intents=intents):
        raise ConfigError(problem)


def _problems(path: Keys, texts: Keys, *, where: str, intents: set[str]) -> Iterator[str]:
    misplaced = _misplaced(path, where, intents)
    if misplaced:
        yield misplaced
        return
    name = ".".join(path)
    if not texts and path[0] not in ("openings", "closings"):
        yield f"{where}: '{name}': at least one sentence is wanted."
    for text in texts:
        wrong = malformed(text) or _wrong_placeholders(path, placeholders(text))
        if wrong:
            yield f"{where}: '{name}': in \"{text}\" {wrong}."


def _misplaced(path: Keys, where: str, intents: set[str]) -> str | None:
    if path[0] not in SHAPE:
        return unknown(f"{where}:", "section", path[0], SHAPE)
    levels = SHAPE[path[0]](intents)
    for depth, (key, known) in enumerate(zip(path[1:], levels, strict=False), start=1):
        if key not in known:
            return unknown(f"{where}:", f"key in {'.'.join(path[:depth])}", key, known)
    if len(path) != len(levels) + 1:
        return f"{where}: '{'.'.join(path)}': sentences belong {len(levels)} levels below '{path[0]}'."
    return None


def _wrong_placeholders(path: Keys, used: frozenset[str]) -> str | None:
    allowed = set(_placeholders_of(path))
    needed = allowed - _KNOWN_BY_THEN if path[-1] == "then" else allowed
    if needed <= used <= allowed:
        return None
    wanted, found = (", ".join(sorted(names)) or "none" for names in (allowed, used))
    return f"the placeholders must be {wanted}, not {found}"


def _placeholders_of(path: Keys) -> Keys:
    if path[0] == "facts":
        return FACT_KINDS[path[1]]
    if path[0] == "together":
        return tuple(name for kind in path[1].split("+") for name in FACT_KINDS[kind])
    if path[0] == "handoff":
        return HANDOFF_NEXT[path[1]]
    return ("handoff_id",) if path == ("quiet", "known") else ()


def _wanted() -> Iterator[Keys]:
    """Every path without which the generator could fall silent."""
    yield from (("openings", strategy, "any", strength) for strategy in STRATEGIES for strength in STRENGTHS)
    yield from (("facts", kind, "say") for kind in FACT_KINDS)
    yield from (("ask", ask, "any") for ask in ASKS)
    yield from (("handoff", key) for key in HANDOFF_NEXT)
    yield from (("quiet", "known"), ("quiet", "unknown"), ("clarify", "any"), ("clarify", "again"))
    yield from (("failed", "any"), ("bodies", "any"), ("bodies", "none"), ("closings", "any"))
    yield ("last_resort",)
