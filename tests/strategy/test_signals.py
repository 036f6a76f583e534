"""Danger and threats are heard in the words, not in the model's mood."""

from __future__ import annotations

import time

import pytest

from balm.strategy.signals import signalled

DANGER = {
    "zh": [
        "充电器插上没两分钟就冒烟了",
        "热水壶刚才着火了，差点把厨房烧了",
        "吹风机一开就有焦糊味",
        "摸到插头被电了一下，手到现在还是麻的",
        "这个电热毯漏电，我妈被电到了",
        "充电宝鼓包了，还能用吗",
        "手机壳戴着手表的地方起了红疹",
        "用了你们家面霜，整张脸过敏了",
        "孩子吃完上吐下泻，现在在医院",
        "杯子突然炸了，把我手划伤了",
        "电池有点膨胀，正常吗",
        "没用几天就起火了",
        "一充电就会冒黑烟，吓死我了",
        "电动牙刷把我电了一下",
        "我是过敏体质，穿了一天身上起疹子",
    ],
    "en": [
        "The charger started smoking after two minutes",
        "My kettle caught fire this morning",
        "There is a burning smell whenever I turn it on",
        "I got an electric shock from the plug",
        "The lamp gave me a nasty shock when I touched it",
        "The battery is swollen, can I still use it?",
        "Is it normal that the power bank is smoking?",
        "My daughter broke out in hives from the sweater",
        "I've got a rash on my wrist from the watch strap",
        "We all got food poisoning from these snacks",
        "The glass exploded and cut my hand",
        "Black smoke came out of the back of the coffee machine",
        "I didn't expect it to catch fire on day one",
        "The power bank's battery has swollen and smells burnt",
    ],
}
NO_DANGER = {
    "zh": [
        "这个热水壶会不会漏电",
        "充电宝容易着火吗？",
        "电池会鼓包吗",
        "敏感肌用了会过敏吗",
        "我对羊毛过敏，这件能穿吗",
        "你们这个有漏电保护吗",
        "烟灰色的还有货吗",
        "这锅防火材料做的吗",
        "用了一个月，没有冒烟也没有异味",
        "你们家最近好火爆啊",
        "气炸了，快递还没到",
        "这服务态度，我的心受伤了",
        "想买个烟雾报警器",
        "万一起火了保修吗",
    ],
    "en": [
        "Does it catch fire easily?",
        "Can this battery explode?",
        "Is it safe or will it give me an electric shock?",
        "That's a hot deal!",
        "When does your fire sale start?",
        "Your deals are on fire today",
        "Do you sell smoke detectors?",
        "I'd like the blanket in smoke grey",
        "I was shocked by the price",
        "No burning smell so far, works great",
        "Is the jacket hypoallergenic?",
        "What if it catches fire?",
        "Do you have rash guards for kids?",
        "I don't want to hurt my back, is it light?",
        "It never caught fire or anything, I just don't like it",
    ],
}
THREAT = {
    "zh": [
        "再不退钱我打12315",
        "我要去消协投诉你们",
        "等着收法院传票吧",
        "我已经找律师了",
        "我会走法律途径",
        "明天就去市场监管局举报",
        "再这样我就报警",
        "我要起诉你们",
        "曝光你们这家黑店",
        "我要发到小红书上让大家看看",
        "申请仲裁，奉陪到底",
        "打12345举报你们",
    ],
    "en": [
        "See you in small claims court",
        "I'm reporting you to Trading Standards",
        "You'll hear from my lawyer",
        "My solicitor will write to you",
        "I'll do a chargeback then",
        "I will sue you for this",
        "I'm taking legal action",
        "I'll dispute this charge with my bank",
        "I'm going to the press",
        "The Better Business Bureau will hear about it",
        "Do I need to call the police?",
        "The consumer protection office will love this",
    ],
}
NO_THREAT = {
    "zh": [
        "订单号是BM10012315",
        "我是律师，想买件正式点的衬衫",
        "寄到法院路 20 号",
        "我不想找律师，只想换货",
        "这款相机的曝光时间能调吗",
        "支持多媒体播放吗",
        "快递怎么还没到",
        "我要投诉",
        "太让人失望了",
        "你们讲不讲理",
        "律师袍有黑色吗",
        "手机 13812345678",
    ],
    "en": [
        "Is this good for a tennis court?",
        "I'm a lawyer and need a decent bag",
        "A gift for my solicitor",
        "Do you sell a police costume?",
        "I don't want to call my lawyer, I want a parcel",
        "This is unacceptable",
        "I want to complain",
        "Sue ordered the lamp, where is it?",
        "Can I pay in two parts?",
        "You charged me twice",
        "The press on the coffee machine is stuck",
        "Where is the report of my return?",
    ],
}


def cases(texts: dict[str, list[str]]) -> list[str]:
    return [text for language in ("zh", "en") for text in texts[language]]


@pytest.mark.parametrize("text", cases(DANGER))
def test_danger_is_heard(text: str) -> None:
    assert signalled("safety", text)


@pytest.mark.parametrize("text", cases(NO_DANGER))
def test_a_question_a_denial_and_a_colour_are_no_danger(text: str) -> None:
    assert not signalled("safety", text)


@pytest.mark.parametrize("text", cases(THREAT))
def test_a_threat_is_heard(text: str) -> None:
    assert signalled("threat", text)


@pytest.mark.parametrize("text", cases(NO_THREAT))
def test_anger_and_namesakes_are_no_threat(text: str) -> None:
    assert not signalled("threat", text)


@pytest.mark.parametrize("text", ["ＬＡＷＹＥＲ", "my lawyer’s letter", "MY LAWYER"])
def test_letters_are_compared_in_their_plain_form(text: str) -> None:
    assert signalled("threat", text)


@pytest.mark.parametrize("text", ["", "😡", "\0", "\ud83d", "does it " * 5000, "会" * 20000])
def test_any_text_is_looked_through_in_a_moment(text: str) -> None:
    started = time.perf_counter()
    assert not signalled("safety", text)
    assert time.perf_counter() - started < 0.5
