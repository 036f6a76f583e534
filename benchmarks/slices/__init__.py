"""Does a reading hold when the words change and the feeling does not? `python -m benchmarks.slices`."""
