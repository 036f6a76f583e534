"""What a bot designer edits hangs together: sentences, rules, responses, domain."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
LANGUAGES = ("zh", "en")
ENTITY = re.compile(r"\[([^\]]+)\]\((\w+)\)")


def read(*patterns: str) -> Iterator[dict[str, Any]]:
    for pattern in patterns:
        for path in sorted(ROOT.glob(pattern)):
            yield yaml.safe_load(path.read_text(encoding="utf8"))


def sentences(*patterns: str) -> list[tuple[str, str]]:
    """(intent, sentence with its entity marks) of all files."""
    return [
        (block["intent"], line.removeprefix("- ").strip())
        for file in read(*patterns)
        for block in file["nlu"]
        if "intent" in block
        for line in block["examples"].splitlines()
        if line.strip()
    ]


def bare(sentence: str) -> str:
    """Without marks and case; punctuation stays, for "hello" greets and "hello?" urges."""
    return ENTITY.sub(r"\1", sentence).lower()


def plain(sentence: str) -> str:
    return re.sub(r"[\W_]+", " ", bare(sentence)).strip() or sentence


def domain(key: str) -> list[Any] | dict[str, Any]:
    return next(file[key] for file in read("domain/*.yml") if key in file)


INTENTS = list(domain("intents"))
ENTITIES = {name for entity in domain("entities") for name in entity}
RESPONSES = {
    name: texts for file in read("domain/responses/*.yml") for name, texts in file["responses"].items()
}
RULES = [rule for file in read("data/rules/*.yml") for rule in file["rules"]]


def language_of(variation: dict[str, Any]) -> str | None:
    return next((c["value"] for c in variation.get("condition", ()) if c["name"] == "language"), None)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_intent_has_twenty_sentences_or_more(language: str) -> None:
    counts = Counter(intent for intent, _ in sentences(f"data/nlu/{language}/*.yml"))
    assert {intent: counts[intent] for intent in INTENTS if counts[intent] < 20} == {}
    assert set(counts) <= set(INTENTS)


def test_no_sentence_has_two_intents() -> None:
    wants: dict[str, set[str]] = {}
    for intent, sentence in sentences("data/nlu/*/*.yml", "tests/nlu/*.yml"):
        wants.setdefault(bare(sentence), set()).add(intent)
    assert {text: intents for text, intents in wants.items() if len(intents) > 1} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_held_out_sentences_cover_every_intent_and_are_never_trained_on(language: str) -> None:
    held_out = sentences(f"tests/nlu/held_out_{language}.yml")
    trained = {plain(sentence) for _, sentence in sentences("data/nlu/*/*.yml")}
    assert {intent for intent, _ in held_out} == set(INTENTS)
    assert [sentence for _, sentence in held_out if plain(sentence) in trained] == []


def test_marked_entities_are_in_the_domain() -> None:
    marked = {
        name for _, s in sentences("data/nlu/*/*.yml", "tests/nlu/*.yml") for _, name in ENTITY.findall(s)
    }
    assert marked == ENTITIES


def test_marked_order_numbers_have_eight_digits_and_phones_four() -> None:
    digits = {"order_number": 8, "phone_last4": 4}
    wrong = [
        (value, name)
        for _, sentence in sentences("data/nlu/*/*.yml", "tests/nlu/*.yml")
        for value, name in ENTITY.findall(sentence)
        if name in digits and sum(c.isdigit() for c in value) != digits[name]
    ]
    assert wrong == []


def test_every_intent_has_a_rule() -> None:
    ruled = {step["intent"] for rule in RULES for step in rule["steps"] if "intent" in step}
    assert ruled == {*INTENTS, "nlu_fallback"}


def test_every_action_gives_the_turn_back_whatever_its_slots() -> None:
    ends = {rule["steps"][0]["action"] for rule in RULES if "action" in rule["steps"][0]}
    assert {"action_reply", "action_hand_over", "action_recommend"} <= ends


@pytest.mark.parametrize("emotion", ["anxiety", "disappointment", "frustration", "anger"])
def test_an_upset_customer_is_sold_nothing(emotion: str) -> None:
    gated = [rule for rule in RULES if rule.get("condition") == [{"slot_was_set": [{"emotion": emotion}]}]]
    assert [rule["steps"] for rule in gated] == [[{"intent": "recommend"}, {"action": "action_reply"}]]


@pytest.mark.parametrize("name", sorted(RESPONSES))
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_response_has_two_wordings_or_more_in_each_language(name: str, language: str) -> None:
    texts = [v["text"] for v in RESPONSES[name] if language_of(v) == language]
    assert len(set(texts)) >= 2
    han = [text for text in texts if re.search(r"[一-鿿]", text)]
    assert han == (texts if language == "zh" else [])


def test_responses_belong_to_intents() -> None:
    assert {name.removeprefix("utter_") for name in RESPONSES} <= {*INTENTS, "nlu_fallback", "trouble"}


@pytest.mark.parametrize(
    ("response", "promise", "zh", "en"),
    [
        ("utter_shipping_info", "ship_hours", "{} 小时", "{} hours"),
        ("utter_refund_policy", "return_days", "{} 天", "{} days"),
        ("utter_refund_policy", "refund_days", "{} 天内原路", "within {} days"),
        ("utter_price_protection", "price_days", "{} 天", "{} days"),
        ("utter_invoice", ("cases", "invoice", "hours"), "{} 小时", "{} hours"),
    ],
    ids=lambda value: value if isinstance(value, str) and "_" in value else "",
)
def test_wordings_promise_what_the_shop_keeps(response: str, promise: Any, zh: str, en: str) -> None:
    kept: Any = next(read("balm/shop/promises.yml"))
    for key in (promise,) if isinstance(promise, str) else promise:
        kept = kept[key]
    for variation in RESPONSES[response]:
        assert {"zh": zh, "en": en}[language_of(variation) or ""].format(kept) in variation["text"]


# What every wording of a response must tell, whichever is picked.
TOLD = {
    "utter_shipping_info": ("大陆 仓库 偏远 包邮", "mainland china|warehouse|remote|free"),
    "utter_refund_policy": (
        "换 吊牌 运费 质量问题 破损 发错 内衣 化妆品 定制 原路",
        "exchange|tags|parcel|faulty|damaged|wrong|underwear|cosmetics|made-to-order|you paid",
    ),
    "utter_payment_failed": (
        "冻结 自动退回 账单 支付宝 微信 银行卡",
        "bank|by itself|statement|alipay|wechat|card",
    ),
    "utter_invoice": (
        "申请发票 电子 抬头 邮箱 公司 税号",
        "request invoice|electronic|e-mail|tax number|wrong name",
    ),
    "utter_coupon": (
        "结算页 门槛 不参加 过期 没发货 账户",
        "checkout|item|expired|before we ship|account|extended|an order",
    ),
    "utter_price_protection": ("本店 差价 原路 一", "our shop|difference|once|you paid"),
    "utter_size_advice": ("身高 体重 脚长 尺码表", "height|weight|foot|size chart"),
    "utter_warranty": (
        "签收 鞋子 数码 厨房电器 箱包 质量故障 磨损 进水 商品名 订单号",
        "delivery|shoes|electronics|kitchen|bags|faults|wear|water|order number",
    ),
    "utter_account": (
        "忘记密码 短信 重发 账户安全 手机号",
        "forgot password|sms|blocked|account security|details",
    ),
    "utter_membership": ("收货后 结算 扣回 会员", "deliver|checkout|return|membership"),
}


@pytest.mark.parametrize("name", sorted(TOLD))
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_wording_tells_the_same(name: str, language: str) -> None:
    zh, en = TOLD[name]
    wanted = zh.split() if language == "zh" else en.split("|")
    texts = [v["text"].lower() for v in RESPONSES[name] if language_of(v) == language]
    assert {text: [word for word in wanted if word not in text] for text in texts} == {t: [] for t in texts}
    assert len({frozenset(re.findall(r"\d+", text)) for text in texts}) == 1


def test_every_response_of_the_policy_is_checked_for_its_facts() -> None:
    assert set(next(read("domain/responses/policy.yml"))["responses"]) == set(TOLD)
