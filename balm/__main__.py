"""`python -m balm` is the command `balm`."""

from balm.cli import app

app()
