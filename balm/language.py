"""Which language does a message speak? The frame of the sentence decides, not the names in it.

Customers mix: a Chinese sentence carries English product names, an English one a Chinese brand. So the
small words that hold a sentence together count first; the other words only break a tie.
"""

from __future__ import annotations

import re
import unicodedata

# Small words of each frame. Chinese ones are single characters or fixed pairs, simplified and traditional.
ZH_FRAME = re.compile(
    "的|了|吗|嗎|呢|吧|啊|呀|嘛|么|麼|我|你|您|他|她|它|们|們|这|這|那|哪|谁|誰|什|怎|是|不|没|沒|有|在|把|被|给|給|"
    "和|跟|就|都|也|还|還|很|太|要|想|能|会|會|可以|请|請|说|說|去|来|來|到|个|個|为|為|对|對|让|讓|几|幾|多少|别|別"
)
EN_FRAME = frozenset(
    """
    a an the this that these those i i'm i've i'd im ive my me mine we our us you your u ur he
    she it its they them their is isn't are aren't am was wasn't were be been has hasn't have
    haven't had do don't dont does doesn't did didn't didnt can can't cant cannot could will
    won't would should may must not no and or but if so because when where what why how who
    which to of in on at by for from with without about after before still yet please there here
    any some all just very too more than get got want need
    """.split()
)
# Latin words that every shop's customers use, whatever they speak: no evidence either way.
INTERNATIONAL = frozenset(
    """
    ok okay app vip sku id pc usb led wifi bm xs s m l xl xxl xxxl cm mm kg g ml gb tb rmb cny
    usd lol haha hahaha hhh hh emm emmm wow http https www com cn qq html
    """.split()
)

_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f]")
_KANA = re.compile("[\u3041-\u3096\u30a1-\u30fa]")
# a run of letters that no digit touches: "iphone" counts, "BM10024683" and "v2" are codes
_WORD = re.compile(r"(?<![0-9a-zà-öø-ÿ])[a-zà-öø-ÿ]+(?:'[a-z]+)*(?![0-9a-zà-öø-ÿ])")
_CODE = re.compile(r"https?://\S+|\S+@\S+\.\S+|\b[a-z]{1,4}[\s-]*(?=\d{3})")

_HAN_PER_WORD = 1.7  # a Chinese word is about that many characters long
_LONGEST = 4000  # characters looked at: the frame shows long before


def detect(text: str) -> str | None:
    """`"zh"`, `"en"`, or None where nothing tells: digits, emoji, punctuation, codes, another script.

    Traditional characters are zh. A tie between frames goes to the language with more words, and
    a tie again to zh, since English messages seldom carry Chinese characters at all.

    >>> detect("我的 iPhone case 还没到"), detect("My 小米 phone is broken"), detect("BM10024683 😡")
    ('zh', 'en', None)
    """
    folded = _fold((text or "")[:_LONGEST])
    han = len(_HAN.findall(folded))
    if len(_KANA.findall(folded)) > han:
        return None
    words = [word for word in _WORD.findall(_CODE.sub(" ", folded)) if _tells(word)]
    if not han:
        return "en" if words else None
    return "zh" if _zh_weight(folded, han) >= _en_weight(words) else "en"


def _fold(text: str) -> str:
    """Lower case, full-width letters made plain; symbols (emoji, ℃, ㎏) go before they turn into letters."""
    spoken = "".join(" " if unicodedata.category(char) == "So" else char for char in text)
    return unicodedata.normalize("NFKC", spoken).lower().replace("’", "'")


def _tells(word: str) -> bool:
    return word in EN_FRAME or (len(word) > 1 and word not in INTERNATIONAL)


def _zh_weight(folded: str, han: int) -> tuple[int, float]:
    return len(ZH_FRAME.findall(folded)), han / _HAN_PER_WORD


def _en_weight(words: list[str]) -> tuple[int, float]:
    return sum(word in EN_FRAME for word in words), len(words)
