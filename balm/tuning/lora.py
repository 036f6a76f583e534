"""LoRA: small trainable matrices beside the frozen ones of every layer, folded into them at the end."""

from __future__ import annotations

from collections.abc import Callable

from torch import nn

from balm.tuning.body import Body

DROPOUT = 0.05


def adapt(body: Body, *, rank: int) -> Callable[[], object]:
    """What folds the new matrices into the layers once they have learned; all else is frozen now."""
    from peft import LoraConfig, LoraModel

    config = LoraConfig(
        r=rank, lora_alpha=2 * rank, lora_dropout=DROPOUT, target_modules=products(body), bias="none"
    )
    adapted = LoraModel(body.module, config, "default")
    return lambda: adapted.merge_and_unload()


def products(body: Body) -> list[str]:
    """The names of the linear maps inside the layers."""
    inside = {id(part) for layer in body.layers for part in layer.modules() if isinstance(part, nn.Linear)}
    return [name for name, part in body.module.named_modules() if id(part) in inside]
