"""What the tests of fine-tuning share."""

from tests.tuning.conftest import encoder, one_thread

__all__ = ["encoder", "one_thread"]
