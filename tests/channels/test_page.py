"""The chat page in a real browser, with a bot that says what it is told to."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
from cards import EN_MISSING, LATE_CARD, MISSING_CARD, ZH_LATE
from web_bot import ScriptedBot, served

from channels.options import WebOptions
from channels.web import WebChannel
from tests.browser import chromium

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

pytestmark = pytest.mark.slow

ATTACK = "<img src=x onerror=\"document.title='broken in'\"><script>document.title='broken in'</script>"
SCRIPT: dict[str, list[Any]] = {
    ZH_LATE: [{"text": "对不起，是我们晚了。", "care": LATE_CARD}],
    EN_MISSING: [{"text": "I can hear how much hangs on this.", "care": MISSING_CARD}],
    ATTACK: [{"text": ATTACK, "care": LATE_CARD}],
    "slowly": [0.8, {"text": "in time"}],
    "*": [{"text": "heard", "care": LATE_CARD}],
}
CUSTOMERS = [{"id": "C001", "name": "林小雨", "language": "zh", "hint": "羽绒服还没发货"}]
PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def bot() -> ScriptedBot:
    return ScriptedBot(SCRIPT)


@pytest.fixture(scope="module")
def address(bot: ScriptedBot) -> Iterator[str]:
    options = WebOptions(inspector=True, demo_sign_in=True, messages_per_minute=0)
    channel = WebChannel(options, secret="a secret of at least thirty-two bytes", customers=lambda: CUSTOMERS)
    with served(channel, bot) as base:
        yield f"{base}/"


@pytest.fixture
def visit(browser: Browser, address: str) -> Iterator[Callable[..., Page]]:
    """Opens the page as a new visitor; in the end no page may have complained or called another host."""
    contexts, complaints = [], []

    def open_page(**options: Any) -> Page:
        context = browser.new_context(**{"locale": "en-GB", **options})
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
        page.on("request", lambda r: None if r.url.startswith(address) else complaints.append(r.url))
        page.goto(address)
        page.locator("#words").wait_for()
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert [line for line in complaints if "ERR_INTERNET_DISCONNECTED" not in line] == []


def messages(page: Page) -> Locator:
    return page.locator("#log > li")


def say(page: Page, text: str) -> str:
    before = messages(page).count()
    page.fill("#words", text)
    page.keyboard.press("Enter")
    messages(page).nth(before + 1).wait_for(timeout=10_000)
    return messages(page).nth(before + 1).inner_text()


def test_a_message_is_answered_and_the_inspector_says_why(visit: Callable[..., Page]) -> None:
    page = visit(viewport={"width": 1280, "height": 800}, locale="zh-CN")
    assert "对不起，是我们晚了。" in say(page, ZH_LATE)
    card = page.locator("#card").inner_text()
    assert "late_and_upset" in card and "BM10024683" in card and "86%" in card


def test_the_inspector_tells_what_the_guard_had_against_a_draft(visit: Callable[..., Page]) -> None:
    page = visit(viewport={"width": 1280, "height": 800})
    say(page, EN_MISSING)
    card = page.locator("#card").inner_text()
    assert "stands on no fact" in card and "DraftTimeout" in card and "reply.en.v3" in card


@pytest.mark.parametrize(("locale", "chinese"), [("zh-CN", True), ("en-GB", False)])
def test_the_page_speaks_the_browsers_language_and_can_switch(
    visit: Callable[..., Page], locale: str, chinese: bool
) -> None:
    page = visit(locale=locale)
    greetings = [page.locator("#welcome h2, #welcome p").first.inner_text()]
    page.click("#language")
    greetings.append(page.locator("#welcome h2, #welcome p").first.inner_text())
    assert [bool(re.search("[\u4e00-\u9fff]", text)) for text in greetings] == [chinese, not chinese]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_needs_no_sideways_scrolling_in_either_scheme(
    visit: Callable[..., Page], scheme: str
) -> None:
    page = visit(viewport=PHONE, color_scheme=scheme, has_touch=True)
    say(page, "w" * 300)
    say(page, EN_MISSING)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    box = page.locator("#send").bounding_box()
    assert box and box["y"] + box["height"] <= PHONE["height"]


def test_dark_mode_is_dark(visit: Callable[..., Page]) -> None:
    shades = []
    for scheme in ("light", "dark"):
        page = visit(color_scheme=scheme)
        colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
        shades.append(sum(int(part) for part in colour[colour.index("(") + 1 : -1].split(",")[:3]))
    assert shades[0] > 600 and shades[1] < 200


def test_everything_can_be_done_with_the_keyboard(visit: Callable[..., Page]) -> None:
    page = visit(viewport={"width": 1280, "height": 800})
    page.locator("#words").focus()
    page.keyboard.type("first line")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("second line")
    assert messages(page).count() == 0
    page.keyboard.press("Enter")
    messages(page).nth(1).wait_for()
    assert "second line" in messages(page).nth(0).inner_text()
    page.locator("#inspector").wait_for(state="visible")
    page.keyboard.press("Escape")
    page.locator("#inspector").wait_for(state="hidden")


def test_the_inspector_folds_away_and_comes_back(visit: Callable[..., Page]) -> None:
    page = visit(viewport={"width": 1280, "height": 800})
    say(page, ZH_LATE)
    page.click("#fold")
    page.locator("#inspector").wait_for(state="hidden")
    page.click("#inspect")
    page.locator("#inspector").wait_for(state="visible")


def test_on_a_phone_the_inspector_is_a_sheet_that_gives_the_focus_back(visit: Callable[..., Page]) -> None:
    page = visit(viewport=PHONE, has_touch=True)
    say(page, EN_MISSING)
    assert page.locator("#inspector").is_hidden()
    page.locator(".why").click()
    sheet = page.locator("#inspector").bounding_box()
    assert sheet and sheet["width"] == PHONE["width"]
    assert page.locator("#inspector-title").evaluate("it => it === document.activeElement")
    page.keyboard.press("Escape")
    page.locator("#inspector").wait_for(state="hidden")
    assert page.locator(".why").evaluate("it => it === document.activeElement")


def test_the_evidence_is_marked_in_the_customers_own_words(visit: Callable[..., Page]) -> None:
    page = visit(viewport={"width": 1280, "height": 800})
    say(page, EN_MISSING)
    assert page.locator("#card mark").all_inner_texts() == ["nothing is here", "need it for tomorrow"]


def test_frustration_is_drawn_over_the_turns_with_its_scale(visit: Callable[..., Page]) -> None:
    page = visit(viewport={"width": 1280, "height": 800})
    say(page, EN_MISSING)
    say(page, ZH_LATE)
    assert page.locator(".scale span").all_inner_texts() == ["100%", "50%", "0%"]
    assert "41%, 58%" in (page.locator(".spark").get_attribute("aria-label") or "")
    assert "rising" in page.locator("#card").inner_text()


def test_markup_is_shown_and_never_run(visit: Callable[..., Page]) -> None:
    page = visit()
    assert "onerror" in say(page, ATTACK)
    assert page.title() != "broken in" and page.locator("#log img[src=x]").count() == 0


def test_enter_while_composing_chinese_sends_nothing(visit: Callable[..., Page]) -> None:
    page = visit(locale="zh-CN")
    page.fill("#words", "nihao")
    page.locator("#words").dispatch_event("compositionstart")
    page.locator("#words").dispatch_event("keydown", {"key": "Enter", "isComposing": True, "bubbles": True})
    page.wait_for_timeout(200)
    assert messages(page).count() == 0 and page.input_value("#words") == "nihao"


def test_without_a_network_the_text_is_kept_and_can_be_sent_again(visit: Callable[..., Page]) -> None:
    page = visit()
    page.context.set_offline(True)
    page.fill("#words", "do not lose me")
    page.keyboard.press("Enter")
    again = page.locator("#log button").first
    again.wait_for(timeout=10_000)
    assert "do not lose me" in page.locator("#log").inner_text()
    page.context.set_offline(False)
    again.click()
    page.get_by_text("heard").wait_for(timeout=10_000)


def test_a_reload_brings_the_conversation_back(visit: Callable[..., Page]) -> None:
    page = visit()
    say(page, "remember me")
    page.reload()
    page.locator("#log").get_by_text("remember me").wait_for()
    page.locator("#log").get_by_text("heard").wait_for()


def test_a_message_typed_during_the_sign_in_is_neither_lost_nor_sent_as_a_stranger(
    visit: Callable[..., Page], bot: ScriptedBot
) -> None:
    page = visit()
    say(page, "before")
    page.route("**/sign_in", lambda route: (page.wait_for_timeout(600), route.continue_()))
    page.select_option("#customer", "C001")
    page.fill("#words", "as Lin")
    page.keyboard.press("Enter")
    page.locator("#log").get_by_text("heard").wait_for(timeout=10_000)
    assert messages(page).count() == 2 and "as Lin" in messages(page).first.inner_text()
    assert bot.received[-1].metadata.get("customer_token")


def test_a_message_still_on_its_way_is_not_sent_as_the_customer_who_signs_in_next(
    visit: Callable[..., Page], bot: ScriptedBot
) -> None:
    page = visit()
    for text in ("slowly", "by a stranger"):
        page.fill("#words", text)
        page.keyboard.press("Enter")
    with page.expect_response(lambda answer: "by a stranger" in (answer.request.post_data or "")):
        page.select_option("#customer", "C001")
    assert [message.text for message in bot.received[-2:]] == ["slowly", "by a stranger"]
    assert "customer_token" not in bot.received[-1].metadata


def test_a_new_conversation_starts_empty(visit: Callable[..., Page]) -> None:
    page = visit()
    say(page, "old")
    page.click("#fresh")
    page.wait_for_timeout(300)
    assert messages(page).count() == 0
