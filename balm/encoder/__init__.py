"""Text in, sentence embedding and emotion logits out: the bundled encoder or any Hugging Face one."""

from balm.encoder.encoder import Encoder
from balm.encoder.encoding import Encoded, Encoding

__all__ = ["Encoded", "Encoder", "Encoding"]
