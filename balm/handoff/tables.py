"""The two tables behind the handoff desk."""

from __future__ import annotations

from sqlalchemy import Column, Float, ForeignKey, Integer, MetaData, String, Table, Text

METADATA = MetaData()

# `open_key` is the conversation's id while the handoff is open and NULL afterwards. Being unique, it
# keeps two processes from opening two handoffs for one conversation, on every database alike.
HANDOFFS = Table(
    "handoffs",
    METADATA,
    Column("id", String(16), primary_key=True),
    Column("conversation_id", String(255), nullable=False, index=True),
    Column("open_key", String(255), unique=True),
    Column("reason", String(80), nullable=False),
    Column("summary", Text, nullable=False),
    Column("language", String(8), nullable=False),
    Column("state", String(16), nullable=False),
    Column("opened_at", Float(53), nullable=False),
)

NOTES = Table(
    "handoff_notes",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("handoff_id", String(16), ForeignKey("handoffs.id"), nullable=False, index=True),
    Column("at", Float(53), nullable=False),
    Column("text", Text, nullable=False),
)
