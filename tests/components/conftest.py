"""Real graph parts for component tests: a model storage, a resource, an execution context."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="session", autouse=True)
def _quiet_rasa() -> None:
    from rasa.utils.log_utils import configure_structlog

    configure_structlog(logging.ERROR)


class Workbench:
    """Creates, trains and loads a component as Rasa's graph does."""

    def __init__(self, folder: Path) -> None:
        from rasa.engine.graph import ExecutionContext, GraphSchema
        from rasa.engine.storage.local_model_storage import LocalModelStorage
        from rasa.engine.storage.resource import Resource

        self.storage = LocalModelStorage.create(folder)
        self.resource = Resource("component")
        self.context = ExecutionContext(GraphSchema({}))

    def create(self, component: Any, **config: Any) -> Any:
        return self._made(component.create, component, config)

    def load(self, component: Any, **config: Any) -> Any:
        return self._made(component.load, component, config)

    def _made(self, make: Any, component: Any, config: dict[str, Any]) -> Any:
        merged = {**component.get_default_config(), **config}
        return make(merged, self.storage, self.resource, self.context)


@pytest.fixture
def workbench(tmp_path: Path) -> Workbench:
    folder = tmp_path / "storage"
    folder.mkdir()
    return Workbench(folder)


def training_data(yaml_text: str) -> Any:
    """NLU training data from the text of a data/nlu file."""
    from rasa.shared.nlu.training_data.formats import RasaYAMLReader

    return RasaYAMLReader().reads(yaml_text)


@pytest.fixture
def nlu() -> Any:
    return training_data
