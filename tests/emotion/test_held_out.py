"""Messages that nobody trains on: written, without a look at the training data, as people try a bot."""

from __future__ import annotations

from pathlib import Path

import pytest

from balm.emotion.data import read_file, read_folder
from balm.emotion.model import EmotionModel
from balm.emotion.training import shipped_folder
from balm.encoder import Encoder

HERE = Path(__file__).parent
RIGHT = 0.85
"""Measured: docs/model_card.md. Below this, a new model or a new export has lost something."""


@pytest.fixture(params=["zh", "en"])
def asked(request):
    return read_file(HERE / f"held_out_{request.param}.yml")


def test_none_of_them_is_taught(asked):
    shipped = shipped_folder()
    taught = {message.text for folder in (shipped, shipped / "starter") for message in read_folder(folder)}
    assert not taught & {message.text for message in asked}


def test_most_of_them_are_read_rightly(asked):
    readings = EmotionModel(Encoder.load()).read([message.text for message in asked])
    right = [said.name == m.label.emotion for said, m in zip(readings, asked, strict=True)]
    assert sum(right) >= RIGHT * len(right)
