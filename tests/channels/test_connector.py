"""The web channel over real HTTP, with a bot that says what it is told to."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import httpx
import pytest
from cards import LATE_CARD, ZH_LATE
from web_bot import ScriptedBot, served

from balm.errors import ConfigError
from balm.sign_in import mint
from channels.options import WebOptions
from channels.web import WebChannel

SECRET = "a secret of at least thirty-two bytes"
CUSTOMERS = [{"id": "C001", "name": "Lin", "language": "zh", "hint": "late"}]
SCRIPT: dict[str, list[Any]] = {
    ZH_LATE: [{"text": "对不起。\n\n已经在催。", "care": LATE_CARD}],
    "hello": [{"text": "Hi."}, {"text": "How can I help?"}],
    "quiet": [],
    "没声音": [],
    "break": [ValueError("planted")],
    "slow": [0.6, {"text": "At last."}],
    "*": [{"text": "heard"}],
}


@pytest.fixture
def bot() -> ScriptedBot:
    return ScriptedBot(dict(SCRIPT))


OPTIONS = {
    "inspector": True,
    "demo_sign_in": True,
    "deadline": 0.3,
    "messages_per_minute": 0,
    "message_limit": 200,
}


def channel(**options: Any) -> WebChannel:
    return WebChannel(WebOptions(**{**OPTIONS, **options}), secret=SECRET, customers=lambda: CUSTOMERS)


@pytest.fixture
def chat(bot: ScriptedBot) -> Iterator[httpx.Client]:
    with served(channel(), bot) as base, httpx.Client(base_url=base, timeout=10) as client:
        yield client


def say(chat: httpx.Client, message: Any, **more: Any) -> httpx.Response:
    return chat.post("/webhook", json={"sender": str(uuid4()), "message": message, **more})


def texts(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [message["text"] for message in answer.json()]


def test_a_reply_keeps_its_card_and_its_blank_lines(chat: httpx.Client) -> None:
    (message,) = say(chat, ZH_LATE).json()
    assert message["text"] == "对不起。\n\n已经在催。" and message["care"] == LATE_CARD


def test_without_the_inspector_no_card_leaves_the_server(bot: ScriptedBot) -> None:
    with served(channel(inspector=False), bot) as base, httpx.Client(base_url=base) as chat:
        assert "care" not in say(chat, ZH_LATE).json()[0]


def test_without_the_inspector_no_card_comes_back_with_the_history(bot: ScriptedBot) -> None:
    sender = str(uuid4())
    with served(channel(inspector=False), bot) as base, httpx.Client(base_url=base) as chat:
        chat.post("/webhook", json={"sender": sender, "message": ZH_LATE})
        _, reply = chat.get("/conversation", params={"sender": sender}).json()["messages"]
    assert reply["text"].startswith("对不起") and "care" not in reply


def test_several_messages_come_in_order(chat: httpx.Client) -> None:
    assert texts(say(chat, "hello")) == ["Hi.", "How can I help?"]


@pytest.mark.parametrize(
    "forged",
    [
        {"metadata": {"customer_id": "C001"}},
        {"customer_id": "C001"},
        {"input_channel": "chat", "metadata": {"customer_token": "x"}},
    ],
    ids=["metadata", "field", "channel"],
)
def test_what_a_client_claims_signs_nobody_in(
    chat: httpx.Client, bot: ScriptedBot, forged: dict[str, Any]
) -> None:
    assert say(chat, "hello", **forged).status_code == 200
    assert not (bot.received[-1].metadata or {}).get("customer_token")
    assert "customer_id" not in (bot.received[-1].metadata or {})


def test_a_signed_token_travels_to_the_action_server(chat: httpx.Client, bot: ScriptedBot) -> None:
    token = chat.post("/sign_in", json={"customer_id": "C001"}).json()["token"]
    assert texts(say(chat, "hello", token=token))
    assert bot.received[-1].metadata["customer_token"] == token


@pytest.mark.parametrize(
    "token",
    ["nonsense", mint("C001", "another secret of thirty-two bytes"), mint("C001", SECRET, lifetime_s=-5)],
    ids=["nonsense", "other secret", "expired"],
)
def test_a_bad_token_is_refused(chat: httpx.Client, bot: ScriptedBot, token: str) -> None:
    assert say(chat, "hello", token=token).status_code == 401
    assert bot.received == []


def test_an_unknown_demo_customer_is_refused(chat: httpx.Client) -> None:
    assert chat.post("/sign_in", json={"customer_id": "C999"}).status_code == 404


def test_outside_a_demo_nobody_signs_in_on_the_page(bot: ScriptedBot) -> None:
    with served(channel(demo_sign_in=False), bot) as base, httpx.Client(base_url=base) as chat:
        assert chat.post("/sign_in", json={"customer_id": "C001"}).status_code == 403
        assert chat.get("/customers").json() == []


@pytest.mark.parametrize(
    ("message", "language", "words"),
    [
        ("quiet", None, "could not come up with an answer"),
        ("没声音", None, "没能给出回答"),
        ("break", None, "Something broke on my side"),
        ("slow", None, "taking longer than usual"),
        ("", "zh", "您还没有写内容"),
        ("   ", "en", "nothing in that message"),
        ("太长" * 200, None, "一次最多能读 200 个字"),
    ],
    ids=["silence en", "silence zh", "exception", "deadline", "empty", "blank", "too long"],
)  # fmt: skip
def test_trouble_is_told_calmly_and_never_with_silence(
    chat: httpx.Client, message: str, language: str | None, words: str
) -> None:
    more = {"language": language} if language else {}
    (text,) = texts(say(chat, message, **more))
    assert words in text and "planted" not in text


@pytest.mark.parametrize(
    "body",
    [b"{", b"[]", b'{"message": "x"}', b'{"sender": "me", "message": "x"}', b'{"sender": 3, "message": "x"}'],
    ids=["broken", "list", "no sender", "guessable sender", "number"],
)
def test_a_wrong_request_gets_an_error_that_a_program_can_read(chat: httpx.Client, body: bytes) -> None:
    answer = chat.post("/webhook", content=body)
    assert answer.status_code == 400 and answer.json()["error"]


@pytest.mark.parametrize(
    "wrong",
    [{"message": {"text": "x"}}, {"message": None}, {"token": 7}, {"language": "fr"}, {"id": []}],
    ids=lambda wrong: next(iter(wrong)) if isinstance(wrong, dict) else None,
)
def test_a_field_of_the_wrong_kind_is_refused(
    chat: httpx.Client, bot: ScriptedBot, wrong: dict[str, Any]
) -> None:
    answer = say(chat, **{"message": "hello", **wrong})
    assert answer.status_code == 400 and answer.json()["error"] == "bad_field"
    assert bot.received == []


def test_a_message_that_is_sent_again_gets_the_first_answer_and_no_second_turn(
    chat: httpx.Client, bot: ScriptedBot
) -> None:
    twice = {"sender": str(uuid4()), "id": "the same"}
    assert [texts(say(chat, "hello", **twice)) for _ in range(2)] == [["Hi.", "How can I help?"]] * 2
    assert len(bot.received) == 1


def test_an_answer_that_came_too_late_is_in_the_history(chat: httpx.Client) -> None:
    sender = str(uuid4())
    assert "taking longer" in texts(say(chat, "slow", sender=sender))[0]
    time.sleep(0.6)
    said = chat.get("/conversation", params={"sender": sender}).json()["messages"]
    assert [message["text"] for message in said] == ["slow", "At last."]


def test_a_huge_body_is_refused(chat: httpx.Client) -> None:
    assert chat.post("/webhook", content=b'{"message": "' + b"x" * 200_000 + b'"}').status_code == 413


def test_ten_customers_at_once_get_their_own_answers(bot: ScriptedBot) -> None:
    names = [f"customer {n}" for n in range(10)]
    bot.script.update({name: [0.05, {"text": f"hello {name}"}] for name in names})
    with (
        served(channel(deadline=5), bot) as base,
        httpx.Client(base_url=base) as chat,
        ThreadPoolExecutor(10) as pool,
    ):
        answers = list(pool.map(lambda name: texts(say(chat, name)), names))
    assert answers == [[f"hello {name}"] for name in names]


def test_too_many_messages_of_one_customer_are_slowed_down(bot: ScriptedBot) -> None:
    sender = str(uuid4())
    with served(channel(messages_per_minute=3), bot) as base, httpx.Client(base_url=base) as chat:
        said = [texts(chat.post("/webhook", json={"sender": sender, "message": "more"}))[0] for _ in range(5)]
    assert said[:3] == ["heard"] * 3 and "faster than I can read" in said[-1]


def test_a_reload_restores_the_conversation_of_its_holder_only(chat: httpx.Client) -> None:
    mine, other = str(uuid4()), str(uuid4())
    chat.post("/webhook", json={"sender": mine, "message": "hello"})
    restored = chat.get("/conversation", params={"sender": mine}).json()["messages"]
    assert [message["text"] for message in restored] == ["hello", "Hi.", "How can I help?"]
    assert chat.get("/conversation", params={"sender": other}).json()["messages"] == []
    assert chat.get("/conversation", params={"sender": "guess"}).status_code == 400


@pytest.mark.parametrize("path", ["/", "/page/chat.js", "/customers", "/page/nothing"])
def test_every_answer_carries_the_security_headers(chat: httpx.Client, path: str) -> None:
    headers = chat.get(path).headers
    assert (
        "default-src" in headers["content-security-policy"]
        and "unsafe" not in headers["content-security-policy"]
    )
    assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("path", ["/page/..%2fweb.py", "/page/%2e%2e%2fsentences.yml", "/page/web.py"])
def test_nothing_beside_the_page_is_served(chat: httpx.Client, path: str) -> None:
    assert chat.get(path).status_code == 404


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"inspecter": True}, "Did you mean 'inspector'?"),
        ({"deadline": 90}, "0.05 to 55"),
        ({"inspector": "yes"}, "true or false"),
    ],
)
def test_a_wrong_option_is_refused_with_what_is_allowed(options: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ConfigError) as refusal:
        WebOptions.of(options)
    assert complaint in str(refusal.value)
