"""A graph gives the same results in the known order as with dask."""

from __future__ import annotations

from typing import Any

import pytest
from rasa.engine.exceptions import GraphRunError
from rasa.engine.graph import GraphSchema, SchemaNode
from rasa.engine.runner.dask import DaskGraphRunner

from components.graph import _order, run_in_known_order


class Node:
    """A node that notes its name and what it was given."""

    def __init__(self, name: str, seen: list[str]) -> None:
        self.name, self.seen = name, seen

    def __call__(self, *inputs: Any) -> tuple[str, Any]:
        self.seen.append(self.name)
        return self.name, f"{self.name}({', '.join(str(value) for _, value in inputs)})"


def runner(seen: list[str]) -> DaskGraphRunner:
    """words <- message; intent <- words; emotion <- words; both <- intent, emotion; unused <- words."""
    needs = {
        "both": {"a": "intent", "b": "emotion"},
        "intent": {"a": "words"},
        "emotion": {"a": "words"},
        "unused": {"a": "words"},
        "words": {"a": "__message__"},
    }
    nodes = {
        name: SchemaNode(
            needs=need, uses=object, fn="f", constructor_name="c", config={}, is_target=name == "both"
        )  # type: ignore[arg-type]
        for name, need in needs.items()
    }
    made = DaskGraphRunner.__new__(DaskGraphRunner)
    made._graph_schema = GraphSchema(nodes)
    made._instantiated_nodes = {name: Node(name, seen) for name in needs}  # type: ignore[misc]
    made._execution_context = None  # type: ignore[assignment]
    return made


@pytest.mark.parametrize("targets", [None, ["both"], ["intent"], ["emotion", "intent"], ["unused"]], ids=str)
def test_the_known_order_gives_what_dask_gives(targets: list[str] | None) -> None:
    inputs = {"__message__": "hi"}
    known = run_in_known_order(DaskGraphRunner.run)
    assert known(runner([]), inputs, targets) == DaskGraphRunner.run(runner([]), inputs, targets)


def test_each_node_runs_once_and_only_when_it_is_needed() -> None:
    seen: list[str] = []
    made, run = runner(seen), run_in_known_order(DaskGraphRunner.run)
    run(made, {"__message__": "hi"}, ["both"])
    run(made, {"__message__": "hi"}, ["both"])
    assert sorted(seen) == sorted(["words", "intent", "emotion", "both"] * 2)


def test_an_input_that_is_a_nodes_name_is_refused_as_ever() -> None:
    with pytest.raises(GraphRunError, match="clashes with a node name"):
        run_in_known_order(DaskGraphRunner.run)(runner([]), {"__message__": "intent"}, ["both"])


def test_a_node_stands_after_what_it_needs() -> None:
    nodes = runner([])._graph_schema.nodes
    names = [name for name, _ in _order(nodes, ["both"])]
    assert names.index("words") < names.index("intent") < names.index("both")
