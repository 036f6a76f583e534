"""One place that builds the care desk from the settings."""

from __future__ import annotations

from balm.care import CareDesk
from balm.generation.request import ReplyGenerator
from balm.settings import Settings
