"""A regularised multinomial logistic head, the one learner behind intents and designers' emotions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
ROUNDS = 150


@dataclass(frozen=True, eq=False)
class SideBySide:
    """Features of the same rows, `dense` (rows, m) and `sparse` (rows, n), as one matrix (rows, m + n)."""

    dense: NDArray[np.float32]
    sparse: Any  # a SciPy sparse matrix

    @property
    def shape(self) -> tuple[int, int]:
        return len(self.dense), self.dense.shape[1] + self.sparse.shape[1]

    @property
    def T(self) -> _OneOnTheOther:
        """The same matrix (m + n, rows)."""
        return _OneOnTheOther(self.dense.T, self.sparse.T.tocsr())

    def __matmul__(self, table: Array) -> Array:
        width = self.dense.shape[1]
        return np.asarray(self.dense @ table[:width] + self.sparse @ table[width:])


@dataclass(frozen=True, eq=False)
class _OneOnTheOther:
    """A `SideBySide` seen from its columns."""

    dense: NDArray[np.float32]
    sparse: Any

    def __matmul__(self, table: Array) -> Array:
        return np.vstack([self.dense @ table, self.sparse @ table])


@dataclass(frozen=True, eq=False)
class LinearHead:
    """Weights (features, classes) and bias (classes,)."""

    weights: NDArray[np.float32]
    bias: NDArray[np.float32]

    def logits(self, features: Any) -> Array:
        """(rows, classes) for features (rows, features)."""
        return np.asarray(features @ self.weights + self.bias)


def fit(
    features: Any,
    truth: Array,
    classes: int,
    *,
    strength: float,
    offset: Array | None = None,
    weights: Array | None = None,
    steady: Array | None = None,
    start: LinearHead | None = None,
) -> LinearHead:
    """The head under which the true classes are likeliest, held back by an L2 penalty.

    `features` is (rows, features), an array or `SideBySide`; `truth` holds class numbers (rows,) or the
    chance of each class (rows, classes); `strength` is the inverse of the penalty. With an `offset`
    (rows, classes) the head learns only what those logits lack. `steady` (features + 1, features + 1) is
    the sum of outer products of other features, a one behind each: their squared logits are held back as
    well. The search begins at `start`, a head for like features, or at zero.
    Deterministic: equal input gives equal bits.
    """
    from scipy.optimize import minimize

    rows, width = features.shape
    seen = features if isinstance(features, SideBySide) else np.ascontiguousarray(features, np.float32)
    columns = seen.T
    known = np.zeros((rows, classes), np.float32) if offset is None else np.asarray(offset, np.float32)
    share = np.ones((rows, 1), np.float32) if weights is None else np.asarray(weights, np.float32)[:, None]
    goal = np.eye(classes, dtype=np.float32)[truth] if truth.ndim == 1 else truth.astype(np.float32)

    def held(table: Array) -> Array:
        return table / strength if steady is None else table / strength + steady @ table

    def loss(flat: Array) -> tuple[float, Array]:
        table = flat.reshape(width + 1, classes)
        small = table.astype(np.float32)
        logs = _log_softmax(known + seen @ small[:-1] + small[-1])
        error = (np.exp(logs) - goal) * share
        back = held(table)
        slope = np.vstack([columns @ error, error.sum(0, keepdims=True)]) + back
        value = 0.5 * (table * back).sum() - (share * goal * logs).sum(dtype=np.float64)
        return float(value), slope.ravel()

    first = np.zeros((width + 1, classes)) if start is None else np.vstack([start.weights, start.bias])
    options = {"maxiter": ROUNDS, "maxcor": 8, "ftol": 1e-5}
    found = minimize(loss, first.ravel().astype(float), jac=True, method="L-BFGS-B", options=options)
    table = found.x.reshape(width + 1, classes).astype(np.float32)
    return LinearHead(table[:-1], table[-1])


def _log_softmax(logits: Array) -> Array:
    shifted = logits - logits.max(1, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(1, keepdims=True)))


def folds(truth: Array, count: int, seed: int) -> list[Array]:
    """Index arrays that part the rows into `count` shares with like classes in each."""
    rng = np.random.default_rng(seed)
    place = np.empty(len(truth), int)
    for label in np.unique(truth):
        members = rng.permutation(np.flatnonzero(truth == label))
        place[members] = (np.arange(len(members)) + rng.integers(count)) % count
    return [np.flatnonzero(place == number) for number in range(count)]


def blind(
    features: Any,
    truth: Array,
    classes: int,
    *,
    strength: float,
    seed: int,
    weights: Array | None = None,
) -> tuple[Array, Array]:
    """Row numbers of a quarter of the data, and logits from a head that never saw them, for calibration."""
    hidden = folds(truth, 4, seed)[0]
    rest = np.setdiff1d(np.arange(len(truth)), hidden)
    share = None if weights is None else weights[rest]
    head = fit(features[rest], truth[rest], classes, strength=strength, weights=share)
    return hidden, head.logits(features[hidden])


def numbered(labels: Sequence[str]) -> tuple[tuple[str, ...], Array]:
    """The distinct labels in order, and each row's number among them.

    >>> numbered(["b", "a", "b"])[0]
    ('a', 'b')
    """
    names = sorted(set(labels))
    numbers = {name: index for index, name in enumerate(names)}
    return tuple(names), np.array([numbers[label] for label in labels], int)
