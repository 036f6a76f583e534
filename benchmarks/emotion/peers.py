"""The contestants: Balm as shipped and as the starter bot corrects it, and what people use instead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from balm.emotion.calibration import softmax
from balm.emotion.data import read_folder
from balm.emotion.heads import RefinedHeads
from balm.emotion.labels import EMOTIONS
from balm.emotion.model import EmotionModel
from balm.encoder import Encoder
from balm.encoder.folder import Card, bundled_folder
from balm.encoder.recipe import baseline
from balm.encoder.recipe.evaluate import Judged, crossed, judge
from balm.encoder.recipe.sources import Example
from benchmarks.emotion.material import LANGUAGES, Material, classes, of
from benchmarks.emotion.polarity import LEXICONS, Lexicon, Scale, best_scale, of_emotions

Array = NDArray[Any]
TUNING = 1_000
"""Training turns on which a sentiment tool's thresholds are chosen."""
SMALLEST = 5e-5
"""The chance behind a confidence that a reading rounds to nothing."""


@dataclass(frozen=True, eq=False)
class Contestant:
    """Guesses of one model by language: numbers of emotions, or of polarities where it knows no more."""

    name: str
    guesses: Mapping[str, Array]
    knows_emotions: bool = True
    note: str = ""

    def polarity(self, language: str) -> Array:
        """The number of each message's polarity."""
        guess = self.guesses[language]
        return of_emotions(guess) if self.knows_emotions else guess


@dataclass(frozen=True, eq=False)
class Field:
    """All contestants: Balm by what it said about the development turns, and its peers."""

    balm: Mapping[str, Judged]  # by name, the model as it is first
    svm: Contestant
    others: Sequence[Contestant]

    @property
    def contestants(self) -> list[Contestant]:
        """Everybody, Balm first."""
        return [*(_read(name, judged) for name, judged in self.balm.items()), self.svm, *self.others]

    @property
    def judged(self) -> Judged:
        """What the model as it is said."""
        return next(iter(self.balm.values()))


def enter(material: Material, folder: Path, starter: Path, *, seed: int) -> Field:
    """Everybody's guesses; the starter bot's labels correct the model where the folder has any.

    The model stands under offsets of its logits that were fitted on other turns than those they judge.
    """
    raw = judge(folder, [*material.dev, *material.second], offsets=())
    judged = crossed(raw).take(np.arange(len(material.dev)))
    balm = {"Balm": judged}
    if Card.load(folder).context and any(example.before for example in material.dev):
        balm["Balm, given the turns before"] = in_context(judged, folder)
    if starter.is_dir():
        balm["Balm, with the starter bot's labels"] = corrected(judged, folder, starter)
    return Field(balm, svm(material), [majority(material), *lexicons(material, seed=seed)])


def _read(name: str, judged: Judged) -> Contestant:
    best = judged.logits.argmax(1)
    return Contestant(name, {language: best[judged.part(language)] for language in LANGUAGES})


def in_context(judged: Judged, folder: Path) -> Judged:
    """The same with the turns before each message at hand; those who labelled it did not see them."""
    model = EmotionModel(Encoder.load(folder))
    readings = model.read([e.text for e in judged.examples], [e.before for e in judged.examples])
    chances = [{row.name: row.confidence for row in said.ranking} for said in readings]
    rows = np.array([[each[name] for name in EMOTIONS] for each in chances])
    return replace(judged, logits=model.temperature * np.log(np.clip(rows, SMALLEST, None)))


def corrected(judged: Judged, folder: Path, labels: Path) -> Judged:
    """The same after a designer's labels have corrected the model, as `rasa train` does."""
    messages = read_folder(labels)
    encoder = Encoder.load(folder)
    model = EmotionModel.fit([m.text for m in messages], [m.label for m in messages], encoder=encoder)
    if not isinstance(model.heads, RefinedHeads):
        return judged
    moved = model.heads.corrections["emotion"].logits(encoder.embed([e.text for e in judged.examples]))
    return replace(judged, logits=judged.logits + moved)


def model_folder(model: str) -> Path:
    """The folder of an exported model, checked.

    Raises:
        ModelError: the folder is none that the recipe wrote.
    """
    folder = bundled_folder() if model == "bundled" else Path(model).expanduser()
    Card.load(folder)
    return folder


def certainties(judged: Judged, language: str, temperature: float) -> tuple[Array, Array]:
    """(messages, emotions) calibrated probabilities in one language, and the true emotions."""
    here = judged.part(language)
    return softmax(judged.logits[here] / temperature), judged.truth[here]


def majority(material: Material) -> Contestant:
    """The most frequent emotion of the real training turns, whatever is asked."""
    guesses = {}
    for language in LANGUAGES:
        counts = np.bincount(classes(of(language, material.real)), minlength=len(EMOTIONS))
        guesses[language] = np.full(len(of(language, material.dev)), counts.argmax())
    return Contestant("Majority class", guesses)


def svm(material: Material) -> Contestant:
    """The recipe's own baseline: a linear SVM, taught with the messages that taught the model."""
    guesses = {
        language: baseline.svm(of(language, material.train), [e.text for e in of(language, material.dev)])
        for language in LANGUAGES
    }
    return Contestant("Linear SVM (TF-IDF), same data", guesses)


def lexicons(material: Material, *, seed: int) -> list[Contestant]:
    """Each sentiment tool with its published thresholds, and with those that suit training turns best."""
    return [one for lexicon in LEXICONS for one in _both(lexicon, material, seed)]


def _both(lexicon: Lexicon, material: Material, seed: int) -> list[Contestant]:
    unseen = lexicon.scores([e.text for e in of(lexicon.language, material.dev)])
    seen = _some(of(lexicon.language, material.real), seed)
    tuned = best_scale(lexicon.scores([e.text for e in seen]), of_emotions(classes(seen)))
    chosen = f"{tuned.low:.3f} and {tuned.high:.3f}, best on {len(seen)} training turns"
    wanted: tuple[tuple[str, Scale, str], ...] = (
        (lexicon.name, lexicon.published, lexicon.source),
        (f"{lexicon.name}, tuned", tuned, chosen),
    )
    return [
        Contestant(name, {lexicon.language: scale.polarity(unseen)}, knows_emotions=False, note=note)
        for name, scale, note in wanted
    ]


def _some(examples: Sequence[Example], seed: int) -> list[Example]:
    order = np.random.default_rng(seed).permutation(len(examples))[:TUNING]
    return [examples[index] for index in sorted(order)]
