"""Pictures in the colours of the chat page: small SVG files that come out the same from the same figures."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

PAPER, SURFACE, SUNKEN = "#f5f2ea", "#fffdf8", "#ece8dc"
INK, SOFT, LINE = "#1d2925", "#57655f", "#ded8c9"
LEAF, LEAF_DEEP, LEAF_TINT, CLAY = "#2c6a5a", "#21513f", "#dfece5", "#c06422"
SERIES = (LEAF, CLAY, "#4c68a8", "#7b5fb5", "#b07c10")

_STYLE = {
    "figure.facecolor": PAPER, "axes.facecolor": SURFACE, "savefig.facecolor": PAPER,
    "axes.edgecolor": LINE, "axes.labelcolor": INK, "text.color": INK,
    "xtick.color": SOFT, "ytick.color": SOFT, "grid.color": SUNKEN, "axes.grid": True, "axes.axisbelow": True,
    "axes.spines.top": False, "axes.spines.right": False, "legend.frameon": False,
    "font.family": "sans-serif", "font.sans-serif": ["DejaVu Sans"], "font.size": 10,
    "axes.titlesize": 11, "axes.titleweight": "bold", "axes.titlelocation": "left",
    "figure.titlesize": 13, "svg.hashsalt": "balm", "svg.fonttype": "path",
}  # fmt: skip


@contextmanager
def picture(path: Path, *, columns: int = 1, width: float = 9.0, height: float = 4.0) -> Iterator[list[Any]]:
    """Axes side by side to draw on; the picture stands in `path` afterwards."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    with matplotlib.rc_context(_STYLE):
        drawn, axes = pyplot.subplots(1, columns, figsize=(width, height), squeeze=False, sharey=True)
        yield list(axes[0])
        drawn.tight_layout(w_pad=2)
        path.parent.mkdir(parents=True, exist_ok=True)
        drawn.savefig(path, metadata={"Date": None})
        pyplot.close(drawn)


def leaves() -> Any:
    """The colour map from paper to deep leaf."""
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list("leaves", [SURFACE, LEAF_TINT, "#7cb59f", LEAF, LEAF_DEEP])
