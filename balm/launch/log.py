"""What a log says went wrong."""

from __future__ import annotations

import re
from pathlib import Path

COLOUR = re.compile(r"\x1b\[[0-9;]*m")
CAUSE = re.compile(r"[\w.]*(Error|Exception|Refused\w+): ")


def cause(log: Path) -> str:
    """The line of `log` that names the first cause; its last line when none does."""
    plain = COLOUR.sub("", log.read_text(encoding="utf8", errors="replace"))
    lines = [line.strip() for line in plain.splitlines() if line.strip()]
    causes = [line for line in lines if CAUSE.match(line)]
    return (causes or lines[-1:] or ["it printed nothing."])[0]
