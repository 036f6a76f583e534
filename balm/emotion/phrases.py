"""What runs of letters and words tell of an emotion: a linear head that knows phrases by heart.

The encoder reads what a message means and is the better judge of sentences it never saw; the phrases know
the turns that customers use again and again. Together they read better than either (docs/model_card.md).
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from balm.encoder.hashing import buckets, joined, letter_runs
from balm.encoder.simplified import table
from balm.errors import ModelError

Array = NDArray[Any]
FILE = "phrases.npz"
BITS = 18
LONGEST_RUN = 4
READ = 600
"""Characters read from the beginning of a message."""

_NO_WORDS = re.compile(r"https?://[!-~]+|@\S+")
_WORD = re.compile(r"[a-z']+")
_FULL_WIDTH = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}


@dataclass(frozen=True, eq=False)
class Found:
    """The distinct runs of one message: bucket numbers, and where the first of each stands."""

    buckets: Array  # (runs,)
    starts: Array  # (runs,) in characters of the message
    ends: Array


@dataclass(frozen=True, eq=False)
class Phrases:
    """What each bucket of runs adds to each emotion: int8 `weights` (buckets, emotions) times `scale`."""

    weights: NDArray[np.int8]
    bias: NDArray[np.float32]  # (emotions,)
    scale: float
    simplified: dict[int, str]

    @classmethod
    def load(cls, folder: Path) -> Phrases | None:
        """The phrases of an encoder folder; None where it has none.

        Raises:
            ModelError: the file is broken.
        """
        path = folder / FILE
        if not path.is_file():
            return None
        try:
            with np.load(path, allow_pickle=False) as arrays:
                weights, bias, scale = arrays["weights"], arrays["bias"], float(arrays["scale"])
        except (OSError, ValueError, KeyError) as error:
            raise ModelError(
                f"encoder folder '{folder}': its {FILE} is broken ({error!r}). Restore it."
            ) from error
        return cls(weights, bias, scale, table(folder))

    def hear(self, text: str) -> Heard:
        """What the phrases of a message say."""
        found = runs(text, self.simplified)
        parts = self.weights[found.buckets].astype(np.float32)
        parts *= self.scale / np.sqrt(max(len(found.buckets), 1))
        return Heard(len(text), found, parts, self.bias)


@dataclass(frozen=True, eq=False)
class Heard:
    """The phrases of one message of some `length`, and what each of its runs adds to each emotion's logit."""

    length: int
    found: Found
    parts: NDArray[np.float32]  # (runs, emotions)
    bias: NDArray[np.float32]

    @property
    def logits(self) -> Array:
        """(emotions,) what they add to each emotion's logit."""
        return np.asarray(self.parts.sum(0) + self.bias)

    def shares(self, spans: Sequence[tuple[int, int]], index: int) -> Array:
        """(spans,) what each span adds to one emotion's logit: a run's share is spread over its letters."""
        starts, ends = self.found.starts, self.found.ends
        share = (self.parts[:, index] - self.parts.mean(1)) / np.maximum(ends - starts, 1)
        slope = np.zeros(self.length + 2)
        np.add.at(slope, np.minimum(starts, self.length), share)
        np.add.at(slope, np.minimum(ends, self.length), -share)
        total = np.concatenate([[0.0], np.cumsum(np.cumsum(slope)[: self.length])])
        return np.array([total[end] - total[start] for start, end in spans], np.float32)


def runs(text: str, simplified: dict[int, str]) -> Found:
    """The runs of one to four letters, the words, and the pairs of words in a message.

    >>> len(runs("ok", {}).buckets)  # of " ok ": 3 letters, 3 pairs, 2 triples, all of it, and the word
    10
    """
    flat = f" {_flat(text[:READ], simplified)} "
    parts = [*_letters(flat), *_words(flat)]
    buckets = np.concatenate([part[0] for part in parts])
    starts = np.concatenate([part[1] for part in parts]) - 1
    ends = np.concatenate([part[2] for part in parts]) - 1
    kept, first = np.unique(buckets, return_index=True)
    return Found(kept, np.maximum(starts[first], 0), np.maximum(ends[first], 0))


def _flat(text: str, simplified: dict[int, str]) -> str:
    """The text in small simplified letters, digits as 0, without links and handles, of the same length."""
    plain = text.translate(_FULL_WIDTH).translate(simplified)
    small = plain.lower()
    if len(small) != len(plain):  # İ becomes two letters
        small = "".join(low if len(low := letter.lower()) == 1 else letter for letter in plain)
    spoken = _NO_WORDS.sub(lambda found: " " * len(found.group()), small)
    return re.sub(r"\s", " ", re.sub(r"\d", "0", spoken))


def _letters(flat: str) -> Iterator[tuple[Array, Array, Array]]:
    for size, names in letter_runs(flat, LONGEST_RUN):
        place = np.arange(len(names))
        yield buckets(names, BITS), place, place + size


def _words(flat: str) -> Iterator[tuple[Array, Array, Array]]:
    found = list(_WORD.finditer(flat))
    names = np.array([zlib.crc32(word.group().encode()) + (1 << 40) for word in found], np.uint64)
    starts, ends = (np.array([word.span()[side] for word in found], np.int64) for side in (0, 1))
    yield buckets(names, BITS), starts, ends
    yield buckets(joined(names[:-1], names[1:]), BITS), starts[:-1], ends[1:]
