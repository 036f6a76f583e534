"""The messages for a language model, from a versioned prompt file and a request."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from balm.emotion.labels import EMOTIONS
from balm.errors import ConfigError, GenerationError, unknown
from balm.generation.request import ReplyRequest
from balm.generation.responses import STRATEGIES, Responses, load_all
from balm.generation.sentence import fill
from balm.turn import LANGUAGES

FOLDER = Path(__file__).parent / "prompts"
CURRENT = "reply.v1"
TASK_FIELDS = ("strategy", "feeling", "facts", "body", "ask", "handoff", "history", "customer")
TEXTS = ("system", "quiet", "calm", "feeling", "none", "asking", "task", "customer_said", "we_said")
HISTORY_TURNS = 4
LONGEST_TEXT = 2000  # characters of one customer text that are shown to the model
# Angle brackets of the material must not look like our tags.
_BRACKETS = str.maketrans("<>", "‹›")


@lru_cache(maxsize=1)
def inside() -> str:
    """All that a prompt tells a model and no customer should read, in every version and language."""
    parts = (part for path in FOLDER.glob("*.yml") for part in _read(path).values())
    return "\n".join("\n".join((part["system"], *part["strategies"].values())) for part in parts)


@dataclass(frozen=True)
class Prompt:
    """One version of the prompt in every language, with the sentences that state its facts."""

    version: str
    texts: Mapping[str, Mapping[str, Any]]
    responses: Mapping[str, Responses]

    @classmethod
    def load(cls, version: str = CURRENT, *, responses: Mapping[str, Responses] | None = None) -> Prompt:
        """The prompt in `prompts/<version>.yml`.

        Raises:
            ConfigError: there is no such version, or a part of it is missing.
        """
        known = sorted(path.stem for path in FOLDER.glob("*.yml"))
        if version not in known:
            raise ConfigError(unknown("generation/prompts:", "version", version, known))
        return cls(version, _read(FOLDER / f"{version}.yml"), responses or load_all())

    def messages(self, request: ReplyRequest) -> list[dict[str, str]]:
        """The chat messages for `request`: our rules, then the material.

        Raises:
            GenerationError: the prompt is not written in `request.language`.
        """
        if request.language not in self.texts:
            known = ", ".join(sorted(self.texts))
            raise GenerationError(f"prompt: unknown language '{request.language}'. Known: {known}.")
        texts = self.texts[request.language]
        filled = _put(texts["task"], self._fields(request, texts))
        return [{"role": "system", "content": texts["system"]}, {"role": "user", "content": filled}]

    def facts(self, request: ReplyRequest) -> list[str]:
        """Each fact as a sentence."""
        options = self.responses[request.language].options
        filled = (
            fill(text, fact.values)
            for fact in request.sheet.facts
            for text in options("facts", fact.kind, "say")[:1]
        )
        return [text for text in filled if text]

    def _fields(self, request: ReplyRequest, texts: Mapping[str, Any]) -> dict[str, str]:
        none = texts["none"]
        return {
            "strategy": texts["quiet"] if request.quiet else texts["strategies"].get(request.strategy, none),
            "feeling": _feeling(request, texts),
            "facts": _listed(self.facts(request)) or none,
            "body": _listed(request.body[:1]) or none,
            "ask": self._question(request, texts),
            "handoff": self._handoff(request) or none,
            "history": _history(request, texts) or none,
            "customer": _shown(request.turn.text) or none,
        }

    def _question(self, request: ReplyRequest, texts: Mapping[str, Any]) -> str:
        ask, topic = request.sheet.ask, request.sheet.topic or "any"
        if not ask or request.strategy == "escalate":
            return str(texts["none"])
        options = self.responses[request.language].first(("ask", ask, topic), ("ask", ask, "any"))
        return _put(texts["asking"], {"question": options[0] if options else ask})

    def _handoff(self, request: ReplyRequest) -> str:
        if not request.outlook or request.quiet:
            return ""
        options = self.responses[request.language].options("handoff", request.outlook)
        return fill(options[0], request.handoff_facts) or "" if options else ""


def _feeling(request: ReplyRequest, texts: Mapping[str, Any]) -> str:
    feeling, cause = request.feeling, request.reading.cause.name
    if feeling.name == "neutral":
        return str(texts["calm"])
    values = {
        "emotion": texts["emotions"][feeling.name],
        "intensity": f"{feeling.intensity:.1f}",
        "cause": texts["none"] if cause == "none" else cause.replace("_", " "),
    }
    return _put(texts["feeling"], values)


def _history(request: ReplyRequest, texts: Mapping[str, Any]) -> str:
    lines = (
        f"{texts['customer_said']}: {_shown(customer)}\n{texts['we_said']}: {_shown(reply)}"
        for customer, reply in request.history[-HISTORY_TURNS:]
    )
    return "\n".join(lines)


def _shown(text: str) -> str:
    """`text` as material: short enough, without our tags, and fit to be sent (half an emoji is not)."""
    return text.strip()[:LONGEST_TEXT].translate(_BRACKETS).encode("utf8", "replace").decode("utf8")


def _listed(texts: list[str] | tuple[str, ...]) -> str:
    return "\n".join(f"- {text}" for text in texts)


def _put(template: str, values: Mapping[str, str]) -> str:
    """`template` with its fields filled in one pass, so that a value can hold braces of its own."""
    parts = template.split("{")
    filled = [parts[0]]
    for part in parts[1:]:
        name, brace, rest = part.partition("}")
        filled.append(values[name] + rest if brace and name in values else "{" + part)
    return "".join(filled)


def _read(path: Path) -> dict[str, Any]:
    import yaml

    try:
        raw = yaml.safe_load(path.read_text(encoding="utf8"))
    except (OSError, yaml.YAMLError) as error:
        raise ConfigError(f"{path}: cannot be read as YAML: {error}") from error
    for problem in _problems(raw):
        raise ConfigError(f"{path}: {problem}")
    return dict(raw)


def _problems(raw: Any) -> list[str]:
    if not isinstance(raw, dict) or set(raw) != set(LANGUAGES):
        return [f"one part per language is wanted: {', '.join(LANGUAGES)}."]
    missing = [problem for lang in LANGUAGES for problem in _missing(lang, raw[lang])]
    return [f"missing: {', '.join(missing)}."] if missing else []


def _missing(lang: str, texts: Mapping[str, Any]) -> Iterator[str]:
    yield from (f"{lang}.{key}" for key in TEXTS if not isinstance(texts.get(key), str))
    for part, names in (("strategies", STRATEGIES), ("emotions", EMOTIONS)):
        yield from (f"{lang}.{part}.{name}" for name in names if name not in (texts.get(part) or {}))
    task = str(texts.get("task"))
    yield from (f"{lang}.task {{{field}}}" for field in TASK_FIELDS if f"{{{field}}}" not in task)
