"""What one message costs, in time and memory, beside its peers: `python -m benchmarks.latency`."""
