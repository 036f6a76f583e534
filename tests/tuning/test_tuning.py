"""Fine-tuning teaches an encoder the intents, repeatably, and leaves the given encoder alone."""

from __future__ import annotations

import gc
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from balm.encoder import Encoder
from balm.tuning import TuneOptions
from balm.tuning.adversary import Adversary
from balm.tuning.body import open_body
from balm.tuning.loop import rates
from balm.tuning.lora import adapt
from balm.tuning.tuned import tuned
from tests.encoder import tiny_models
from tests.tuning.examples import TEXTS, TRUTH, apartness

FAST = {"epochs": 8, "batch": 8, "learning_rate": 0.01}


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    return Encoder.load(tiny_models.exported(tmp_path_factory.mktemp("exported"), quantise=False))


def learn(encoder, seed=1, **options):
    return tuned(encoder, TEXTS, TRUTH, tuning=TuneOptions(**{**FAST, **options}), seed=seed)


WAYS = [
    {"method": "full"},
    {"method": "full", "layer_decay": 0.8},
    {"method": "full", "adversarial": 0.05},
    {"method": "full", "class_weights": "balanced"},
    {"method": "lora"},
    {"method": "lora", "lora_rank": 2, "layer_decay": 0.9, "adversarial": 0.05, "learning_rate": 0.05},
]


@pytest.mark.parametrize("options", WAYS, ids=lambda row: " ".join(map(str, row.values())))
def test_messages_of_one_intent_move_together_and_away_from_the_others(encoder, options):
    assert apartness(learn(encoder, **options)) > apartness(encoder) + 0.05


def test_the_given_encoder_stays_as_it_is(encoder):
    before, identity = encoder.embed(TEXTS), encoder.identity
    changed = learn(encoder, method="full")
    assert np.array_equal(Encoder.load(encoder.source).embed(TEXTS), before)
    assert Encoder.load(encoder.source).identity == identity != changed.identity


@pytest.mark.parametrize("method", ["full", "lora"])
def test_the_same_seed_gives_the_same_bits(encoder, method):
    options = {"method": method, "epochs": 2, "adversarial": 0.1}
    first, again, other = (learn(encoder, seed=seed, **options) for seed in (1, 1, 2))
    weights = "model.onnx" if encoder.card else "model.safetensors"
    bits = [(Path(one.source) / weights).read_bytes() for one in (first, again, other)]
    assert bits[0] == bits[1] != bits[2]


def test_drawing_for_fine_tuning_leaves_other_dice_alone(exported):
    torch.manual_seed(5)
    wanted = torch.rand(3)
    torch.manual_seed(5)
    learn(exported, method="full", epochs=1)
    assert torch.equal(torch.rand(3), wanted)


def test_the_folder_goes_when_the_encoder_does(exported):
    changed = learn(exported, method="full", epochs=1)
    folder = Path(changed.source)
    assert folder.is_dir()
    del changed
    gc.collect()
    assert not folder.exists()


def test_class_numbers_may_have_gaps(exported):
    changed = tuned(exported, TEXTS, TRUTH * 3, tuning=TuneOptions(method="full", epochs=1), seed=1)
    assert np.isfinite(changed.embed(TEXTS)).all()


def test_each_layer_learns_slower_than_the_one_above_it(encoder):
    body = open_body(encoder.source)
    groups = rates(body, TuneOptions(method="full", learning_rate=0.01, layer_decay=0.5))
    assert [group["lr"] for group in groups] == [0.01, 0.005, 0.0025]
    top = {id(weight) for weight in body.layers[-1].parameters()}
    assert {id(weight) for weight in groups[0]["params"]} == top
    assert any(weight is body.words.weight for weight in groups[2]["params"])
    counted = sum(len(group["params"]) for group in groups)
    assert counted == len(list(body.module.parameters())), "every weight is in one group"


def test_lora_trains_nothing_but_its_small_matrices_and_folds_them_in(encoder):
    body = open_body(encoder.source)
    names = [name for name, _ in body.module.named_parameters()]
    with torch.inference_mode():
        before = body.embed(TEXTS)
    fold = adapt(body, rank=2)
    body.module.eval()
    learning = [(n, w) for n, w in body.module.named_parameters() if w.requires_grad]
    assert learning and all("lora_" in name and min(weight.shape) == 2 for name, weight in learning)
    with torch.no_grad():
        for _, weight in learning:
            weight.normal_(std=0.3)
        adapted = body.embed(TEXTS)
        fold()
        assert [name for name, _ in body.module.named_parameters()] == names
        assert torch.allclose(body.embed(TEXTS), adapted, atol=1e-5)
    assert not torch.allclose(adapted, before, atol=1e-3)


@pytest.mark.parametrize("frozen", [False, True], ids=["learning words", "frozen words"])
def test_the_adversary_raises_the_loss_and_goes_again(encoder, frozen):
    body = open_body(encoder.source)
    body.words.weight.requires_grad_(not frozen)
    goal = torch.from_numpy(encoder.embed(["refund"])).repeat(len(TEXTS), 1)

    def loss():
        return 1 - (body.embed(TEXTS) * goal).sum(-1).mean()

    adversary = Adversary(body.words, 0.1)
    first = loss()
    first.backward()
    with adversary.attack():
        attacked = loss()
    assert attacked > first
    assert torch.equal(loss(), first), "the words are where they were"


@pytest.mark.parametrize(
    ("method", "library"), [("full", "torch"), ("full", "onnx"), ("lora", "peft")], ids=str
)
def test_a_missing_library_is_named_with_what_to_install(method, library):
    code = (
        f"import sys; sys.modules[{library!r}] = None\n"
        "from balm.tuning.body import check_libraries\ncheck_libraries('head')\n"
        f"try: check_libraries({method!r})\nexcept Exception as error: print(type(error).__name__, error)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("ModelError") and "extra 'hf'" in done.stdout and library in done.stdout


def test_choosing_options_loads_no_heavy_library():
    code = (
        "import sys; from balm.tuning import TuneOptions; from balm.tuning.body import check_libraries;"
        "from balm.intent import IntentModel; TuneOptions.parse('lora');"
        "print([m for m in ('torch', 'transformers', 'peft', 'onnx', 'scipy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
