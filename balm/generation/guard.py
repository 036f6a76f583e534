"""Whether a draft may go out: named rules, each a pure function of the text and its request."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache

from balm.generation.grounds import codes, facts_text, numbers, plain, talk_text
from balm.generation.guard_words import Row, guard_words
from balm.generation.prompt import inside
from balm.generation.request import ReplyRequest, Verdict
from balm.language import detect

_SENTENCE = re.compile(r"[^。！？!?\n]+?(?:[。！？!?\n]+|\.(?=\s|$)|$)")
_CLAUSE_END = re.compile("[,，;；:：]")
_STATEMENT_END = re.compile(r"[,;:]|—+|–| - |\bbut\b|但是?|不过")
_SPACES = re.compile(r"\s+")
_LEAKED = {"zh": 13, "en": 36}  # characters in a row that no reply shares with the prompt by chance
_SHORTEST = {"zh": 4, "en": 12}  # characters of a sentence whose language can be told

Rule = Callable[[str, ReplyRequest], str]


def check(text: str, request: ReplyRequest) -> tuple[Verdict, ...]:
    """One verdict per rule; the draft may go out when all are `ok`.

    >>> from balm.turn import Turn
    >>> request = ReplyRequest(language="en", strategy="inform", turn=Turn("where is it", language="en"))
    >>> [v.reason for v in check("It arrives on 5 May.", request) if not v.ok]
    ["number: '5' is in none of the facts.", "date: 'may' is in none of the facts."]
    """
    if not text.strip():
        return (Verdict("empty", False, "empty: there is no text."),)
    return tuple(_verdict(rule, text, request) for rule in RULES)


def asks_for(text: str, ask: str) -> bool:
    """Whether `text` asks for what is needed next (`order_number`, `proof`, `confirmation`)."""
    pattern = guard_words().asks.get(ask)
    return pattern is None or bool(pattern.search(plain(text)))


def _verdict(rule: Rule, text: str, request: ReplyRequest) -> Verdict:
    name = rule.__name__
    reason = rule(text, request)
    return Verdict(name, not reason, f"{name}: {reason}" if reason else "")


def language(text: str, request: ReplyRequest) -> str:
    """Every sentence is in the customer's language, names and values aside."""
    for sentence in sentences(_without_values(text, request)):
        found = detect(sentence)
        if found not in (None, request.language) and len(sentence.strip()) >= _SHORTEST[found or "en"]:
            return f"'{sentence.strip()[:40]}' is {found}, the customer speaks {request.language}."
    return ""


def length(text: str, request: ReplyRequest) -> str:
    limits = guard_words().length.get(request.language, guard_words().length["en"])
    facts = request.sheet.facts
    values = sum(len(value) for fact in facts for value in fact.values.values())
    allowed = limits["base"] + limits["fact"] * len(facts) + values + max(map(len, request.body), default=0)
    return f"{len(text)} characters, {allowed} are allowed." if len(text) > allowed else ""


def number(text: str, request: ReplyRequest) -> str:
    """Every number and code stands in the facts or was said in the conversation."""
    known = f"{facts_text(request)}\n{talk_text(request)}"
    strange = [f"{n:f}" for n in sorted(numbers(text) - numbers(known))] or sorted(codes(text) - codes(known))
    return f"'{strange[0]}' is in none of the facts." if strange else ""


def date(text: str, request: ReplyRequest) -> str:
    known = f"{facts_text(request)}\n{talk_text(request)}"
    return _missing(guard_words().dates, text, known)


def link(text: str, request: ReplyRequest) -> str:
    """Links and addresses come from us alone: a customer could plant one."""
    return _missing(guard_words().links, text, facts_text(request))


def claims(text: str, request: ReplyRequest) -> str:
    """Every promise and every deed is backed, and its numbers and dates are those of the facts."""
    facts = facts_text(request)
    for sentence, row in _claimed(text):
        if not _backed(row, request):
            return f"'{sentence.strip()[:60]}' claims {row.what}, and nothing backs it."
        strange = numbers(sentence) - numbers(facts)
        if strange:
            return f"'{min(strange):f}' is promised, and not by a fact."
        words = guard_words()
        unfounded = _missing(words.promised_dates, sentence, facts) or _missing(words.dates, sentence, facts)
        if unfounded:
            return unfounded
    return ""


def state(text: str, request: ReplyRequest) -> str:
    """How things stand with an order, a parcel or money is said only where something tells."""
    known = facts_text(request)
    worded = {row.name for body in request.body for _, row in _stated(body)}
    heard = _heard(request)
    for sentence in sentences(plain(text)):
        told = worded | heard if guard_words().echoed.search(sentence) else worded
        for found, row in _stated(sentence):
            if row.name not in told and found not in known and not _on_sheet(row, request):
                return f"'{found.strip()[:60]}' says {row.what}, and nothing tells."
    return ""


def upset(text: str, request: ReplyRequest) -> str:
    """What an upset customer must not hear."""
    if not request.feeling.negative:
        return ""
    kinds = {fact.kind for fact in request.sheet.facts}
    rows = (row for row in guard_words().upset if not row.unless & kinds)
    return _found(rows, _without_values(text, request))


def never(text: str, request: ReplyRequest) -> str:
    """Blame, the claim to be human, the inside of the prompt, markup, grovelling."""
    return _found(guard_words().never, _without_values(text, request))


def leak(text: str, request: ReplyRequest) -> str:
    """No run of words is the prompt's own."""
    folded, size = _SPACES.sub(" ", plain(text)), _LEAKED[request.language]
    found = next((run for run in _runs(folded, size) if run in _prompt_runs(size)), "")
    return f"'{found}' is from the prompt." if found else ""


def omission(text: str, request: ReplyRequest) -> str:
    """What has to be said is said: the question, the handoff's number, the facts."""
    sheet, folded = request.sheet, plain(text)
    handing_over = request.strategy == "escalate" and not request.quiet
    if sheet.ask and not handing_over and not asks_for(text, sheet.ask):
        return f"'{sheet.ask}' is needed and not asked for."
    if handing_over and request.handoff_id and plain(request.handoff_id) not in folded:
        return f"the handoff's number '{request.handoff_id}' is not told."
    values = [plain(value) for fact in sheet.facts for value in fact.values.values() if value]
    told = any(value in folded for value in values) or numbers(text) & numbers("\n".join(values))
    return "none of the facts is told." if values and not told else ""


RULES: tuple[Rule, ...] = (language, length, number, date, link, claims, state, upset, never, leak, omission)


def sentences(text: str) -> list[str]:
    """`text` in sentences, each with its end mark.

    >>> sentences("Paid ¥2.50. Fine? 好。")
    ['Paid ¥2.50.', ' Fine?', ' 好。']
    """
    return [match[0] for match in _SENTENCE.finditer(text)]


def _runs(text: str, size: int) -> Iterator[str]:
    return (text[start : start + size] for start in range(len(text) - size + 1))


@lru_cache(maxsize=4)
def _prompt_runs(size: int) -> frozenset[str]:
    return frozenset(_runs(_SPACES.sub(" ", plain(inside())), size))


def _claimed(text: str) -> Iterator[tuple[str, Row]]:
    """Each sentence that claims something, neither denied nor asked."""
    for sentence in sentences(plain(text)):
        if sentence.rstrip().endswith(("?", "吗。", "吗")):
            continue
        for row in guard_words().claims:
            match = row.pattern.search(sentence)
            if match and not _denied(sentence, match):
                yield sentence, row


def _stated(text: str) -> Iterator[tuple[str, Row]]:
    """The words that state how things stand, neither asked, conditional nor somebody else's."""
    words = guard_words()
    for sentence in sentences(plain(text)):
        *told, last = _STATEMENT_END.split(sentence)
        asked = sentence.rstrip().endswith(("?", "吗。", "吗"))
        for clause in told if asked else (*told, last):
            for row in words.states:
                matches = row.pattern.finditer(clause)
                yield from ((m[0], row) for m in matches if not words.spared.search(clause[: m.start()]))


def _heard(request: ReplyRequest) -> set[str]:
    """The kinds of state that the customer has told of, rather than asked about."""
    texts = (*(customer for customer, _ in request.history), request.turn.text)
    spoken = (sentence for text in texts for sentence in sentences(plain(text)))
    told = (sentence for sentence in spoken if not guard_words().wondered.search(sentence))
    return {row.name for sentence in told for _, row in _stated(sentence)}


def _denied(sentence: str, claim: re.Match[str]) -> bool:
    words = guard_words()
    before = _CLAUSE_END.split(sentence[: claim.start()])[-1]
    after = _CLAUSE_END.split(sentence[claim.end() :])[0]
    return bool(words.denied.search(before + claim[0]) or words.denied_after.search(after))


def _backed(row: Row, request: ReplyRequest) -> bool:
    if _on_sheet(row, request):
        return True
    return any(row.wording and row.wording.search(plain(body)) for body in request.body)


def _on_sheet(row: Row, request: ReplyRequest) -> bool:
    """Whether a fact (or a stored handoff) backs `row`."""
    kinds = {fact.kind for fact in request.sheet.facts}
    if request.handoff_id or request.quiet:
        kinds.add("handoff")
    return bool(row.unless & kinds)


def _missing(pattern: re.Pattern[str], text: str, known: str) -> str:
    for match in pattern.finditer(plain(text)):
        if match[0] not in known:
            return f"'{match[0]}' is in none of the facts."
    return ""


def _found(rows: Iterable[Row], text: str) -> str:
    for row in rows:
        match = row.pattern.search(plain(text))
        if match:
            return f"'{match[0][:60]}' is {row.what}."
    return ""


def _without_values(text: str, request: ReplyRequest) -> str:
    """`text` without names, values and the designer's wording, which are what they are."""
    values = [value for fact in request.sheet.facts for value in fact.values.values()]
    for value in sorted((*request.body, *values), key=len, reverse=True):
        text = text.replace(value, " ") if value.strip() else text
    return text
