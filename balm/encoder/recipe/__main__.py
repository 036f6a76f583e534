"""The recipe's command line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from rich import print as say

from balm.encoder.recipe.workplace import ADDS, Plan, Workplace
from balm.errors import BalmError, ConfigError, unknown

EXAMPLES = """
Makes Balm's encoder: vocabulary, alignment, pretraining, heads, export, phrases, usual messages, evaluation.

Examples:

  python -m balm.encoder.recipe --data ~/data --work ~/balm_work

  python -m balm.encoder.recipe --data ~/data --work ~/balm_work --steps settle,export --again

A finished step is skipped as long as the plan stays the same for it and for those before it.
The finished model is WORK/bundle; copy it over balm/encoder/bundled, or load it with
Encoder.load("WORK/bundle").
"""

STEPS = tuple(ADDS)


def main(
    data: Annotated[
        Path, typer.Option(help="Folder with the public data sets, one folder each.", exists=True)
    ],
    work: Annotated[Path, typer.Option(help="Folder for checkpoints and the finished model.")],
    own: Annotated[Path, typer.Option(help="Folder with the project's emotion data.")] = Path("emotion_data"),
    steps: Annotated[str, typer.Option(help="Steps to run, with commas.")] = ",".join(STEPS),
    again: Annotated[bool, typer.Option(help="Run the steps even if they are done.")] = False,
    threads: Annotated[int, typer.Option(help="CPU threads.")] = 2,
    align_tokens: Annotated[int, typer.Option(help="Tokens to read in the step align.")] = Plan.align_tokens,
    pretrain_tokens: Annotated[
        int, typer.Option(help="Tokens to read in the step pretrain.")
    ] = Plan.pretrain_tokens,
    tune_tokens: Annotated[int, typer.Option(help="Tokens to read in the step tune.")] = Plan.tune_tokens,
    seed: Annotated[int, typer.Option(help="Seed of everything that is drawn.")] = Plan.seed,
) -> None:
    plan = Plan(
        seed=seed, align_tokens=align_tokens, pretrain_tokens=pretrain_tokens, tune_tokens=tune_tokens
    )
    place = Workplace(data, work, own, plan)
    _threads(threads)
    for step in wanted(steps):
        if place.done(step) and not again:
            say(f"{step}: done before")
            continue
        say(f"{step} ...")
        _runner(step)(place)
        place.mark(step)
    say(f"The model is in {work / 'bundle'}.")


def wanted(steps: str) -> list[str]:
    """The named steps in their order.

    >>> wanted("tune, align")
    ['align', 'tune']
    """
    names = [name.strip() for name in steps.split(",") if name.strip()]
    for name in names:
        if name not in STEPS:
            raise ConfigError(unknown("--steps:", "step", name, STEPS))
    return [step for step in STEPS if step in names]


def _runner(step: str) -> Callable[[Workplace], None]:
    from importlib import import_module

    module = import_module(f"balm.encoder.recipe.{step}")
    runner: Callable[[Workplace], None] = module.run
    return runner


def _threads(count: int) -> None:
    import torch

    torch.set_num_threads(count)


if __name__ == "__main__":
    main.__doc__ = EXAMPLES
    app = typer.Typer(add_completion=False, rich_markup_mode=None)
    app.command(help=EXAMPLES)(main)
    try:
        app()
    except BalmError as error:
        raise SystemExit(str(error)) from error
