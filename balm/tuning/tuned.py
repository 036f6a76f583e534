"""The one door to fine-tuning: an encoder in, an encoder that has learned the intents out."""

from __future__ import annotations

import shutil
import tempfile
import weakref
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from balm.encoder import Encoder
from balm.tuning.body import check_libraries, open_body
from balm.tuning.options import TuneOptions


def tuned(
    encoder: Encoder, texts: Sequence[str], truth: NDArray[np.int_], *, tuning: TuneOptions, seed: int
) -> Encoder:
    """A fine-tuned encoder of the same kind, in a folder (its `source`) that goes when the object does.

    The given one stays as it is. The same arguments give the same bits on the same machine's CPU.

    Raises:
        ModelError: a library is missing, or the encoder cannot be trained.
    """
    check_libraries(tuning.method)
    folder = Path(tempfile.mkdtemp(prefix="balm_tuned_"))
    try:
        _write(folder, encoder.source, texts, truth, tuning, seed)
        found = Encoder.load(folder)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    weakref.finalize(found, shutil.rmtree, folder, ignore_errors=True)
    return found


def _write(
    folder: Path, source: str, texts: Sequence[str], truth: NDArray[np.int_], tuning: TuneOptions, seed: int
) -> None:
    import torch

    from balm.tuning.loop import train
    from balm.tuning.lora import adapt

    _, present = np.unique(truth, return_inverse=True)
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        body = open_body(source)
        fold = adapt(body, rank=tuning.lora_rank) if tuning.method == "lora" else None
        train(body, texts, present, tuning=tuning, seed=seed)
        if fold:
            fold()
        body.save(folder)
