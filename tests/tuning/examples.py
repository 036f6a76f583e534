"""Sixteen messages of four intents, and how far apart an encoder puts them."""

from __future__ import annotations

import numpy as np

from balm.encoder import Encoder

EXAMPLES = {
    "refund": ["refund the order", "refund my order please", "我要退款", "退款退款"],
    "track": ["where is my parcel", "where is the parcel?", "快递在哪", "我的快递呢"],
    "thank": ["thanks", "great, thanks", "谢谢", "太好了谢谢"],
    "size": ["which size", "what size is the coat", "我穿多大", "有没有大一点的"],
}
TEXTS = [text for texts in EXAMPLES.values() for text in texts]
LABELS = [name for name, texts in EXAMPLES.items() for _ in texts]
TRUTH = np.repeat(np.arange(len(EXAMPLES)), 4)


def apartness(encoder: Encoder) -> float:
    """How much closer messages of one intent stand than messages of two."""
    embeddings = encoder.embed(TEXTS)
    cosines = embeddings @ embeddings.T
    same = TRUTH[:, None] == TRUTH[None, :]
    return float(cosines[same].mean() - cosines[~same].mean())
