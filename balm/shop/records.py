"""The tables of what the bot does: cases it opens, questions it asks, proofs it has looked at."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Integer, String, Text, UniqueConstraint

from balm.shop.orm import Base, Moment


class Case(Base):
    """Something the shop has taken on for a customer: a return, an exchange or a ticket.

    `open_key` is unique and names what the case is about as long as it is open, so that two
    action servers that hear the same message open one case. It is emptied when the case closes.
    `line_ids` are the order's lines that a return is about; none means all of them.
    """

    __tablename__ = "cases"
    id: int = Column(Integer, primary_key=True)
    kind: str = Column(String(20), nullable=False)
    open_key: str | None = Column(String(80), unique=True)
    order_number: str = Column(ForeignKey("orders.number"), nullable=False, index=True)
    line_ids: list[int] = Column(JSON, nullable=False, default=list)
    opened_at: datetime = Column(Moment, nullable=False)
    due_at: datetime = Column(Moment, nullable=False)
    closed_at: datetime | None = Column(Moment)


class CaseNote(Base):
    """What the customer said about a case, for whoever works on it."""

    __tablename__ = "case_notes"
    __table_args__ = (UniqueConstraint("case_id", "conversation_id", "at"),)
    id: int = Column(Integer, primary_key=True)
    case_id: int = Column(ForeignKey("cases.id"), nullable=False, index=True)
    conversation_id: str = Column(String(120), nullable=False)
    at: datetime = Column(Moment, nullable=False)
    text: str = Column(Text, nullable=False)


class Question(Base):
    """What a conversation has been asked to confirm; a yes acts on this and on nothing else."""

    __tablename__ = "questions"
    conversation_id: str = Column(String(120), primary_key=True)
    intent: str = Column(String(40), nullable=False)
    order_number: str = Column(ForeignKey("orders.number"), nullable=False)
    asked_at: datetime = Column(Moment, nullable=False)


class Guesses(Base):
    """Wrong proofs for an order number or in a conversation, since a time."""

    __tablename__ = "guesses"
    key: str = Column(String(140), primary_key=True)
    wrong: int = Column(Integer, nullable=False, default=0)
    since: datetime = Column(Moment, nullable=False)


class Proof(Base):
    """A number and a proof that a conversation has given, as a digest, and whether they fitted.

    The same pair given again tells nobody anything new, so it is not counted as another guess.
    """

    __tablename__ = "proofs"
    conversation_id: str = Column(String(120), primary_key=True)
    pair: str = Column(String(64), primary_key=True)
    right: bool = Column(Boolean, nullable=False)


class Mark(Base):
    """Something done once for the whole database, and when."""

    __tablename__ = "marks"
    name: str = Column(String(40), primary_key=True)
    at: datetime = Column(Moment, nullable=False)
