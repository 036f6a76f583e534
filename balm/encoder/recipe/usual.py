"""Step `usual`: what customers usually write, to be left alone when a designer's labels correct the heads."""

from __future__ import annotations

import numpy as np

from balm.emotion.correction import FILE, moment
from balm.encoder import Encoder
from balm.encoder.recipe.sources import turns
from balm.encoder.recipe.workplace import Workplace


def run(place: Workplace) -> None:
    """Write usual.npy into the folder `bundle`: helpdesk turns that train, read alone and in context."""
    encoder = Encoder.load(place.path("bundle/model.onnx").parent)
    examples = turns(place, dev=False)
    texts, before = [e.text for e in examples], [e.before for e in examples]
    parts = [part.embeddings for some in ((), before) for part in encoder.parts(texts, some)]
    np.save(place.path("bundle") / FILE, moment(np.concatenate(parts)).astype(np.float16))
