"""A YAML file read strictly: a key that stands twice is refused instead of silently dropped."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from balm.errors import ConfigError


def read_table(path: Path) -> Any:
    """What the YAML file at `path` holds.

    Raises:
        ConfigError: the file is missing, is no YAML, or has a key twice in one mapping.
    """
    import yaml

    try:
        root = yaml.compose(path.read_text(encoding="utf8"), Loader=yaml.SafeLoader)
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror}). Check the path.") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: this is not YAML in UTF-8: {error}") from error
    if root is None:
        return None
    _refuse_twins(root, path.name)
    return yaml.safe_load(path.read_text(encoding="utf8"))


def _refuse_twins(node: Any, source: str) -> None:
    """Walk the nodes and stop at the first key that its mapping already has."""
    import yaml

    if isinstance(node, yaml.SequenceNode):
        for child in node.value:
            _refuse_twins(child, source)
    if not isinstance(node, yaml.MappingNode):
        return
    seen: set[str] = set()
    for key, child in node.value:
        if key.value in seen:
            line = key.start_mark.line + 1
            raise ConfigError(
                f"{source}, line {line}: key '{key.value}': it stands twice. Once is allowed. Remove one."
            )
        seen.add(key.value)
        _refuse_twins(child, source)
