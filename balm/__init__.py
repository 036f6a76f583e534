"""Balm: notice how the customer feels, choose how to care, say it well.

The core. It knows nothing of Rasa; `components/`, `actions/` and `channels/` adapt it.
Importing it reads no file, opens no socket and loads no model.
"""

__version__ = "0.1.0"
