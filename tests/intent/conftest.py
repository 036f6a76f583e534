"""What the tests of fine-tuning share."""

from tests.tuning.conftest import one_thread

__all__ = ["one_thread"]
