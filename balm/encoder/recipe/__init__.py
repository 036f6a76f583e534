"""How the bundled encoder was made, and how to make it again: `python -m balm.encoder.recipe --help`."""
