"""jieba's dictionary kept with the model: the same words, the same cuts, little memory."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from balm.errors import ModelError
from components.dictionary import dictionary, load, save
from components.segmenting import Segmenter

WORDS = ("云感羊绒开衫", "没发货", "小")
"""A new word, one that jieba cuts otherwise, and one that it knows."""
MEASURE = """
import sys
from pathlib import Path
import jieba
from components.segmenting import Segmenter, english

def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4 // 1024

english()("hello")
before, text = resident(), "这件云感羊绒开衫没发货"
spans = Segmenter.load(Path(sys.argv[1])).spans(text)
print([text[start:end] for start, end in spans], resident() - before)
"""


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Any:
    path = tmp_path_factory.mktemp("kept") / "dictionary.npz"
    save(dictionary(WORDS), path)
    return load(path)


def test_a_kept_dictionary_holds_every_word_with_its_count(kept: Any) -> None:
    made = dictionary(WORDS)
    assert len(made.FREQ) > 490_000 and "云感羊绒开衫" in made.FREQ
    assert kept.total == made.total
    assert all(
        word in kept.FREQ and kept.FREQ[word] == kept.FREQ.get(word) == count
        for word, count in made.FREQ.items()
    )


@pytest.mark.parametrize("word", ["", "羽绒服到", "parcel"], ids=["empty", "a word and more", "English"])
def test_a_kept_dictionary_knows_no_other_word(kept: Any, word: str) -> None:
    assert word not in kept.FREQ
    assert kept.FREQ.get(word) is None and kept.FREQ.get(word, 1) == 1
    with pytest.raises(KeyError):
        kept.FREQ[word]


@settings(deadline=None)
@given(st.text(st.sampled_from("云感羊绒开衫没发货小的了我不退款快递员工资本来看好中国人民一三天𠮷鿿")))
def test_a_kept_dictionary_cuts_as_the_made_one(kept: Any, text: str) -> None:
    assert kept.lcut(text) == dictionary(WORDS).lcut(text)


def test_the_same_words_make_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one.npz", "two.npz"):
        dictionary.cache_clear()
        save(dictionary(WORDS), tmp_path / name)
    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "two.npz").read_bytes()


@pytest.mark.parametrize("kept_bytes", [None, 0, 5_000], ids=["missing", "empty", "cut off"])
def test_a_dictionary_that_cannot_be_read_is_refused(tmp_path: Path, kept_bytes: int | None) -> None:
    path = tmp_path / "dictionary.npz"
    if kept_bytes is not None:
        save(dictionary(), path)
        path.write_bytes(path.read_bytes()[:kept_bytes])
    with pytest.raises(ModelError, match="dictionary '.*dictionary.npz': cannot be read"):
        load(path)


def test_a_server_holds_the_dictionary_in_a_few_megabytes(tmp_path: Path) -> None:
    """A tenth of what jieba itself takes, in a process of its own."""
    Segmenter(WORDS).save(tmp_path)
    command = [sys.executable, "-W", "ignore", "-c", MEASURE, str(tmp_path)]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
    words, megabytes = said.rsplit(" ", 1)
    assert words == "['这件', '云感羊绒开衫', '没发货']"
    assert int(megabytes) < 12
