"""Measurements beside peers, in one run. Each module is one command: `python -m benchmarks.turns`."""
