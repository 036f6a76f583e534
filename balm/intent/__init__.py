"""What does the customer want? Text in, ranked intents out."""

from balm.intent.model import IntentModel

__all__ = ["IntentModel"]
