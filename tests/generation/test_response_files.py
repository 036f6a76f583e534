"""The response files: complete, alike in both languages, and strict with a designer's slips."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from generation_builders import fact

from balm.errors import ConfigError
from balm.generation.request import HANDOFF_NEXT
from balm.generation.responses import ASKS, STRATEGIES, Responses, load_all
from balm.generation.sentence import fill, placeholders
from balm.shop.kinds import FACT_KINDS
from balm.turn import LANGUAGES

RESPONSES = load_all()
INTENTS = """
greet goodbye thanks praise affirm deny bot_challenge chitchat out_of_scope human_wanted inform_order
order_status track_parcel parcel_late parcel_missing item_damaged wrong_item missing_item
quality_complaint service_complaint cancel_order change_address change_order return_item exchange_item
refund_status refund_policy charged_twice payment_failed invoice coupon price_protection stock size_advice
product_question recommend warranty account membership shipping_info vent hurry_up not_understood
""".split()
# Words that a good agent leaves alone: pet names, hollow empathy, pressure.
TABOO = {
    "zh": "亲亲 亲， 抱抱 么么 宝 谅解 稍安勿躁 不要着急 您先别急 深表歉意 给您带来不便".split(),
    "en": "valued customer|inconvenience|your frustration|calm down|unfortunately|kindly|rest assured".split(
        "|"
    ),
}

SLIPS = {
    "a section": ("greetings: {any: [Hi.]}", r"unknown section 'greetings'. Known: .*openings"),
    "a strategy": (
        "openings: {sooth: {any: [Hm.]}}",
        r"unknown key in openings 'sooth'. .* Did you mean 'soothe'",
    ),
    "a feeling": ("openings: {soothe: {angre: [Hm.]}}", r"unknown key in openings.soothe 'angre'"),
    "a strength": (
        "openings: {soothe: {anger: {big: [Hm.]}}}",
        r"unknown key in .* 'big'. Known: mild, strong",
    ),
    "a fact": (
        "facts: {order_shiped: [Hm.]}",
        r"unknown key in facts 'order_shiped'. .* Did you mean 'order_shipped'",
    ),
    "an intent": ("bodies: {gret: [Hi.]}", r"unknown key in bodies 'gret'"),
    "a question": (
        "ask: {name: {any: [Who?]}}",
        r"unknown key in ask 'name'. Known: confirmation, order_number, proof",
    ),
    "a missing placeholder": (
        "facts: {parcel_late: ['Late since {eta}.']}",
        r"must be days_late, eta, not eta",
    ),
    "a foreign placeholder": ("facts: {parcel_eta: ['{eta}, {carrier}.']}", r"must be eta, not carrier, eta"),
    "a placeholder in an opening": ("openings: {soothe: {any: ['Hi {name}.']}}", r"must be none, not name"),
    "an open brace": ("facts: {parcel_eta: ['{eta} {']}", r"a brace"),
    "an open bracket": ("facts: {parcel_eta: ['{eta} [soon']}", r"a bracket has no partner"),
    "a handoff without its number": ("handoff: {queued: [Someone comes.]}", r"must be handoff_id, not none"),
    "a text instead of a list": ("clarify: {any: What?}", r"'clarify.any': a list of sentences is wanted"),
    "an empty list": ("clarify: {any: []}", r"'clarify.any': at least one sentence"),
    "an empty sentence": ("clarify: {any: ['  ']}", r"a list of sentences is wanted"),
    "a number": ("clarify: {any: [12]}", r"a list of sentences is wanted"),
    "too deep": ("clarify: {any: {mild: [Hm.]}}", r"belong 1 levels below 'clarify'"),
    "too shallow": ("ask: [Who?]", r"belong 2 levels below 'ask'"),
    "no mapping": ("- Hi", r"a mapping is wanted"),
    "no yaml": ("openings: [", r"cannot be read as YAML"),
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_bundled_files_are_without_fault(language: str) -> None:
    assert list(RESPONSES[language].problems(f"{language}.yml")) == []


def test_both_languages_cover_the_same() -> None:
    zh, en = (set(RESPONSES[language].texts) for language in LANGUAGES)
    assert zh == en


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", FACT_KINDS)
def test_every_kind_of_fact_has_sentences_with_exactly_its_placeholders(kind: str, language: str) -> None:
    texts = RESPONSES[language].options("facts", kind, "say")
    assert len(texts) >= 2
    assert all(placeholders(text) == set(FACT_KINDS[kind]) for text in texts)
    for text in texts:
        said = fill(text, fact(kind, language).values)
        assert said and "{" not in said and "[" not in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_is_said_in_several_ways(language: str) -> None:
    texts = RESPONSES[language].texts
    once = [
        path
        for path, said in texts.items()
        if len(said) == 1 and path[-1] != "then" and path[0] != "last_resort"
    ]
    assert once == []
    assert {path[1] for path in texts if path[0] == "openings"} == set(STRATEGIES)
    assert {path[1] for path in texts if path[0] == "ask"} == set(ASKS)
    assert {path[1] for path in texts if path[0] == "handoff"} == set(HANDOFF_NEXT)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_stands_twice(language: str) -> None:
    for path, said in RESPONSES[language].texts.items():
        assert len(set(said)) == len(said), path


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("intent", INTENTS)
def test_every_intent_has_a_default_wording_and_a_family(intent: str, language: str) -> None:
    assert len(RESPONSES[language].options("bodies", intent)) >= 2
    assert RESPONSES[language].family(intent) != "any"


@pytest.mark.parametrize("language", LANGUAGES)
def test_sentences_end_as_sentences_and_carry_no_other_script(language: str) -> None:
    end = "。？！" if language == "zh" else ".?!"
    for path, said in RESPONSES[language].texts.items():
        for text in said:
            assert text.rstrip("]").endswith(tuple(end)), (path, text)
            bare = re.sub(r"\{[^}]*\}", "", text)
            assert not re.search("[\u4e00-\u9fff，。？！]" if language == "en" else r"[,?!;](?!\w)", bare), (
                path,
                text,
            )


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_hollow_phrases_and_no_numbers_of_our_own(language: str) -> None:
    for path, said in RESPONSES[language].texts.items():
        for text in said:
            assert not any(word in text.lower() for word in TABOO[language]), (path, text)
            assert not re.search(r"\d", text), (path, text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_nobody_upset_is_met_with_exclamation_marks(language: str) -> None:
    for path, said in RESPONSES[language].texts.items():
        if path[:2] != ("openings", "celebrate"):
            assert not any("!" in text or "！" in text for text in said), path


@pytest.mark.parametrize("language", LANGUAGES)
def test_apologies_apologise_and_soothing_does_not_grovel(language: str) -> None:
    sorry = re.compile("对不起|抱歉|道歉" if language == "zh" else "sorry", re.IGNORECASE)
    for path, said in RESPONSES[language].texts.items():
        if path[:2] == ("openings", "apologise"):
            assert all(len(sorry.findall(text)) == 1 for text in said), path
        if path[:2] == ("openings", "soothe"):
            assert not any(sorry.search(text) for text in said), path


def own(folder: Path, text: str, language: str = "en") -> Path:
    (folder / f"{language}.yml").write_text(text, encoding="utf8")
    return folder


def test_a_designer_changes_one_sentence_and_keeps_the_rest(tmp_path: Path) -> None:
    changed = load_all(own(tmp_path, "ask: {proof: {any: ['Which digits, please?']}}"))["en"]
    assert changed.options("ask", "proof", "any") == ("Which digits, please?",)
    assert changed.options("ask", "order_number", "any") == RESPONSES["en"].options(
        "ask", "order_number", "any"
    )
    assert load_all(tmp_path)["zh"] == RESPONSES["zh"]


def test_a_list_of_openings_serves_both_strengths(tmp_path: Path) -> None:
    changed = Responses.load("en", own(tmp_path, "openings: {soothe: {anger: [Go on.]}}"))
    assert changed.options("openings", "soothe", "anger", "mild") == ("Go on.",)
    assert changed.options("openings", "soothe", "anger", "strong") == ("Go on.",)


def test_a_designer_can_drop_an_opening(tmp_path: Path) -> None:
    changed = Responses.load("en", own(tmp_path, "openings: {celebrate: {any: []}}"))
    assert (
        changed.first(("openings", "celebrate", "any", "mild"), ("openings", "inform", "hurry_up", "mild"))
        == ()
    )


@pytest.mark.parametrize(("text", "message"), SLIPS.values(), ids=SLIPS)
def test_a_slip_is_refused_with_file_and_place(text: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=message) as caught:
        Responses.load("en", own(tmp_path, text))
    assert "en.yml" in str(caught.value)


def test_a_folder_without_response_files_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"holds no response file. Known: zh.yml, en.yml"):
        load_all(tmp_path)
    with pytest.raises(ConfigError, match="nowhere"):
        load_all(tmp_path / "nowhere")


def test_an_empty_file_changes_nothing(tmp_path: Path) -> None:
    assert Responses.load("en", own(tmp_path, "# nothing yet\n")) == RESPONSES["en"]
