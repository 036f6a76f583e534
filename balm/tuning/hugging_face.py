"""The trainable form of any Hugging Face encoder."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from torch import Tensor, nn

from balm.encoder.hf import LONGEST_INPUT
from balm.encoder.text import readable
from balm.errors import ModelError


class HuggingFaceBody:
    """A Hugging Face model whose embedding is what `balm.encoder.hf` makes of it."""

    def __init__(self, name: str) -> None:
        from transformers import AutoModel, AutoTokenizer

        self._tokenizer = AutoTokenizer.from_pretrained(name, use_fast=True)
        self.module: Any = AutoModel.from_pretrained(name).float().eval()
        self._limit = min(LONGEST_INPUT, int(self._tokenizer.model_max_length))
        self.layers = _stack(self.module, name)

    @property
    def words(self) -> nn.Module:
        """The table of word vectors."""
        table: nn.Module = self.module.get_input_embeddings()
        return table

    def embed(self, texts: Sequence[str]) -> Tensor:
        """The unit embeddings (texts, hidden)."""
        fed = self._tokenizer(
            [readable(text) for text in texts], padding=True, truncation=True, max_length=self._limit,
            return_tensors="pt",
        ).to(self.module.device)  # fmt: skip
        tokens = self.module(**fed).last_hidden_state.float()  # (batch, tokens, hidden)
        mask = fed["attention_mask"].unsqueeze(-1).float()
        return nn.functional.normalize((tokens * mask).sum(1) / mask.sum(1).clamp(min=1.0), dim=-1)

    def save(self, folder: Path) -> None:
        """Writes the folder as transformers does; serving it needs torch, like the model it came from."""
        self.module.eval().cpu().save_pretrained(folder)
        self._tokenizer.save_pretrained(folder)


def _stack(module: nn.Module, name: str) -> Sequence[nn.Module]:
    """The longest list of modules inside, which in every transformer is its layers."""
    lists = [list(part) for part in module.modules() if isinstance(part, nn.ModuleList)]
    if not lists:
        raise ModelError(
            f"encoder '{name}': has no list of layers, so it cannot be fine-tuned. "
            "Allowed: a transformer encoder. Use the method 'head'."
        )
    return max(lists, key=len)
