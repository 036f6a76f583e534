"""One templated reply: which parts it has, in which order, and how they are joined."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence

from balm.generation.choice import chance, choose
from balm.generation.guard import asks_for
from balm.generation.openings import openings
from balm.generation.request import ReplyRequest
from balm.generation.responses import Keys, Responses
from balm.generation.sentence import fill
from balm.reply import Fact

logger = logging.getLogger(__name__)

NEEDS_NO_DATA = ("talk", "rules")  # families of intents that trouble with the shop does not touch
CLOSE_ONE_IN = 4
ROOM_FOR_CLOSING = 2  # sentences; a longer reply ends without a closing
GIVE_UP_AFTER = 2  # clarifications that did not help
_ENDS = tuple('。！？…!?.:：）)”"’~～')
_NAMES_AN_ORDER = ("order_number", "items")


class Composition:
    """A reply on its way. Each step adds its sentences, or none."""

    def __init__(self, request: ReplyRequest, responses: Responses) -> None:
        self.request = request
        self.responses = responses
        self.parts: list[str] = []
        self.used: set[str] = set()

    def text(self) -> str:
        """The finished reply."""
        plan = QUIET if self.request.quiet else PLANS.get(self.request.tone, ANSWERING)
        for step in plan:
            step(self)
        return join(self.parts, self.request.language)

    def add(self, slot: str, options: Sequence[str], values: Mapping[str, str] | None = None) -> bool:
        """Adds one of `options`, filled with `values` if given; False when none could be said."""
        ready = {text: fill(text, values) if values is not None else text for text in options}
        fresh = {said: text for text, said in ready.items() if said and text not in self.used}
        usable = fresh or {said: text for text, said in ready.items() if said}
        chosen = choose(tuple(usable), seed=self.request.seed, slot=slot, said=self.request.said)
        if chosen is None:
            return False
        self.used.add(usable[chosen])
        if chosen not in self.parts:
            self.parts.append(chosen)
        return True

    def opening(self) -> None:
        self.add("opening", openings(self.request, self.responses))

    def facts(self) -> None:
        """Each fact, or two in one sentence where one is written for them."""
        index, facts = 0, self.request.sheet.facts
        while index < len(facts):
            if self.together(index):
                index += 2
            else:
                self.fact(index)
                index += 1

    def together(self, index: int) -> bool:
        """Adds the fact at `index` and the next in one sentence; False where there is none for the two."""
        pair = self.request.sheet.facts[index : index + 2]
        options = self.responses.options("together", "+".join(fact.kind for fact in pair))
        values = {name: value for fact in pair for name, value in fact.values.items()}
        return self.add(f"fact {index}", options, values)

    def fact(self, index: int) -> None:
        facts = self.request.sheet.facts
        fact = facts[index]
        if not self.add(f"fact {index}", self.fact_options(fact, facts[:index]), fact.values):
            logger.warning("template: fact '%s' cannot be said with %s.", fact.kind, sorted(fact.values))

    def fact_options(self, fact: Fact, told: Sequence[Fact]) -> Keys:
        """The fact's sentences: those of `then` where its order, or one like it, has been `told` of."""
        named = {item for item in fact.values.items() if item[0] in _NAMES_AN_ORDER}
        known = {item for other in told for item in other.values.items()}
        follows = named <= known if named else fact.kind in {other.kind for other in told}
        then = self.responses.options("facts", fact.kind, "then") if follows else ()
        return then or self.responses.options("facts", fact.kind, "say")

    def answer(self) -> None:
        """Facts if there are any, else the designer's words, else the best that holds without facts."""
        before = len(self.parts)
        if self.request.intent in self.responses.wording_first:
            self.add("body", self.request.body)
        self.facts()
        if len(self.parts) == before:
            self.add("body", self.wording())

    def wording(self) -> Keys:
        """What to say where there are no facts; nothing where a question comes anyway."""
        request = self.request
        upset = self.responses.options("upset_bodies", request.intent)
        if upset and request.feeling.negative and not request.sheet.ask:
            return upset
        if request.body or request.sheet.ask:
            return request.body
        return self.trouble() or self.default()

    def trouble(self) -> Keys:
        """The sentences for data that could not be had, if this intent lives on data."""
        family = self.responses.family(self.request.intent)
        if not self.request.sheet.failed or family in NEEDS_NO_DATA:
            return ()
        return self.responses.first(("failed", family), ("failed", "any"))

    def default(self) -> Keys:
        request = self.request
        paths = [("bodies", request.intent), ("bodies", "any")]
        if request.strategy == "clarify":
            paths.insert(1, ("clarify", "any"))
            if request.repeats >= GIVE_UP_AFTER:
                paths.insert(0, ("clarify", "again"))
        return self.responses.first(*paths)

    def question(self) -> None:
        """What is needed next, unless the designer's wording has just asked for the order."""
        sheet = self.request.sheet
        asked = not sheet.facts and any(asks_for(part, "order_number") for part in self.parts)
        if sheet.ask is None or (sheet.ask == "order_number" and asked):
            return
        keys = (*(fact.kind for fact in sheet.facts), sheet.topic or self.request.intent, "any")
        self.add("ask", self.responses.first(*(("ask", sheet.ask, key) for key in keys)))

    def handoff(self) -> None:
        if self.request.outlook:
            values = self.request.handoff_facts
            self.add("handoff", self.responses.options("handoff", self.request.outlook), values)

    def closing(self) -> None:
        request = self.request
        wordy = len(self.parts) > ROOM_FOR_CLOSING or not request.sheet.facts or request.sheet.ask
        if not wordy and chance(seed=request.seed, slot="close", one_in=CLOSE_ONE_IN):
            keys = (("closings", request.tone), ("closings", "any"))
            self.add("closing", self.responses.first(*keys))

    def receipt(self) -> None:
        """While a human is expected: plain facts and rules are told, everything else is noted."""
        request = self.request
        if self.parts:
            return
        # a rule may be asked while waiting, so the designer's wording is told
        if request.body and self.responses.family(request.intent) != "talk":
            self.add("body", request.body)
        elif request.handoff_id:
            self.add("quiet", self.responses.options("quiet", "known"), request.handoff_facts)
        else:
            self.add("quiet", self.responses.options("quiet", "unknown"))


Step = Callable[[Composition], None]
QUIET: tuple[Step, ...] = (Composition.facts, Composition.question, Composition.receipt)
ANSWERING: tuple[Step, ...] = (
    Composition.opening,
    Composition.answer,
    Composition.question,
    Composition.handoff,
    Composition.closing,
)
PLANS: dict[str, tuple[Step, ...]] = {
    "escalate": (Composition.opening, Composition.facts, Composition.handoff),
}


def join(parts: Sequence[str], language: str) -> str:
    """The sentences in one line, each closed before the next begins.

    >>> join(["您好", "请说。"], "zh"), join(["Hi!", "Go on"], "en")
    ('您好。请说。', 'Hi! Go on')
    """
    stop, gap = ("。", "") if language == "zh" else (".", " ")
    closed = [part if part.endswith(_ENDS) or not _ends_in_word(part) else part + stop for part in parts[:-1]]
    return gap.join([*closed, *parts[-1:]])


def _ends_in_word(part: str) -> bool:
    return part[-1:].isalnum()
