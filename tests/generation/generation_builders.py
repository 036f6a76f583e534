"""Requests with believable values, for the tests of this folder."""

from __future__ import annotations

from balm.emotion.reading import EmotionReading, Scored
from balm.generation.request import ReplyRequest
from balm.reply import Fact, FactSheet
from balm.shop.kinds import FACT_KINDS
from balm.turn import Turn

DATES = (
    "ship_by shipped_on delivered_on cancelled_on eta refund_by send_by last_day requested_on approved_on "
    "pay_by paid_on issued_on restock_on answer_by".split()
)
VALUES = {
    "zh": {
        **{name: f"11月{day}日" for day, name in enumerate(DATES, start=3)},
        "at": "11月20日 09:12",
        "order_number": "BM10024683",
        "items": "云暖羽绒服（黑色，M）",
        "days_late": "2",
        "carrier": "飞燕物流",
        "tracking_number": "SW4409310",
        "place": "小区快递柜",
        "event": "已到达分拨中心",
        "ticket_number": "T100007",
        "subject": "延误催办",
        "return_number": "R100012",
        "amount": "¥1,299.00",
        "address": "上海市浦东新区云杉路 *** 弄",
        "method": "微信支付",
        "invoice_number": "2511200087",
        "paid": "¥399.00",
        "now": "¥349.00",
        "difference": "¥50.00",
        "product": "iPhone 手机壳",
        "price": "¥39.00",
        "about": "90% 白鸭绒，适合零下 10 度左右",
        "sizes": "S、M、L",
        "size_advice": "身高 165 厘米，建议选 M 码",
        "options": "黑色 S、黑色 M",
        "name": "李婷",
        "tier": "金卡会员",
        "points": "1,280",
        "coupons": "满 ¥200 减 ¥30（12月1日前有效）",
        "minutes": "15",
        "orders": "BM10024683（云暖羽绒服）、BM10024511（空气炸锅）",
    },
    "en": {
        **{name: f"{day} November" for day, name in enumerate(DATES, start=3)},
        "at": "20 November, 09:12",
        "order_number": "BM10024683",
        "items": "CloudWarm down jacket (black, M)",
        "days_late": "1",
        "carrier": "Swallow Logistics",
        "tracking_number": "SW4409310",
        "place": "the front desk downstairs",
        "event": "arrived at the sorting centre",
        "ticket_number": "T100007",
        "subject": "speeding up a late delivery",
        "return_number": "R100012",
        "amount": "CN¥1,299.00",
        "address": "*** Lakeside Road, Tianhe, Guangzhou",
        "method": "WeChat Pay",
        "invoice_number": "2511200087",
        "paid": "CN¥399.00",
        "now": "CN¥349.00",
        "difference": "CN¥50.00",
        "product": "Morning Mist trench coat",
        "price": "CN¥399.00",
        "about": "90% white duck down, good to about -10 °C",
        "sizes": "S, M, L",
        "size_advice": "for 165 cm we suggest size M",
        "options": "black S, black M",
        "name": "Emma Clark",
        "tier": "gold",
        "points": "1,280",
        "coupons": "CN¥30 off from CN¥200 (until 1 December)",
        "minutes": "15",
        "orders": "BM10024683 (down jacket), BM10024511 (air fryer)",
    },
}
TEXTS = {"zh": "你们到底管不管", "en": "where is my stuff"}


def fact(kind: str, language: str) -> Fact:
    """A fact of `kind` with believable values."""
    return Fact(kind, {name: VALUES[language][name] for name in FACT_KINDS[kind]})


def request(
    language: str = "en",
    strategy: str = "inform",
    *,
    emotion: str = "neutral",
    intensity: float = 0.4,
    cause: str = "none",
    sarcasm: float = 0.0,
    intent: str | None = None,
    kinds: tuple[str, ...] = (),
    ask: str | None = None,
    topic: str | None = None,
    failed: str | None = None,
    text: str | None = None,
    seed: str = "a",
    **more: object,
) -> ReplyRequest:
    """A request with the given particulars."""
    reading = EmotionReading(emotion, 0.9, intensity, Scored(cause, 0.9), sarcasm=sarcasm)
    text = TEXTS[language] if text is None else text
    return ReplyRequest(
        language=language,
        strategy=strategy,
        turn=Turn(text, language=language, intent=intent, reading=reading),
        reading=reading,
        sheet=FactSheet(tuple(fact(kind, language) for kind in kinds), ask, topic, failed),
        seed=seed,
        **more,  # type: ignore[arg-type]
    )
