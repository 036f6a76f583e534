"""Runs any Hugging Face encoder, by folder or id, through torch and transformers."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import Any

from balm.encoder.encoding import Encoded, Passage, Span, trimmed
from balm.encoder.folder import Card
from balm.errors import ModelError

BATCH = 32
LONGEST_INPUT = 256


class TransformersBackend:
    """A Hugging Face model whose sentence embedding is the mean of its token vectors."""

    card: Card | None = None

    def __init__(self, name: str) -> None:
        self._torch, auto_model, auto_tokenizer = _libraries(name)
        self._tokenizer, self._model = _load(name, auto_model, auto_tokenizer)
        self.hidden = int(self._model.config.hidden_size)
        self.identity = f"hf:{_fingerprint(self._model):08x}"
        self._limit = min(LONGEST_INPUT, int(self._tokenizer.model_max_length))

    def run(self, passages: Sequence[Passage]) -> list[Encoded]:
        """Each message encoded by itself, in the order given."""
        texts = [passage.text for passage in passages]
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
        found: dict[int, Encoded] = {}
        for start in range(0, len(order), BATCH):
            batch = order[start : start + BATCH]
            found.update(zip(batch, self._batch([texts[i] for i in batch]), strict=True))
        return [found[i] for i in range(len(texts))]

    def _batch(self, texts: Sequence[str]) -> list[Encoded]:
        fed = self._tokenizer(
            list(texts), padding=True, truncation=True, max_length=self._limit, return_tensors="pt",
            return_special_tokens_mask=True,
        )  # fmt: skip
        special = fed.pop("special_tokens_mask").bool()
        with self._torch.inference_mode():
            tokens = self._model(**fed).last_hidden_state.float()  # (batch, tokens, hidden)
        mask = fed["attention_mask"].unsqueeze(-1).float()
        means = (tokens * mask).sum(1) / mask.sum(1).clamp(min=1.0)
        embeddings = self._torch.nn.functional.normalize(means, dim=-1)
        return [
            Encoded(
                text, embeddings[i].numpy(), tokens[i][~special[i]].numpy(),
                _words(text, fed.encodings[i]),
            )
            for i, text in enumerate(texts)
        ]  # fmt: skip


def _fingerprint(model: Any) -> int:
    """A number that names the weights wherever their folder lies."""
    parts = (weights.detach().flatten()[:64].float().numpy().tobytes() for weights in model.parameters())
    return zlib.crc32(b"".join(parts))


def _words(text: str, row: Any) -> tuple[Span, ...]:
    """The spans of all but the frame tokens and the padding."""
    parts = zip(row.tokens, row.offsets, row.special_tokens_mask, strict=True)
    return tuple(trimmed(text, token, span) for token, span, special in parts if not special)


def _libraries(name: str) -> tuple[Any, Any, Any]:
    try:
        import torch
        from transformers import AutoModel, AutoTokenizer
    except ImportError as error:
        raise ModelError(
            f"encoder '{name}': a Hugging Face model needs torch and transformers, which are not installed. "
            "Allowed without them: 'bundled', or a folder that Balm's recipe exported. "
            "Install Balm's extra 'hf'."
        ) from error
    return torch, AutoModel, AutoTokenizer


def _load(name: str, auto_model: Any, auto_tokenizer: Any) -> tuple[Any, Any]:
    try:
        tokenizer = auto_tokenizer.from_pretrained(name, use_fast=True)
        model = auto_model.from_pretrained(name).eval()
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        reason = str(error).strip().splitlines()[0] if str(error).strip() else repr(error)
        raise ModelError(
            f"encoder '{name}': cannot be loaded ({reason}). "
            "Allowed: 'bundled', a folder, or a Hugging Face id. "
            "Check the path or the id, and that the model was downloaded if there is no network."
        ) from error
    if not tokenizer.is_fast:
        raise ModelError(
            f"encoder '{name}': has no fast tokenizer. Choose a model that has a tokenizer.json."
        )
    return tokenizer, model
