"""Which product, which size, which stock."""

from __future__ import annotations

import pytest
from shop_talk import NOW, Clock, Talk, kinds

from balm.shop.catalogue import Catalogue
from balm.shop.database import Database
from balm.shop.desk import ShopDesk
from balm.shop.seed import fill
from balm.shop.sizing import Measures, fitting
from balm.turn import Turn


@pytest.fixture(scope="module")
def shop() -> Database:
    database = Database("sqlite://")
    database.create()
    fill(database, now=NOW)
    return database


@pytest.fixture(scope="module")
def catalogue(shop) -> Catalogue:
    with shop.reading() as session:
        return Catalogue.load(session)


@pytest.fixture()
def visitor(shop) -> Talk:
    clock = Clock()
    return Talk(ShopDesk(shop, clock=clock), clock)


@pytest.mark.parametrize(
    ("words", "entities", "found"),
    [
        ("我买的羽绒服呢", {}, "down-jacket"),
        ("羽 绒 服", {}, "down-jacket"),
        ("小孩羽绒服有吗", {}, "kids-jacket"),
        ("降噪耳机", {}, "headphones"),
        ("无线耳机", {}, "earbuds"),
        ("my DOWN JACKET", {}, "down-jacket"),
        ("我的down jacket到哪了", {}, "down-jacket"),
        ("my down-jackets", {}, "down-jacket"),
        ("power banks", {}, "power-bank"),
        ("powerbank", {}, "power-bank"),
        ("ｐｏｗｅｒ ｂａｎｋ", {}, "power-bank"),
        ("the down jaket", {}, "down-jacket"),
        ("my headphonse broke", {}, "headphones"),
        ("it broke", {"product": ("espresso machine",)}, "coffee-machine"),
        ("it broke", {"product": ("suitcaes",)}, "suitcase"),
        ("my address is wrong", {}, ""),
        ("I ordered a present for my mate", {}, ""),
        ("where is my parcel", {}, ""),
        ("我的快递呢", {}, ""),
        ("", {}, ""),
        ("😡", {"product": ("",)}, ""),
    ],
)
def test_a_product_is_found_when_it_is_meant_and_only_then(catalogue, words, entities, found):
    assert " ".join(catalogue.find(Turn(words, entities=entities))) == found


def test_several_products_are_all_found(catalogue):
    assert set(catalogue.find(Turn("羽绒服和 running shoes 一起买的"))) == {"down-jacket", "running-shoes"}


def test_an_empty_shop_finds_nothing():
    assert Catalogue.of([]).find(Turn("羽绒服 jacket")) == ()


@pytest.mark.parametrize(
    ("words", "height", "weight", "foot"),
    [
        ("身高165，体重104斤", 165, 52, None),
        ("一米六五 50公斤", 165, 50, None),
        ("1米7，130斤", 170, 65, None),
        ("1.65m 52kg", 165, 52, None),
        ("165/52", 165, 52, None),
        ("170 120", 170, 60, None),
        ("I'm 5'6 and 130 lbs", 168, 59, None),
        ("5 feet 10", 178, None, None),
        ("180cm", 180, None, None),
        ("脚长24.5", None, None, 24.5),
        ("my foot is 245 mm", None, None, 24.5),
        ("我穿什么码", None, None, None),
        ("BM10024683", None, None, None),
        ("300 元以内", None, None, None),
    ],
)
def test_measurements_are_read_in_the_units_that_people_use(words, height, weight, foot):
    assert Measures.of(words) == Measures(height, weight, foot)


TABLE = [
    {"size": "S", "height": [150, 162], "weight": [40, 52]},
    {"size": "M", "height": [158, 168], "weight": [50, 60]},
    {"size": "L", "height": [165, 175], "weight": [58, 70]},
]


@pytest.mark.parametrize(
    ("measures", "size"),
    [
        (Measures(height=155, weight=45), "S"),
        (Measures(height=160, weight=51), "M"),
        (Measures(height=172, weight=68), "L"),
        (Measures(height=178, weight=72), "L"),
        (Measures(height=195, weight=110), None),
        (Measures(foot=24), None),
        (Measures(), None),
    ],
)
def test_the_larger_of_two_fitting_sizes_is_advised_and_none_that_is_far_off(measures, size):
    assert fitting(TABLE, measures) == size


@pytest.mark.parametrize(
    ("words", "language", "advice"),
    [
        ("羽绒服，身高165体重110斤", "zh", "身高 165 厘米、体重 55 公斤，建议选 M 码"),
        ("down jacket, I am 180 cm", "en", "for 180 cm we suggest size XL"),
        ("running shoes, my foot is 24.3 cm", "en", "for a foot of 24.3 cm we suggest size 39"),
        ("down jacket, 210 cm", "en", "none of our sizes fits these measurements"),
        ("down jacket", "en", "it fits true to size; go one size up to wear a thick jumper underneath"),
    ],
)
def test_size_advice_comes_from_the_product_s_table(visitor, words, language, advice):
    assert visitor.say(words, "size_advice", language).facts[0].values["size_advice"] == advice


def test_a_product_without_sizes_is_described_instead(visitor):
    assert kinds(visitor.say("充电宝什么尺寸", "size_advice")) == ["product_about"]


@pytest.mark.parametrize(
    ("words", "entities", "options"),
    [
        ("羽绒服有M码吗", {}, "黑色 M、米白色 M"),
        ("羽绒服米白色", {}, "米白色 M、米白色 L、米白色 XL"),
        ("羽绒服", {"size": ("l码",), "colour": ("米白",)}, "米白色 L"),
        ("羽绒服白的有吗，我不明白", {}, "黑色 S、黑色 M、米白色 M、米白色 L、米白色 XL"),
        ("I'm looking for a scarf I ordered before", {}, "灰色、红色"),
    ],
)
def test_stock_is_told_for_what_was_asked(visitor, words, entities, options):
    assert visitor.say(words, "stock", entities=entities).facts[-1].values["options"] == options


def test_what_is_sold_out_comes_with_the_day_it_is_back(visitor):
    fact = visitor.say("is the suitcase there in green?", "stock", "en").facts[0]
    assert fact.values == {"product": "Farhill 24-inch suitcase (green)", "restock_on": "3 December"}


def test_a_question_about_a_product_is_answered_by_its_page(visitor):
    assert "机洗" in visitor.say("羽绒服能机洗吗", "product_question").facts[0].values["about"]
    assert "白鸭绒" in visitor.say("羽绒服怎么样", "product_question").facts[0].values["about"]


def test_recommended_is_what_is_there_and_within_the_budget(visitor):
    facts = visitor.say("推荐耳机，300以内", "recommend", entities={"amount": ("300元",)}).facts
    assert [fact.values["product"] for fact in facts] == ["小豆无线耳塞", "随行蓝牙音箱"]
    names = [
        fact.values["product"] for fact in visitor.say("any yoga mats to recommend?", "recommend", "en").facts
    ]
    assert "wide yoga mat" not in names and len(names) == 3


def test_a_budget_that_nothing_fits_recommends_nothing(visitor):
    assert kinds(visitor.say("推荐一个 1 元的", "recommend", entities={"amount": ("1",)})) == []
