"""What the tests of fine-tuning share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from balm.encoder import Encoder
from tests.encoder import tiny_models


@pytest.fixture(scope="package", autouse=True)
def one_thread() -> Iterator[None]:
    """Small networks wait for a second thread longer than they compute."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module", params=["exported", "hugging face"])
def encoder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Encoder:
    """An encoder of each kind that can be fine-tuned."""
    folder = tmp_path_factory.mktemp("encoder")
    if request.param == "exported":
        return Encoder.load(tiny_models.exported(folder, quantise=True))
    return Encoder.load(tiny_models.hugging_face(folder))
