"""The real servers over HTTP."""

from __future__ import annotations

import os
import re
import signal
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from .conftest import ROOT, Bot

pytestmark = pytest.mark.slow

HAN = re.compile(r"[\u4e00-\u9fff]")


def slots(bot: Bot, sender: str) -> dict[str, object]:
    return dict(bot.tracker(sender)["slots"])  # type: ignore[call-overload]


def test_the_start_prints_one_line_with_the_page(bot: Bot) -> None:
    lines = [line for line in bot.printed.read_text().splitlines() if "Balm is ready" in line]
    assert len(lines) == 1 and f"{bot.base}/webhooks/chat/" in lines[0]
    assert httpx.get(f"{bot.base}/webhooks/chat/").status_code == 200


def test_an_angry_chinese_customer_is_read_and_answered_in_chinese(bot: Bot) -> None:
    sender = uuid4().hex
    reply = bot.say("我买的羽绒服三天了还没发货，你们到底管不管！", sender=sender)
    assert HAN.search(reply)
    assert slots(bot, sender)["emotion"] in {"frustration", "anger"}
    assert slots(bot, sender)["strategy"] in {"apologise", "soothe"}
    assert slots(bot, sender)["language"] == "zh"


def test_a_worried_english_customer_is_answered_in_english(bot: Bot) -> None:
    sender = uuid4().hex
    reply = bot.say("My parcel says delivered but nothing is here, I need it for tomorrow", sender=sender)
    assert reply and not HAN.search(reply)
    assert slots(bot, sender)["language"] == "en"


@pytest.mark.parametrize("text", ["", "   ", "😡", "?", "x" * 20_000, "\u0000\u200b", "/restart"], ids=repr)
def test_nothing_is_answered_with_silence(bot: Bot, text: str) -> None:
    assert bot.say(text) or text == "/restart"


def test_ten_customers_at_once_get_their_own_answers(bot: Bot) -> None:
    senders = [uuid4().hex for _ in range(10)]
    texts = ["你好，我要退货" if n % 2 else "hello, I want to return this" for n in range(10)]
    with ThreadPoolExecutor(10) as pool:
        replies = list(
            pool.map(lambda pair: bot.say(pair[0], sender=pair[1]), zip(texts, senders, strict=True))
        )
    assert [bool(HAN.search(reply)) for reply in replies] == [bool(HAN.search(text)) for text in texts]


def test_the_http_api_parses_with_an_emotion(bot: Bot) -> None:
    parsed = httpx.post(
        f"{bot.base}/model/parse", json={"text": "great, just great. broken again"}, timeout=30
    ).json()
    assert parsed["emotion"]["name"] and 0 <= parsed["emotion"]["intensity"] <= 1
    assert parsed["intent"]["name"] and parsed["language"] == "en"


def test_conversations_are_kept_in_the_database_and_not_in_memory(bot: Bot) -> None:
    sender = uuid4().hex
    bot.say("你好", sender=sender)
    with sqlite3.connect(ROOT / ".balm" / "conversations.db") as database:
        (events,) = database.execute("SELECT count(*) FROM events WHERE sender_id = ?", (sender,)).fetchone()
    assert events > 3


def test_a_killed_action_server_is_told_calmly_and_comes_back(bot: Bot) -> None:
    children = Path(f"/proc/{bot.process.pid}/task/{bot.process.pid}/children").read_text().split()
    (actions,) = (pid for pid in children if b"actions" in Path(f"/proc/{pid}/cmdline").read_bytes())
    os.kill(int(actions), signal.SIGKILL)
    assert "again" in bot.say("how long do I have to return something?")
    for _ in range(60):
        if "7 days" in bot.say("how long do I have to return something?"):
            return
        time.sleep(0.5)
    raise AssertionError("the action server did not come back")
