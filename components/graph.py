"""The pipeline's graph, run in an order that is found once.

For each message Rasa cuts its graph down to what is asked for, turns it into a dask graph and lets dask find
the order, in three runs a turn. The order only depends on what is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

_ORDERS = "_orders_by_target"
Order = list[tuple[str, tuple[str, ...]]]


def run_in_known_order(run: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    """`DaskGraphRunner.run`, one node after the other. Trouble with the inputs is left to Rasa's own."""

    def run_nodes(
        runner: Any, inputs: dict[str, Any] | None = None, targets: list[str] | None = None
    ) -> dict[str, Any]:
        wanted = targets or runner._graph_schema.target_names
        orders = runner.__dict__.setdefault(_ORDERS, {})
        key = tuple(wanted)
        if key not in orders:
            orders[key] = _order(runner._graph_schema.minimal_graph_schema(wanted).nodes, wanted)
        given = inputs or {}
        if any(isinstance(value, str) and value in runner._instantiated_nodes for value in given.values()):
            return run(runner, inputs, targets)  # it refuses them
        found: dict[str, Any] = {name: (name, value) for name, value in given.items()}
        for name, needs in orders[key]:
            found[name] = runner._instantiated_nodes[name](*(found.get(need, need) for need in needs))
        return dict(found[name] for name in wanted)

    return run_nodes


def _order(nodes: dict[str, Any], targets: Iterable[str]) -> Order:
    """The nodes with what each needs, every node after those that it needs."""
    order: dict[str, tuple[str, ...]] = {}

    def visit(name: str) -> None:
        if name not in nodes or name in order:
            return
        needs = tuple(nodes[name].needs.values())
        for need in needs:
            visit(need)
        order[name] = needs

    for target in targets:
        visit(target)
    return list(order.items())
