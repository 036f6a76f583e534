"""What Balm's components have in common in Rasa's graph: checked options, a model folder, two languages."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar, TypeVar

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage

from balm.errors import BalmError

from .options import Options, RefusedModel

LANGUAGES = ["zh", "en"]
Made = TypeVar("Made", bound="Component")


class Component(GraphComponent):
    """Base of the components: `options` is the dataclass of its keys, `restore` reads what `train` kept."""

    options: ClassVar[type[Options]]

    def __init__(self, options: Any, storage: ModelStorage, resource: Resource) -> None:
        self._options, self._storage, self._resource = options, storage, resource

    @classmethod
    def get_default_config(cls) -> dict[str, Any]:
        """Every key with its default."""
        return cls.options.defaults()

    @staticmethod
    def supported_languages() -> list[str]:
        """The values of `language:` in config.yml that are accepted; each reads both languages."""
        return LANGUAGES

    @classmethod
    def create(
        cls: type[Made],
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> Made:
        """The component before training; a wrong key or path is told now."""
        options = cls.options.parse(config)
        options.check_paths()
        return cls(options, model_storage, resource)

    @classmethod
    def load(
        cls: type[Made],
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> Made:
        """The trained component.

        Raises:
            RefusedModel: what `train` kept is missing or broken; the server stops.
        """
        component = cls(cls.options.parse(config), model_storage, resource)
        try:
            with model_storage.read_from(resource) as folder:
                component.restore(folder)
        except (ValueError, OSError, BalmError) as error:
            raise RefusedModel(
                f"{cls.__name__} model '{resource.name}': {error} Run `rasa train`."
            ) from error
        return component

    def restore(self, folder: Path) -> None:
        """Takes over what `train` wrote into `folder`."""
        raise NotImplementedError
