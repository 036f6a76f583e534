"""What customers want: Balm beside Rasa's DIET, an SVM and an LSTM, on the same cores in one run.

`python -m benchmarks.intents --help` tells how it is run. Every cell (one method on one set with one seed) is
a process of its own, and is written down as soon as it is finished.
"""
