"""The page of the real bot in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.browser import chromium

from .conftest import Bot

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def page(bot: Bot) -> Iterator[Page]:
    with chromium() as browser:
        page = browser.new_page(locale="zh-CN")
        page.goto(f"{bot.base}/webhooks/chat/")
        yield page


def say(page: Page, text: str) -> str:
    """The bot's answer to a message typed on the page."""
    shown = page.locator("#log > li")
    before = shown.count()
    page.fill("#words", text)
    page.keyboard.press("Enter")
    shown.nth(before + 1).wait_for(timeout=30_000)
    return shown.nth(before + 1).inner_text()


def test_a_signed_in_customer_is_told_about_her_own_order(page: Page) -> None:
    page.select_option("#customer", "C001")
    reply = say(page, "我买的羽绒服三天了还没发货，你们到底管不管！")
    assert "BM10024683" in reply and "羽绒服" in reply


def test_the_inspector_says_why(page: Page) -> None:
    page.locator("#inspector").wait_for()
    card = page.locator("#card").inner_text()
    assert "our_fault" in card and "毫秒" in card


def test_signed_out_the_order_is_nobodys_to_see(page: Page) -> None:
    page.click("#fresh")
    page.select_option("#customer", "")
    reply = say(page, "订单 BM10024683 到哪了")
    assert "羽绒服" not in reply


def test_the_page_speaks_english_too(page: Page) -> None:
    page.click("#fresh")
    page.select_option("#customer", "C008")
    reply = say(page, "My parcel says delivered but nothing is here, I need it for tomorrow")
    assert "BM10024627" in reply and "ticket" in reply
