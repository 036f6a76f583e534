"""Finds what a designer would regret: rows that never fire, rows that hurt, words that are missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Any

from balm.emotion.labels import EMOTIONS
from balm.strategy.columns import read_conditions
from balm.strategy.conditions import Among
from balm.strategy.policy import CarePolicy, Rule
from balm.strategy.reach import covers, reaching
from balm.turn import LANGUAGES

# What a row must never do to whom: (code, strategies that hurt there, situations, what is wrong).
HURTFUL: tuple[tuple[str, tuple[str, ...], dict[str, Any], str], ...] = (
    (
        "celebrates-pain",
        ("celebrate",),
        {"emotion": ["anxiety", "disappointment", "frustration", "anger"]},
        "an upset customer may be answered with cheer",
    ),
    (
        "celebrates-failure",
        ("celebrate",),
        {"failed": True},
        "cheer may stand where the facts could not be had",
    ),
    (
        "celebrates-fault",
        ("celebrate",),
        {"our_fault": True},
        "cheer may stand where our own records show that we failed the customer",
    ),
    (
        "cold-to-anger",
        ("inform", "clarify"),
        {"emotion": "anger", "handoff_state": "none"},
        "an angry customer may get bare facts or a question",
    ),
    (
        "denies-a-human",
        ("soothe", "apologise", "clarify", "inform", "celebrate"),
        {"intent": "human_wanted", "handoff_state": "none"},
        "a customer who asks for a human may not get one",
    ),
    (
        "escalates-again",
        ("escalate",),
        {"handoff_state": ["waiting", "accepted"]},
        "a human may be called although one is already expected",
    ),
)
# A person is called on what the customer did, never on a reading that the model itself doubts.
DOUBTED = {"abstained": True}
DEEDS = frozenset(("intent", "failed", "asks", "our_fault", "safety", "threat"))


@dataclass(frozen=True)
class Finding:
    """One thing to mend: `severity` is `error` or `warning`, `rule` the row's name or None."""

    severity: str
    code: str
    rule: str | None
    message: str

    def __str__(self) -> str:
        return f"{self.severity}: {self.message} [{self.code}]"


def lint(
    policy: CarePolicy,
    *,
    has_words: Callable[[str, str], bool] | None = None,
    intents: Collection[str] | None = None,
) -> list[Finding]:
    """All findings, in the order of the rows within each check.

    Args:
        policy: the table to check.
        has_words: whether there are responses for a strategy in a language; unchecked when None.
        intents: the bot's intents, to find misspelled ones; unchecked when None.
    """
    findings = [*_twins(policy), *_unreachable(policy), *_hurtful(policy), *_doubted(policy)]
    findings += [*_reasons(policy), *_unanswered_emotions(policy)]
    if intents is not None:
        findings += _unknown_intents(policy, intents)
    if has_words is not None:
        findings += _wordless(policy, has_words)
    return findings


def _twins(policy: CarePolicy) -> Iterator[Finding]:
    for name, count in Counter(rule.name for rule in policy.rules).items():
        if count > 1:
            wrong = f"{count} rules are called '{name}'. A card names its rule, so names must differ."
            yield Finding("error", "duplicate-name", name, f"{policy.source}: {wrong}")


def _unreachable(policy: CarePolicy) -> Iterator[Finding]:
    for rule in policy.rules:
        if reaching(policy, rule) is not None:
            continue
        by = next((r for r in policy.rules[: rule.number - 1] if covers(r, rule)), None)
        cause = f"rule {by.number} '{by.name}' answers" if by else "earlier rules together answer"
        yield _at(
            policy, rule, "unreachable", f"it can never fire: {cause} all of it. Move it up or remove it"
        )


def _hurtful(policy: CarePolicy) -> Iterator[Finding]:
    for code, strategies, cells, wrong in HURTFUL:
        box = read_conditions("lint:", cells)
        for rule in policy.rules:
            if rule.strategy in strategies and (case := reaching(policy, rule, within=box)):
                yield _at(policy, rule, code, f"{wrong}, for example {_told(case, rule, cells)}")


def _doubted(policy: CarePolicy) -> Iterator[Finding]:
    box = read_conditions("lint:", DOUBTED)
    for rule in policy.rules:
        deeds = DEEDS & set(rule.conditions)
        if rule.strategy == "escalate" and not deeds and reaching(policy, rule, within=box):
            wrong = "a doubted reading may escalate. Add 'abstained: false'"
            yield _at(policy, rule, "escalates-doubt", wrong)


def _reasons(policy: CarePolicy) -> Iterator[Finding]:
    for rule in policy.rules:
        if rule.strategy == "escalate" and rule.reason is None:
            wrong = "it escalates without a reason for the colleague. Add 'reason: ...'"
            yield _at(policy, rule, "no-reason", wrong)
        if rule.strategy != "escalate" and rule.reason is not None:
            wrong = f"only 'escalate' has a reason, not '{rule.strategy}'. Remove it"
            yield _at(policy, rule, "idle-reason", wrong, severity="warning")


def _unanswered_emotions(policy: CarePolicy) -> Iterator[Finding]:
    """Emotions that no row but the last one has in mind; neutral may end there."""
    for emotion in EMOTIONS:
        if emotion == "neutral" or any(_means(policy, rule, emotion) for rule in policy.rules):
            continue
        wrong = f"no rule is written for '{emotion}'; the last one answers it. Add a rule for it."
        yield Finding("warning", "forgotten-emotion", None, f"{policy.source}: {wrong}")


def _means(policy: CarePolicy, rule: Rule, emotion: str) -> bool:
    named = rule.conditions.get("emotion")
    if named is None or not named.holds(emotion):
        return False
    return reaching(policy, rule, within={"emotion": Among(frozenset((emotion,)))}) is not None


def _unknown_intents(policy: CarePolicy, intents: Collection[str]) -> Iterator[Finding]:
    for rule in policy.rules:
        named = rule.conditions.get("intent")
        for name in sorted(named.names - {*intents, "none"}) if isinstance(named, Among) else ():
            wrong = f"the domain has no intent '{name}'. Mend the name or remove it"
            yield _at(policy, rule, "unknown-intent", wrong)


def _wordless(policy: CarePolicy, has_words: Callable[[str, str], bool]) -> Iterator[Finding]:
    for strategy in sorted({rule.strategy for rule in policy.rules}):
        for language in LANGUAGES:
            if not has_words(strategy, language):
                wrong = f"strategy '{strategy}' has no responses in '{language}'. Write some."
                yield Finding("error", "no-words", None, f"{policy.source}: {wrong}")


def _at(policy: CarePolicy, rule: Rule, code: str, wrong: str, *, severity: str = "error") -> Finding:
    return Finding(severity, code, rule.name, f"{policy.source}, rule {rule.number} '{rule.name}': {wrong}.")


def _told(case: Any, rule: Rule, cells: dict[str, Any]) -> str:
    """The columns of a situation that matter to the finding."""
    columns = sorted({*rule.conditions, *cells})
    return ", ".join(f"{column} {getattr(case, column)}" for column in columns)
