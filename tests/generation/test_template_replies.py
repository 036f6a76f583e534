"""What the template's replies are like: fitting, grounded, varied, well punctuated."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from generation_builders import VALUES, request

from balm.emotion.labels import CAUSES
from balm.errors import GenerationError
from balm.generation.composition import Composition
from balm.generation.guard import sentences
from balm.generation.request import ReplyRequest
from balm.generation.responses import STRATEGIES, load_all
from balm.generation.sentence import fill
from balm.generation.template import TemplateGenerator
from balm.reply import Fact, FactSheet
from balm.shop.kinds import FACT_KINDS
from balm.turn import LANGUAGES

RESPONSES = load_all()
SEEDS = "abcdefghij"
OPEN = {"handoff_id": "H100031", "handoff_next": "in_hours", "handoff_values": {"minutes": "1"}}
FURIOUS = {"emotion": "anger", "intensity": 0.9}
OWN_FAULT = {"zh": r"错在我们|责任在我们|我们的责任|是我们没", "en": r"our fault|on us|our mistake"}
SORRY = {"zh": r"对不起|抱歉", "en": r"sorry"}


def say(asked: ReplyRequest) -> str:
    return Composition(asked, RESPONSES[asked.language]).text()


def variations(asked: ReplyRequest) -> list[str]:
    return [say(replace(asked, seed=seed)) for seed in SEEDS]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", ["order_preparing_late", "parcel_late", "refund_overdue", "paid_twice"])
def test_anger_over_our_fault_gets_an_own_fault_apology_and_the_facts(kind: str, language: str) -> None:
    asked = request(language, "apologise", **FURIOUS, cause="delivery", kinds=(kind,))
    for text in variations(asked):
        assert re.search(SORRY[language], text, re.IGNORECASE)
        assert re.search(OWN_FAULT[language], text)
        assert all(VALUES[language][name] in text for name in FACT_KINDS[kind])
        assert "!" not in text and "！" not in text
        assert len(sentences(text)) <= 5


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_fault_that_is_only_alleged_is_not_owned_as_a_fact(language: str) -> None:
    owned = RESPONSES[language].options("openings", "apologise", "parcel_late", "strong")
    asked = request(language, "apologise", **FURIOUS, intent="parcel_late", ask="order_number")
    assert not any(opening in text for opening in owned for text in variations(asked))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("ticket", ["ticket_opened", "ticket_open_already"])
@pytest.mark.parametrize("parcel", ["parcel_late", "parcel_eta"])
def test_a_parcel_s_story_is_told_whole_in_four_sentences(parcel: str, ticket: str, language: str) -> None:
    kinds = ("order_shipped", "parcel_last_event", parcel, ticket)
    for text in variations(request(language, "inform", kinds=kinds)):
        assert len(sentences(text)) <= 4, text
        assert all(VALUES[language][name] in text for kind in kinds for name in FACT_KINDS[kind])


@pytest.mark.parametrize("language", LANGUAGES)
def test_facts_that_cannot_be_told_together_are_told_apart(language: str) -> None:
    late = Fact("parcel_late", {"eta": "5", "days_late": "2"})
    text = say(replace(request(language), sheet=FactSheet((Fact("parcel_last_event", {"at": "9"}), late))))
    assert "2" in text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("emotion", ["disappointment", "frustration", "anger", "anxiety"])
def test_whoever_is_upset_and_wants_a_recommendation_is_not_asked_for_a_budget(
    emotion: str, language: str
) -> None:
    for text in variations(request(language, "soothe", emotion=emotion, intent="recommend")):
        assert not re.search("预算|用途|送人|budget|gift|price", text), text
        assert len(sentences(text)) >= 2


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("strategy", STRATEGIES)
@pytest.mark.parametrize("emotion", ["disappointment", "anxiety", "confusion"])
def test_nobody_is_called_angry_who_is_not(emotion: str, strategy: str, language: str) -> None:
    angry = (
        r"气成|生气|火气|发火|恼火|窝火|气人" if language == "zh" else r"\bangry|anger|furious|infuriating"
    )
    for cause in CAUSES:
        for text in variations(request(language, strategy, emotion=emotion, intensity=0.9, cause=cause)):
            assert not re.search(angry, text), text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("strategy", ["soothe", "apologise", "clarify", "inform"])
def test_whoever_calls_out_hears_that_somebody_is_here(strategy: str, language: str) -> None:
    here = "我在|在的|在呢" if language == "zh" else r"here"
    for text in variations(request(language, strategy, intent="hurry_up", cause="delivery")):
        assert re.search(here, "".join(sentences(text)[:2])), text


@pytest.mark.parametrize("kind", FACT_KINDS)
def test_a_product_may_be_plural(kind: str) -> None:
    singular = r"(?<!of )(?<!on )Quiet headphones (is|was|has|comes|costs|stays|goes)\b|There's also"
    values = {**VALUES["en"], "product": "Quiet headphones", "items": "Quiet headphones"}
    told = Fact(kind, {name: values[name] for name in FACT_KINDS[kind]})
    for text in RESPONSES["en"].options("facts", kind, "say"):
        about_goods = not re.search(r"[Oo]rder \{order_number\} with \{items\}", text)
        assert not (about_goods and re.search(singular, fill(text, told.values) or "")), text


@pytest.mark.parametrize("language", LANGUAGES)
def test_thanks_are_said_once(language: str) -> None:
    for intent in ("praise", "thanks"):
        for text in variations(request(language, "celebrate", emotion="joy", intent=intent)):
            assert len(re.findall("谢谢" if language == "zh" else r"(?i)\bthank", text)) <= 1, text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_plain_question_is_answered_without_comfort(language: str) -> None:
    for text in variations(request(language, "inform", kinds=("parcel_eta",))):
        assert VALUES[language]["eta"] in sentences(text)[0]


@pytest.mark.parametrize("language", LANGUAGES)
def test_strong_anger_is_met_otherwise_than_mild(language: str) -> None:
    mild, strong = (
        {sentences(text)[0] for text in variations(request(language, "soothe", emotion="anger", intensity=i))}
        for i in (0.2, 0.9)
    )
    assert not mild & strong


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_same_request_gives_the_same_text_and_seeds_vary_it(language: str) -> None:
    asked = request(
        language, "soothe", emotion="anxiety", cause="delivery", kinds=("order_shipped", "parcel_eta")
    )
    assert variations(asked) == variations(asked)
    assert len(set(variations(asked))) >= 4


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("strategy", [s for s in STRATEGIES if s != "inform"])
def test_an_opening_never_comes_twice_in_a_row(strategy: str, language: str) -> None:
    history: tuple[tuple[str, str], ...] = ()
    openings = []
    for _ in range(8):
        asked = request(language, strategy, emotion="frustration", intent="vent", history=history, **OPEN)
        text = say(asked)
        openings.append(sentences(text)[0])
        history = (*history, ("?", text))
    assert all(first != second for first, second in zip(openings, openings[1:], strict=False))


@pytest.mark.parametrize("language", LANGUAGES)
def test_whoever_only_sends_the_number_is_not_soothed_again(language: str) -> None:
    feeling = {"emotion": "frustration", "cause": "delivery"}
    said = (("?", say(request(language, "apologise", ask="order_number", **feeling))),)
    number = {"intent": "inform_order", "kinds": ("parcel_eta",)}
    then = request(language, "apologise", history=said, **number, **feeling)
    assert VALUES[language]["eta"] in sentences(say(then))[0]


@pytest.mark.parametrize("language", LANGUAGES)
def test_somebody_who_repeats_themselves_is_told_that_we_noticed(language: str) -> None:
    noticed = {
        "zh": r"不止一遍|重复|前面|几|一说再说|反复",
        "en": r"more than once|already|before|repeat|first time",
    }
    for strategy in ("soothe", "apologise"):
        for text in variations(request(language, strategy, emotion="frustration", repeats=1)):
            assert re.search(noticed[language], text), text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("intent", ["praise", "thanks", "greet", "chitchat", "goodbye"])
def test_kind_words_that_are_not_meant_get_no_thanks_and_no_cheer(intent: str, language: str) -> None:
    for emotion, sarcasm in (("joy", 0.9), ("anger", 0.0)):
        asked = request(
            language,
            "celebrate",
            emotion=emotion,
            sarcasm=sarcasm,
            intent=intent,
            body=("Thank you! 谢谢！",),
        )
        for text in variations(asked):
            assert not re.search(r"谢|高兴|太好|thank|glad|lovely|wonderful|!|！", text, re.IGNORECASE)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_designer_s_wording_is_used_as_it_is(language: str) -> None:
    body = "We ship in 2 days :) {no} [brackets] "
    assert say(request(language, "inform", intent="stock", body=(body,))) == body


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_wording_without_a_full_stop_gets_one_before_the_next_sentence(language: str) -> None:
    asked = request(
        language, "soothe", emotion="anxiety", intent="invoice", body=("Our words",), ask="order_number"
    )
    assert re.search(r"Our words[.。]", say(asked))


def test_facts_replace_a_wording_except_where_the_wording_is_the_answer() -> None:
    facts = {"kinds": ("parcel_eta",), "body": ("Our rule.",)}
    assert "Our rule." not in say(request("en", intent="order_status", **facts))
    assert say(request("en", intent="shipping_info", **facts)).startswith("Our rule. ")


def test_a_wording_that_asks_for_the_order_is_not_followed_by_the_same_question() -> None:
    asked = request("en", intent="price_protection", body=("Which order is it?",), ask="order_number")
    assert say(asked) == "Which order is it?"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("ask", ["order_number", "proof", "confirmation"])
def test_what_is_needed_is_asked_for_last(ask: str, language: str) -> None:
    asked = {
        "order_number": r"订单号|order number|its number",
        "proof": r"后四位|digits",
        "confirmation": r"确认|要|yes",
    }
    for text in variations(request(language, "clarify", ask=ask)):
        assert re.search(asked[ask], "".join(sentences(text)[-2:]), re.IGNORECASE), text


@pytest.mark.parametrize("language", LANGUAGES)
def test_whoever_is_asked_for_a_proof_learns_why(language: str) -> None:
    why = {"zh": r"免得|得先|为了", "en": r"so nobody|keep strangers|to be sure"}
    for text in variations(request(language, "clarify", ask="proof")):
        assert re.search(why[language], text)


def test_the_question_about_a_yes_names_the_deed() -> None:
    for topic, word in (("cancel_order", "cancel"), ("return_item", "return"), ("exchange_item", "exchange")):
        assert word in say(request("en", "clarify", ask="confirmation", topic=topic)).lower()


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_escalation_says_number_and_what_happens_and_asks_nothing(language: str) -> None:
    for text in variations(
        request(language, "escalate", emotion="anger", intensity=0.9, ask="order_number", **OPEN)
    ):
        assert "H100031" in text
        assert re.search("同事" if language == "zh" else "colleague", text)
        assert "？" not in text and "?" not in text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "handoff", [{}, {"handoff_next": "failed"}, {"handoff_id": "H1", "handoff_next": "failed"}]
)
def test_a_handoff_that_was_not_stored_is_not_claimed(handoff: dict, language: str) -> None:
    failed = r"没能转|没转过去" if language == "zh" else r"wasn't saved|didn't go through"
    for text in variations(request(language, "escalate", emotion="frustration", **handoff)):
        assert re.search(failed, text)


def test_a_handoff_line_without_its_values_says_less_instead_of_nothing() -> None:
    asked = request("en", "escalate", handoff_id="H100031", handoff_next="in_hours")
    assert asked.outlook == "queued"
    assert "H100031" in say(asked) and "minute" not in say(asked)


def test_one_minute_is_not_minutes() -> None:
    assert "1 minute" in say(request("en", "escalate", **OPEN))
    assert "minutes" not in say(request("en", "escalate", **OPEN))


@pytest.mark.parametrize("language", LANGUAGES)
def test_while_a_human_is_expected_there_is_no_care_but_facts_are_told(language: str) -> None:
    waiting = {"quiet": True, "handoff_id": "H100031", "emotion": "anger", "intensity": 0.9}
    assert "H100031" in say(request(language, "inform", intent="vent", **waiting))
    told = say(request(language, "apologise", kinds=("parcel_eta",), **waiting))
    assert VALUES[language]["eta"] in told
    assert not re.search(SORRY[language], told, re.IGNORECASE)
    rule = say(request(language, "inform", intent="refund_policy", body=("The rule.",), **waiting))
    assert rule == "The rule."


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("intent", ["order_status", "refund_status", "stock", "membership", "of_a_designer"])
def test_a_database_that_is_down_is_admitted(intent: str, language: str) -> None:
    admitted = r"打不开|读不|查不到|没能打开" if language == "zh" else r"can't|aren't|isn't"
    for text in variations(request(language, "apologise", intent=intent, failed="OperationalError")):
        assert re.search(admitted, text)
        assert "OperationalError" not in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_greeting_needs_no_database(language: str) -> None:
    assert not re.search("打不开|can't open", say(request(language, "inform", intent="greet", failed="down")))


def test_the_order_is_named_once_when_several_facts_are_about_it() -> None:
    for language in LANGUAGES:
        text = say(request(language, kinds=("order_delivered", "return_possible", "invoice_none")))
        assert text.count("BM10024683") == 1
        assert VALUES[language]["last_day"] in text


def test_several_recommendations_follow_each_other_naturally() -> None:
    names = ("Aa", "Bb", "Cc")
    rows = tuple(Fact("recommendation", {"product": name, "price": "¥9", "about": "warm."}) for name in names)
    text = say(replace(request("en"), sheet=FactSheet(rows)))
    assert [match[0] for match in re.finditer("Aa|Bb|Cc", text)] == list(names)
    assert text.startswith(("Have a look at Aa", "I'd start with Aa"))
    assert all(text.count(way) == 1 for way in ("could suit you too", "Another option"))
    assert ".." not in text


def test_a_fact_that_cannot_be_said_is_logged_and_the_rest_is(caplog: pytest.LogCaptureFixture) -> None:
    broken = FactSheet((Fact("parcel_eta", {}), Fact("coupons_none")))
    assert "coupon" in say(replace(request("en"), sheet=broken))
    assert "parcel_eta" in caplog.text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("text", ["", "😡😡", "123", "啊" * 5000, "my 快递 还没到 wtf"])
def test_odd_messages_get_a_sentence(text: str, language: str) -> None:
    for intent in (None, "nlu_fallback", "of_a_designer"):
        for strategy in STRATEGIES:
            assert say(request(language, strategy, text=text, intent=intent)).strip()


def test_after_two_failed_clarifications_a_human_is_offered() -> None:
    for text in variations(request("en", "clarify", intent=None, repeats=2)):
        assert re.search("person|human", text)


async def test_an_unknown_language_is_a_generation_error() -> None:
    with pytest.raises(GenerationError, match="unknown language 'fr'. Known: en, zh"):
        await TemplateGenerator.load().draft(replace(request(), language="fr"))


async def test_a_designer_s_own_sentence_is_said(tmp_path) -> None:
    (tmp_path / "en.yml").write_text("bodies: {greet: [Ahoy.]}", encoding="utf8")
    draft = await TemplateGenerator.load(tmp_path).draft(request("en", intent="greet"))
    assert draft.text == "Ahoy."
