"""Step `vocabulary`: the teacher's English pieces, cut, plus Chinese words, emoji and slang.

The Chinese entries are `AddedTokens`: the tokenizer matches them leftmost-longest before it looks
at word pieces, which is dictionary segmentation inside one plain tokenizer.json. Each new row starts
as the mean of the teacher's rows for its English gloss.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from importlib.resources import files

import numpy as np
import torch
import yaml
from numpy.typing import NDArray
from tokenizers import AddedToken, Tokenizer, models, normalizers, pre_tokenizers, processors

from balm.encoder import simplified
from balm.encoder.recipe.sources import chinese, english
from balm.encoder.recipe.teacher import Teacher
from balm.encoder.recipe.workplace import Workplace

FRAME = ("[PAD]", "[UNK]", "[CLS]", "[SEP]")
_HAN_BLOCKS = ((0x3400, 0x4DBF), (0x4E00, 0x9FFF))
_HAN = re.compile(r"[\u3400-\u9fff]+")
_EMOJI = ((0x1F300, 0x1F64F), (0x1F910, 0x1F92F), (0x1F970, 0x1F97A), (0x2639, 0x263A), (0x2764, 0x2764))


def run(place: Workplace) -> None:
    """Write simplified.txt, tokenizer.json and the first word vectors (rows.pt) into the work folder."""
    place.path(simplified.FILE).write_text("\n".join(traditional_pairs()) + "\n", encoding="utf-8")
    teacher = Teacher(place)
    pieces = english_pieces(place, teacher)
    glosses = {**slang(), **emoji(), **chinese_glosses(place)}
    tokenizer = assemble(pieces, glosses)
    tokenizer.save(str(place.path("tokenizer.json")), pretty=False)
    torch.save(first_rows(tokenizer, teacher, glosses), place.path("rows.pt"))


def traditional_pairs() -> list[str]:
    """Each traditional character with its simplified one, as OpenCC (Apache-2.0) pairs them."""
    from opencc import OpenCC

    simple = OpenCC("t2s")
    letters = (chr(point) for low, high in _HAN_BLOCKS for point in range(low, high + 1))
    pairs = ((letter, simple.convert(letter)) for letter in letters)
    return [letter + other for letter, other in pairs if letter != other and len(other) == 1]


def english_pieces(place: Workplace, teacher: Teacher) -> list[str]:
    """The teacher's pieces worth keeping: the frequent ones and those that our English needs."""
    counts: Counter[int] = Counter()
    texts = english(place, 40_000)
    for row in teacher.tokenizer.encode_batch(texts, add_special_tokens=False):
        counts.update(row.ids)
    short = re.compile(r"(##)?[!-~]")
    keep = [
        piece
        for piece, index in sorted(teacher.vocabulary.items(), key=lambda item: item[1])
        if not re.fullmatch(r"\[.+\]", piece) and not _HAN.search(piece)
        and (index < place.plan.english_rank or counts[index] > 1 or short.fullmatch(piece))
    ]  # fmt: skip
    return [*FRAME, *keep]


def chinese_glosses(place: Workplace) -> dict[str, list[str]]:
    """Chinese words and characters with their English glosses ([] where the lexicon has none)."""
    import jieba

    words = {row["zh"]: row["en"] for row in place.read("lexicon_zh_en/words.jsonl")}
    ranks = {row["zh"]: row["rank"] for row in place.read("lexicon_zh_en/words.jsonl")}
    single = {row["zh"]: row["en"] for row in place.read("lexicon_zh_en/characters.jsonl")}
    texts = chinese(place)
    counts = Counter(word for text in texts for word in jieba.lcut(text) if _HAN.fullmatch(word))
    letters = Counter(letter for text in texts for run in _HAN.findall(text) for letter in run)
    frequent = [word for word, count in counts.most_common() if len(word) in (2, 3, 4) and count >= 8]
    common = sorted(
        (w for w in words if 2 <= len(w) <= 4 and _HAN.fullmatch(w)), key=lambda w: ranks[w] or 1e9
    )
    chosen = list(dict.fromkeys([*frequent, *common]))[: place.plan.chinese_words]
    known = {letter for word in words for letter in word if _HAN.fullmatch(letter)}
    known |= {
        letter for row in place.read("lexicon_zh_en/words.jsonl") for t in row["traditional"] for letter in t
    }
    characters = sorted(
        {letter for letter, count in letters.items() if count > 1} | known | set("".join(chosen))
    )
    characters = [letter for letter in characters if _HAN.fullmatch(letter)]
    return {entry: words.get(entry) or single.get(entry, []) for entry in [*characters, *chosen]}


def slang() -> dict[str, list[str]]:
    """Abbreviations and kaomoji that customers type, from slang.yml."""
    raw = files("balm.encoder.recipe").joinpath("slang.yml").read_text(encoding="utf-8")
    return {str(entry): [gloss] for entry, gloss in yaml.safe_load(raw).items()}


def emoji() -> dict[str, list[str]]:
    """The emoji of faces, hands, hearts, weather and things, glossed by their Unicode names."""
    points = (chr(point) for low, high in _EMOJI for point in range(low, high + 1))
    return {point: [unicodedata.name(point).lower()] for point in points if unicodedata.name(point, "")}


def assemble(pieces: Iterable[str], entries: Iterable[str]) -> Tokenizer:
    """A tokenizer over word pieces with the entries added in front of them."""
    vocabulary = {piece: index for index, piece in enumerate(pieces)}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]", max_input_chars_per_word=64))
    bert = normalizers.BertNormalizer(
        clean_text=True, handle_chinese_chars=False, strip_accents=True, lowercase=True
    )
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), bert])
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    tokenizer.add_tokens(
        [
            AddedToken(entry, normalized=True, single_word=entry.isascii() and entry.isalnum())
            for entry in entries
        ]
    )
    return tokenizer


def first_rows(tokenizer: Tokenizer, teacher: Teacher, glosses: dict[str, list[str]]) -> torch.Tensor:
    """The first word vectors (vocabulary, hidden): the teacher's own, or the mean of a gloss."""
    known = teacher.rows.numpy()
    meaning = {entry: gloss_vector(teacher, known, gloss) for entry, gloss in glosses.items()}
    fallback = known[1_000:20_000].mean(0)
    rows = np.empty((tokenizer.get_vocab_size(), known.shape[1]), np.float32)
    for piece, index in tokenizer.get_vocab().items():
        if piece in teacher.vocabulary and piece not in glosses:
            rows[index] = known[teacher.vocabulary[piece]]
        else:
            rows[index] = _start(piece, meaning, fallback)
    return torch.from_numpy(rows)


def gloss_vector(
    teacher: Teacher, known: NDArray[np.float32], gloss: list[str]
) -> NDArray[np.float32] | None:
    """The mean of the gloss's rows, without brackets and little words; `None` for an empty gloss."""
    text = " ; ".join(re.sub(r"\(.*?\)|^to |\b(a|an|the|of|sb|sth|one's)\b", " ", part) for part in gloss[:3])
    ids = [
        i for i in teacher.tokenizer.encode(text, add_special_tokens=False).ids if i not in (1025, 1012, 1010)
    ]
    return known[ids].mean(0) if ids else None


def _start(
    piece: str, meaning: dict[str, NDArray[np.float32] | None], fallback: NDArray[np.float32]
) -> NDArray[np.float32]:
    own = meaning.get(piece)
    if own is not None:
        return own
    parts = [vector for letter in piece if (vector := meaning.get(letter)) is not None]
    return np.mean(parts, axis=0, dtype=np.float32) if parts else fallback
