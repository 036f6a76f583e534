"""The trainable form of the bundled encoder, or of any folder that the recipe wrote."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import cast

from torch import Tensor, nn

from balm.encoder.encoding import Passage
from balm.encoder.folder import Card
from balm.encoder.network.batches import pad
from balm.encoder.network.export import write_graph
from balm.encoder.text import readable
from balm.encoder.tokens import Tokens
from balm.tuning.dequantise import Graph, student

_REWRITTEN = ("model.onnx", "balm.json")


class ExportedBody:
    """The torch network of an exported folder, and the road back into such a folder.

    What it becomes has emotion heads that no longer fit it: only the embedding may be used.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._tokens = Tokens(folder, Card.load(folder).max_tokens)
        graph = Graph(folder / "model.onnx")
        self._quantised = graph.quantised
        self.module = student(graph, folder)

    @property
    def words(self) -> nn.Module:
        """The table of word vectors."""
        return self.module.words

    @property
    def layers(self) -> Sequence[nn.Module]:
        """The transformer layers, the lowest first."""
        return cast(Sequence[nn.Module], self.module.layers)

    def embed(self, texts: Sequence[str]) -> Tensor:
        """The unit embeddings (texts, hidden)."""
        framed = self._tokens.frame([Passage(readable(text)) for text in texts])
        ids, mask = (one.to(self.module.segment.device) for one in pad([row.ids for row in framed]))
        return self.module.embed(self.module.body(ids, mask).float(), mask.float())

    def save(self, folder: Path) -> None:
        """Writes the folder as the recipe does, as exact or as small as the one it came from."""
        folder.mkdir(parents=True, exist_ok=True)
        for path in self._folder.iterdir():
            if path.is_file() and path.name not in _REWRITTEN:
                shutil.copy(path, folder / path.name)
        write_graph(self.module.eval().cpu(), folder, quantise=self._quantised)
        about = json.loads((self._folder / "balm.json").read_text(encoding="utf-8"))
        about["sha256"] = hashlib.sha256((folder / "model.onnx").read_bytes()).hexdigest()
        about["figures"] = {}
        (folder / "balm.json").write_text(json.dumps(about, indent=1), encoding="utf-8")
