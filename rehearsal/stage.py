"""The bot set up for rehearsals: trained model, real actions, a fresh shop for every story."""

from __future__ import annotations

import importlib
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

from rasa.core.agent import Agent
from rasa.core.tracker_store import InMemoryTrackerStore

from balm.bootstrap import care_desk, open_shop
from balm.errors import ConfigError
from balm.generation.request import ReplyGenerator
from balm.generation.scripted import ScriptedGenerator
from balm.settings import Settings

from .endpoint import InProcessActions
from .stories import Story


class Stage:
    """An agent whose actions run in this process, on a shop that each story finds untouched.

    `folder` takes the shops. The settings' own shop is not touched: a rehearsal acts on a demo shop.
    """

    def __init__(self, agent: Agent, wiring: ModuleType, *, settings: Settings, folder: Path) -> None:
        self.agent = agent
        self._wiring = wiring
        self._seeded = folder / "seeded.db"
        self._used = folder / "used.db"
        self.settings = replace(
            settings,
            shop=f"sqlite:///{self._used}" if settings.shop else None,
            generator="template",
            sign_in_secret=secrets.token_hex(32),
        )
        if settings.shop:
            open_shop(f"sqlite:///{self._seeded}", demo=True).close()

    @classmethod
    def open(cls, *, model: Path, actions: str, settings: Settings, folder: Path) -> Stage:
        """A stage for the trained `model`, with the action package `actions`.

        Raises:
            ConfigError: there is no trained model.
        """
        agent = agent_of(model, action_endpoint=InProcessActions(actions))
        agent.tracker_store = agent.processor.tracker_store = InMemoryTrackerStore(agent.domain)
        return cls(agent, importlib.import_module(f"{actions}.wiring"), settings=settings, folder=folder)

    @contextmanager
    def set_for(self, story: Story) -> Iterator[None]:
        """The parts that answer during `story`."""
        if self.settings.shop:
            shutil.copyfile(self._seeded, self._used)
        desk = care_desk(self.settings, generator=_generator(story))
        self._wiring.use(self._wiring.Parts(self.settings, desk))
        try:
            yield
        finally:
            desk.close()


def agent_of(model: Path, **options: Any) -> Agent:
    """Rasa's agent for the trained `model`.

    Raises:
        ConfigError: there is no trained model.
    """
    if not model.exists():
        raise ConfigError(f"balm test, model '{model}': nothing is trained yet. Run `balm train` first.")
    return Agent.load(str(model), **options)


def _generator(story: Story) -> ReplyGenerator | None:
    """The recorded LLM of a story; one that has nothing left to say is an LLM that is down."""
    if story.llm is None:
        return None
    return ScriptedGenerator([] if story.llm == "down" else story.llm)
