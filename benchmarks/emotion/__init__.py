"""How well emotion is read on real turns that never trained, beside peers: `python -m benchmarks.emotion`."""
