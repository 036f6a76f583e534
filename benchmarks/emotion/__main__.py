"""The command line: judges every contestant, writes tables and pictures."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated, Any

import typer

from balm.encoder.folder import Card
from benchmarks import command, report
from benchmarks.emotion import curve, figures, material, peers, pictures, tables
from benchmarks.emotion.curve import Point
from benchmarks.emotion.figures import Rows
from benchmarks.emotion.material import LANGUAGES, Material, classes, of
from benchmarks.emotion.peers import Field

HELP = """
Measures how well emotion is read on real customer turns that never trained, beside an SVM on the same data,
VADER, SnowNLP and the majority class. About four minutes on two cores.

Examples:

  python -m benchmarks.emotion --data ~/data

  python -m benchmarks.emotion --data ~/data --model ~/balm_work/bundle --results /tmp/candidate

  python -m benchmarks.emotion --data ~/data --sample 60 --rounds 50 --seeds 2 --results /tmp/try

Writes emotion.md, emotion.json and three pictures. The data folder is the one of balm.encoder.recipe.
"""
COMMAND = "python -m benchmarks.emotion --data FOLDER"
PACKAGES = ("onnxruntime", "scikit-learn", "vaderSentiment", "snownlp", "matplotlib")
SEED = 7
TRIED = report.RESULTS.parents[1] / "tests" / "emotion"


def main(
    data: Annotated[Path, typer.Option(help="Folder with the public data sets, one folder each.")],
    model: Annotated[str, typer.Option(help="`bundled`, or the folder that the recipe wrote.")] = "bundled",
    own: Annotated[Path, typer.Option(help="Folder with the project's emotion data.")] = Path("emotion_data"),
    results: Annotated[Path, typer.Option(help="Folder for tables and pictures.")] = report.RESULTS,
    rounds: Annotated[int, typer.Option(help="Redrawn sets of messages behind each range.", min=10)] = 1_000,
    seeds: Annotated[int, typer.Option(help="Draws for each point of the learning curve.", min=1)] = 5,
    sample: Annotated[int | None, typer.Option(help="For a try: messages of a kind and language.")] = None,
) -> None:
    folder, load = peers.model_folder(model), os.getloadavg()[0]
    setting = report.setting(*command.installed(PACKAGES))
    card, messages = Card.load(folder), material.load(data, own, sample=sample, seed=SEED)
    command.say(f"Reading {len(messages.dev)} turns, training the SVM, asking the sentiment tools ...")
    field = peers.enter(messages, folder, own / "starter", seed=SEED)
    found = judged(field, messages, card, rounds=rounds)
    found["tried"] = tried(replace(messages, dev=material.tried(TRIED)), folder, own, rounds=rounds)
    points = curve.curve(messages, folder, seeds=range(seeds))
    draw(results, field, messages, points, card)
    draws = {"seed": SEED, "rounds": rounds, "curve_seeds": seeds, "sample": sample}
    about = {
        **setting,
        "load_at_start": round(load, 2),
        "model": card.sha256,
        **draws,
        "turns": count(messages),
    }
    plain = {"figures": numbers(found), "learning_curve": [asdict(point) for point in points]}
    notes = {one.name: one.note for one in field.contestants}
    page = "\n\n".join([*opening(about), *tables.sections(found, notes, points, about["turns"])])
    report.write("emotion", {**about, **plain}, page, folder=results)
    typer.echo(page)


def opening(about: dict[str, Any]) -> list[str]:
    """Title and circumstances."""
    return [
        "# How the customer feels: emotion",
        report.headline(about, command=COMMAND),
        f"Model {about['model'][:12]}. Seed {about['seed']} for the {about['rounds']} redrawn sets, 0 to "
        f"{about['curve_seeds'] - 1} for the learning curve. Load when it began: {about['load_at_start']}.",
    ]


def judged(field: Field, messages: Material, card: Card, *, rounds: int) -> dict[str, dict[str, Rows]]:
    """All figures with their ranges: by table, by contestant, by figure, by language."""
    drawn = figures.draws(messages, rounds=rounds, seed=SEED)
    everybody = field.contestants
    balm = everybody[0]
    return {
        "emotions": {
            one.name: figures.emotions(one, messages, drawn) for one in everybody if one.knows_emotions
        },
        "ahead_of_svm": {balm.name: figures.ahead(balm, field.svm, messages, drawn)},
        "polarity": {one.name: figures.polarities(one, messages, drawn) for one in everybody},
        "heads": {balm.name: figures.all_heads(field.judged, drawn)},
        "certainty": {name: figures.certainty(said, card, drawn) for name, said in field.balm.items()},
    }


def tried(messages: Material, folder: Path, own: Path, *, rounds: int) -> dict[str, Rows]:
    """The seven emotions in messages that were written to try the model out."""
    drawn = figures.draws(messages, rounds=rounds, seed=SEED)
    field = peers.enter(messages, folder, own / "starter", seed=SEED)
    return {
        one.name: figures.emotions(one, messages, drawn) for one in field.contestants if one.knows_emotions
    }


def draw(folder: Path, field: Field, messages: Material, points: Sequence[Point], card: Card) -> None:
    """The three pictures."""
    truth = {language: classes(of(language, messages.dev)) for language in LANGUAGES}
    balm = field.contestants[0].guesses
    chances = {lang: peers.certainties(field.judged, lang, card.temperature) for lang in LANGUAGES}
    pictures.reliability(folder / "reliability.svg", chances, card.abstain_below)
    pictures.confusions(folder / "confusion.svg", {lang: (truth[lang], balm[lang]) for lang in LANGUAGES})
    pictures.learning(
        folder / "learning_curve.svg", points,
        {lang: figures.seven(truth[lang], balm[lang]) for lang in LANGUAGES},
        {lang: figures.seven(truth[lang], field.svm.guesses[lang]) for lang in LANGUAGES},
    )  # fmt: skip


def count(messages: Material) -> dict[str, int]:
    """The development turns of each language."""
    return {language: len(of(language, messages.dev)) for language in LANGUAGES}


def numbers(found: dict[str, dict[str, Rows]]) -> dict[str, Any]:
    """The figures as JSON types."""
    return {
        kind: {
            who: {name: {lang: figure.to_dict() for lang, figure in by.items()} for name, by in rows.items()}
            for who, rows in table.items()
        }
        for kind, table in found.items()
    }


if __name__ == "__main__":
    command.run(main, examples=HELP)
