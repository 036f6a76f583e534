"""Models of a few hundred weights, built from a fixed vocabulary, so that no test needs a download."""

from __future__ import annotations

import json
from pathlib import Path

WORDS = "where is my parcel ! ? . thanks great terrible refund late cancel order size the".split()
HAN = "退款我的快递谢"
HIDDEN = 32


def hugging_face(folder: Path) -> Path:
    """A BERT of two layers with seeded random weights, as transformers saves it."""
    import torch
    from transformers import BertConfig, BertModel, BertTokenizerFast

    folder.mkdir(parents=True, exist_ok=True)
    letters = [chr(code) for code in range(97, 123)]
    pieces = [
        "[PAD]",
        "[UNK]",
        "[CLS]",
        "[SEP]",
        "[MASK]",
        *WORDS,
        *HAN,
        *letters,
        *(f"##{letter}" for letter in letters),
    ]
    (folder / "vocab.txt").write_text("\n".join(dict.fromkeys(pieces)), encoding="utf-8")
    tokenizer = BertTokenizerFast(vocab=str(folder / "vocab.txt"), model_max_length=64)
    torch.manual_seed(1)
    config = BertConfig(
        vocab_size=len(tokenizer), hidden_size=HIDDEN, num_hidden_layers=2, num_attention_heads=4,
        intermediate_size=64, max_position_embeddings=64,
    )  # fmt: skip
    BertModel(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def student() -> object:
    """A student of two layers with seeded random weights."""
    import torch

    from balm.encoder.network.student import Shape, Student

    torch.manual_seed(2)
    size = tokenizer().get_vocab_size()
    shape = Shape(size, hidden=HIDDEN, layers=2, attention_heads=4, inner=64, positions=256, trunk=16)
    return Student(shape).eval()


def tokenizer() -> object:
    """The recipe's kind of tokenizer over the fixed vocabulary."""
    from balm.encoder.recipe.vocabulary import FRAME, assemble

    return assemble([*FRAME, *WORDS], ["退款", "退", "款", "快递", "😡"])


def exported(folder: Path, *, quantise: bool) -> Path:
    """The student as the recipe exports it."""
    from balm.encoder.network.export import write_graph
    from balm.encoder.recipe.export import card

    folder.mkdir(parents=True, exist_ok=True)
    model = student()
    write_graph(model, folder, quantise=quantise)
    tokenizer().save(str(folder / "tokenizer.json"))
    (folder / "balm.json").write_text(json.dumps(card(model, folder)), encoding="utf-8")
    return folder
