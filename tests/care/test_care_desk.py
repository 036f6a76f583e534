"""One turn through the care desk, with its parts well and in trouble."""

from __future__ import annotations

import asyncio
import json
import time
from pathlib import Path

import pytest
from care_doubles import (
    BrokenShop,
    BrokenStore,
    BrokenWriter,
    FixedShop,
    RecordingWriter,
    SlowStore,
    talk,
    turn,
)

from balm.care import CareDesk
from balm.handoff.desk import HandoffDesk
from balm.handoff.reception import Reception
from balm.handoff.terms import HandoffTerms
from balm.reply import Fact, FactSheet
from balm.shop.database import Database
from balm.strategy.policy import CarePolicy
from balm.turn import Said

POLICY = CarePolicy.load()
TERMS = HandoffTerms(target_minutes=10, phone="400-1", email="care@shop.example")
SHIPPED = FactSheet(facts=(Fact("order_shipped", {"order_number": "BM10024683"}),), topic="order_status")
ASKS = FactSheet(ask="order_number", topic="order_status")
HUMAN = turn("转人工", intent="human_wanted")


@pytest.fixture
def store(tmp_path: Path) -> HandoffDesk:
    return HandoffDesk(Database(f"sqlite:///{tmp_path / 'shop.db'}").engine)


@pytest.fixture
def writer() -> RecordingWriter:
    return RecordingWriter()


def desk(writer: object, store: object = None, shop: object = None) -> CareDesk:
    return CareDesk(POLICY, writer=writer, shop=shop, reception=Reception(store, TERMS))


async def open_handoff(store: HandoffDesk) -> str:
    await desk(RecordingWriter(), store).answer(talk(HUMAN))
    (record,) = store.list_open()
    return record.id


async def test_a_plain_question_is_answered_with_its_facts(writer: RecordingWriter) -> None:
    reply = await desk(writer, shop=FixedShop(SHIPPED)).answer(talk(turn("where is it", language="en")))
    assert (reply.text, reply.strategy, reply.topic) == ("drafted", "inform", "order_status")
    assert (reply.frustration, reply.handoff_state) == (0.0, "none")
    assert writer.request.sheet == SHIPPED
    assert (writer.request.language, writer.request.strategy, writer.request.decision_rule) == (
        "en",
        "inform",
        "plain_question",
    )


async def test_the_card_is_json_and_tells_the_whole_story(writer: RecordingWriter) -> None:
    upset = turn("三天了还没到", "frustration", 0.6, intent="parcel_late", cause="delivery")
    reply = await desk(writer, shop=FixedShop(SHIPPED)).answer(talk(upset))
    card = json.loads(json.dumps(dict(reply.card)))
    assert (card["strategy"], card["rule"], card["reason"]) == ("apologise", "our_fault", None)
    assert card["reading"]["name"] == "frustration"
    assert card["frustration"] == reply.frustration > 0
    assert card["clock"]["trend"] == "rising"
    assert card["facts"] == [{"kind": "order_shipped", "values": {"order_number": "BM10024683"}}]
    assert (card["generator"], card["prompt"], card["fallback"]) == ("recording", "v1", None)
    assert card["guard"] == [{"rule": "promises", "ok": True, "reason": ""}]
    assert card["handoff"] == {"id": None, "state": "none", "next": None}
    assert set(card["latency_ms"]) == {"clock", "facts", "policy", "handoff", "words", "total"}
    assert (card["asks"], card["failed"], card["quiet"]) == (None, False, False)


async def test_what_the_shop_asks_for_decides_the_strategy(writer: RecordingWriter) -> None:
    reply = await desk(writer, shop=FixedShop(ASKS)).answer(talk())
    assert (reply.strategy, reply.card["asks"], reply.topic) == ("clarify", "order_number", "order_status")


async def test_the_designers_words_reach_the_generator(writer: RecordingWriter) -> None:
    await desk(writer).answer(talk(), wordings=("欢迎光临",))
    assert writer.request.body == ("欢迎光临",)


async def test_the_generator_sees_what_was_said_before(writer: RecordingWriter) -> None:
    replies = (Said(text="您好"), None, Said(text="请给我订单号"))
    await desk(writer).answer(talk(*(turn(text) for text in "abcd"), replies=replies))
    assert writer.request.history == (("a", "您好"), ("c", "请给我订单号"))


async def test_a_failing_shop_is_admitted_and_its_error_stays_in_the_log(
    writer: RecordingWriter, caplog
) -> None:
    reply = await desk(writer, shop=BrokenShop()).answer(talk(topic="return_item"))
    assert (reply.strategy, reply.card["rule"], reply.card["failed"]) == (
        "apologise",
        "facts_unavailable",
        True,
    )
    assert reply.topic == "return_item"
    assert "secret" not in json.dumps(dict(reply.card))
    assert "secret" in caplog.text


async def test_a_failing_shop_keeps_nobody_from_a_human(writer: RecordingWriter, store: HandoffDesk) -> None:
    reply = await desk(writer, store, BrokenShop()).answer(talk(HUMAN))
    assert (reply.strategy, reply.handoff_state, store.state("c1")) == ("escalate", "waiting", "waiting")


async def test_a_handoff_is_stored_before_it_is_put_into_words(store: HandoffDesk) -> None:
    seen: list[str] = []
    writer = RecordingWriter(on_write=lambda request: seen.append(store.current("c1").id))
    reply = await desk(writer, store).answer(talk(HUMAN))
    assert seen == [writer.request.handoff_id] == [reply.card["handoff"]["id"]]
    assert reply.handoff_state == "waiting"


async def test_the_record_has_reason_summary_and_language(
    writer: RecordingWriter, store: HandoffDesk
) -> None:
    threat = turn("I'll sue you", "anger", 1.0, needs_human=0.95, language="en", intent="refund_status")
    reply = await desk(writer, store).answer(talk(threat))
    (record,) = store.list_open()
    assert (reply.card["rule"], record.reason, record.language) == ("threat", "threat", "en")
    assert record.summary.startswith('Wants: "I\'ll sue you"\nFeels: angry')


async def test_the_next_step_is_handed_to_the_generator_in_the_customers_words(
    writer: RecordingWriter, store: HandoffDesk
) -> None:
    await desk(writer, store).answer(talk(HUMAN))
    assert (writer.request.handoff_next, writer.request.handoff_values) == ("in_hours", {"minutes": "10"})


@pytest.mark.parametrize("store_", [None, BrokenStore()], ids=["no-desk", "database-down"])
@pytest.mark.parametrize("language", ["zh", "en"])
async def test_nobody_claims_a_human_when_nothing_was_stored(
    writer: RecordingWriter, store_, language: str
) -> None:
    reply = await desk(writer, store_).answer(talk(turn("human", intent="human_wanted", language=language)))
    assert (writer.request.handoff_id, writer.request.handoff_next) == (None, "failed")
    assert (reply.handoff_state, reply.card["failed"]) == ("none", True)
    assert reply.card["handoff"] == {"id": None, "state": "none", "next": "failed"}
    assert "400-1" in reply.text
    assert "care@shop.example" in reply.text
    assert "secret-host" not in json.dumps(dict(reply.card))


async def test_a_store_that_hangs_counts_as_down(writer: RecordingWriter) -> None:
    slow = CareDesk(POLICY, writer=writer, reception=Reception(SlowStore(), TERMS, deadline_s=0.05))
    started = time.perf_counter()
    reply = await slow.answer(talk(HUMAN))
    assert time.perf_counter() - started < 0.25
    assert reply.card["handoff"]["next"] == "failed"


async def test_the_action_can_hand_over_whatever_the_policy_says(
    writer: RecordingWriter, store: HandoffDesk
) -> None:
    reply = await desk(writer, store).hand_over(talk(turn("hi", intent="greet")))
    assert (reply.strategy, reply.card["reason"], store.state("c1")) == (
        "escalate",
        "customer_asked",
        "waiting",
    )


async def test_handing_over_keeps_the_policys_own_reason(writer: RecordingWriter, store: HandoffDesk) -> None:
    reply = await desk(writer, store).hand_over(talk(turn("x", "anger", 1.0, needs_human=1.0)))
    assert reply.card["reason"] == "threat"


async def test_while_a_human_is_expected_the_message_is_noted_in_quiet(
    writer: RecordingWriter, store: HandoffDesk
) -> None:
    id_ = await open_handoff(store)
    fury = turn("快点啊！！", "anger", 1.0, intent="hurry_up", needs_human=1.0)
    reply = await desk(writer, store).answer(talk(HUMAN, fury, handoff_state="waiting"), wordings=("请稍等",))
    assert [note.text for note in store.current("c1").notes] == ["快点啊！！"]
    assert (writer.request.quiet, writer.request.strategy, writer.request.body) == (True, "inform", ())
    assert (writer.request.handoff_id, reply.handoff_state, reply.card["rule"]) == (
        id_,
        "waiting",
        "colleague_expected",
    )
    assert len(store.list_open()) == 1


async def test_while_a_human_is_expected_plain_facts_are_still_answered(
    writer: RecordingWriter, store: HandoffDesk
) -> None:
    await open_handoff(store)
    await desk(writer, store, FixedShop(SHIPPED)).answer(
        talk(turn("到哪了"), handoff_state="waiting"), wordings=("x",)
    )
    assert (writer.request.quiet, writer.request.sheet, writer.request.body) == (True, SHIPPED, ("x",))


@pytest.mark.parametrize("intent", ["vent", "service_complaint", "hurry_up", "human_wanted"])
async def test_what_is_left_to_a_colleague_is_noted_and_never_reaches_the_shop(
    writer: RecordingWriter, store: HandoffDesk, intent: str
) -> None:
    await open_handoff(store)
    shop = FixedShop(SHIPPED)
    fury = turn("你们到底管不管", "anger", 1.0, intent=intent)
    reply = await desk(writer, store, shop).answer(
        talk(HUMAN, fury, handoff_state="waiting", topic="parcel_late"), wordings=("x",)
    )
    assert shop.threads == set()
    assert (writer.request.sheet.facts, writer.request.sheet.ask, writer.request.body) == ((), None, ())
    assert [note.text for note in store.current("c1").notes] == ["你们到底管不管"]
    assert reply.topic == "parcel_late"


async def test_without_a_colleague_the_same_words_ask_the_shop(writer: RecordingWriter) -> None:
    shop = FixedShop(SHIPPED)
    await desk(writer, shop=shop).answer(talk(turn("你们到底管不管", "anger", 1.0, intent="vent")))
    assert shop.threads != set()
    assert writer.request.sheet == SHIPPED


async def test_danger_reaches_a_colleague_even_through_a_doubted_reading(
    writer: RecordingWriter, store: HandoffDesk
) -> None:
    reply = await desk(writer, store).answer(talk(turn("充电器冒烟了", needs_human=0.2)))
    assert (reply.strategy, reply.card["reason"], store.state("c1")) == ("escalate", "safety", "waiting")


async def test_an_overdue_refund_on_record_is_apologised_for_once_when_told_calmly(
    writer: RecordingWriter,
) -> None:
    overdue = FixedShop(FactSheet(facts=(Fact("refund_overdue", {"order_number": "BM10024447"}),)))
    asked = turn("退款到哪了", intent="refund_status")
    first = await desk(writer, shop=overdue).answer(talk(asked))
    second = await desk(writer, shop=overdue).answer(talk(asked, asked, replies=(Said(first.strategy),)))
    assert (first.strategy, first.card["rule"]) == ("apologise", "fault_on_record_told_calmly")
    assert second.strategy == "inform"


async def test_a_colleague_who_accepted_keeps_the_bot_quiet(
    writer: RecordingWriter, store: HandoffDesk
) -> None:
    store.move(await open_handoff(store), "accepted")
    reply = await desk(writer, store).answer(talk(handoff_state="waiting"))
    assert (reply.handoff_state, writer.request.quiet) == ("accepted", True)


async def test_a_colleague_who_closed_gives_the_conversation_back(
    writer: RecordingWriter, store: HandoffDesk
) -> None:
    store.move(await open_handoff(store), "closed")
    worried = turn("还没到", "anxiety", intent="parcel_late")
    reply = await desk(writer, store).answer(talk(worried, handoff_state="waiting"))
    assert (reply.handoff_state, reply.strategy, writer.request.quiet) == ("none", "soothe", False)


async def test_an_unreadable_desk_keeps_the_bot_quiet_but_claims_no_note(writer: RecordingWriter) -> None:
    reply = await desk(writer, BrokenStore()).answer(talk(handoff_state="waiting"))
    assert writer.requests == []
    assert (reply.handoff_state, reply.card["generator"], reply.card["failed"]) == ("waiting", "fixed", True)
    assert "没能" in reply.text


async def test_facts_are_told_even_when_the_note_was_lost(writer: RecordingWriter) -> None:
    where = turn("where is it", language="en")
    reply = await desk(writer, BrokenStore(), FixedShop(SHIPPED)).answer(talk(where, handoff_state="waiting"))
    assert reply.text.startswith("drafted I'm sorry, I couldn't pass on that last message.")
    assert writer.request.handoff_id is None


async def test_a_policy_without_a_row_for_waiting_still_opens_nothing_twice(
    writer: RecordingWriter, store: HandoffDesk
) -> None:
    await open_handoff(store)
    eager = CarePolicy.parse({"rules": [{"name": "all", "strategy": "escalate", "reason": "x"}]})
    care = CareDesk(eager, writer=writer, reception=Reception(store, TERMS))
    reply = await care.answer(talk(handoff_state="waiting"))
    assert (reply.strategy, len(store.list_open())) == ("inform", 1)


@pytest.mark.parametrize("writer_", [BrokenWriter(), RecordingWriter("  ")], ids=["raises", "blank"])
async def test_without_any_words_the_truth_is_told(writer_, store: HandoffDesk) -> None:
    trouble = await desk(writer_).answer(talk())
    told = await desk(writer_, store).answer(talk(HUMAN))
    refused = await desk(writer_, BrokenStore()).answer(
        talk(turn("human", intent="human_wanted", language="en"))
    )
    assert "抱歉" in trouble.text
    assert store.list_open()[0].id in told.text
    assert refused.text.startswith("I'm sorry, I couldn't pass this to a colleague.")


@pytest.mark.parametrize("text", ["", "😀😡", "a" * 20_000, "包裹 where is my 快递??", "\ud83d", "\0"])
@pytest.mark.parametrize("intent", [None, "human_wanted", "nlu_fallback"])
async def test_any_text_gets_a_reply(writer: RecordingWriter, store: HandoffDesk, text: str, intent) -> None:
    reply = await desk(writer, store).answer(talk(turn(text, intent=intent)))
    assert reply.text


async def test_ten_conversations_at_once_do_not_wait_for_each_other_or_mix(store: HandoffDesk) -> None:
    shop = FixedShop(SHIPPED, seconds=0.1)
    writer = RecordingWriter()
    care = desk(writer, store, shop)
    talks = [talk(HUMAN if i % 2 else turn(f"question {i}"), id_=f"c{i}") for i in range(10)]
    started = time.perf_counter()
    replies = await asyncio.gather(*(care.answer(conversation) for conversation in talks))
    assert time.perf_counter() - started < 0.8
    assert len(shop.threads) > 1
    assert [reply.handoff_state for reply in replies] == ["none", "waiting"] * 5
    assert {record.conversation_id for record in store.list_open()} == {"c1", "c3", "c5", "c7", "c9"}
    assert len({request.handoff_id for request in writer.requests if request.handoff_id}) == 5


async def test_the_same_customer_twice_at_once_gets_one_handoff(store: HandoffDesk) -> None:
    care = desk(RecordingWriter(), store)
    replies = await asyncio.gather(*(care.answer(talk(HUMAN)) for _ in range(6)))
    assert len({reply.card["handoff"]["id"] for reply in replies}) == 1


async def test_anger_that_does_not_pass_reaches_a_human_on_the_second_turn(store: HandoffDesk) -> None:
    care = desk(RecordingWriter(), store)
    angry = turn("你们到底管不管", "anger", 0.9, intent="parcel_late", cause="delivery")
    first = await care.answer(talk(angry))
    second = await care.answer(talk(angry, angry, replies=(Said(first.strategy, text=first.text),)))
    assert (first.strategy, first.handoff_state) == ("apologise", "none")
    assert (second.strategy, second.card["rule"], second.handoff_state) == (
        "escalate",
        "anger_does_not_pass",
        "waiting",
    )


def test_closing_gives_back_what_the_parts_hold() -> None:
    closed: list[str] = []
    CareDesk(POLICY, writer=RecordingWriter(), on_close=[lambda: closed.append("shop")]).close()
    assert closed == ["shop"]
