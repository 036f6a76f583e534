"""Opening a case for a customer, once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta, timezone

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from balm.shop.models import Order, OrderLine
from balm.shop.promises import promises
from balm.shop.proof import key_of
from balm.shop.records import Case, CaseNote
from balm.shop.scene import Scene

NOTE_LENGTH = 2000


def open_case(scene: Scene, order: Order, kind: str, lines: Sequence[OrderLine] = ()) -> tuple[Case, bool]:
    """The open case of this kind about `order`, and whether it was opened just now.

    The customer's words are added to it as a note, the same message only once.
    """
    taking = promises().cases[kind]
    key = f"{order.number}:{taking.key}"
    case, new = _open(scene, key), False
    if case is None:
        case = Case(
            kind=kind,
            open_key=key,
            order_number=order.number,
            line_ids=[line.id for line in lines],
            opened_at=scene.now,
            due_at=scene.now + timedelta(hours=taking.hours),
        )
        new = _added(scene, case)
        case = case if new else _open(scene, key) or case
    _note(scene, case)
    if not new and case.line_ids and lines:
        case.line_ids = sorted({*case.line_ids, *(line.id for line in lines)})
    return case, new


def _open(scene: Scene, key: str) -> Case | None:
    case: Case | None = scene.session.execute(
        select(Case).where(Case.open_key == key).with_for_update()
    ).scalar()
    return case


def _note(scene: Scene, case: Case) -> None:
    text = scene.turn.text.replace("\0", "").encode("utf8", "replace").decode("utf8")[:NOTE_LENGTH]
    at = datetime.fromtimestamp(scene.turn.at, timezone.utc)
    _added(scene, CaseNote(case_id=case.id, conversation_id=key_of(scene.conversation.id), at=at, text=text))


def _added(scene: Scene, row: object) -> bool:
    """Whether `row` is new; another action server, or the same message before, may have stored it."""
    try:
        with scene.session.begin_nested():
            scene.session.add(row)
    except IntegrityError:
        return False
    return True
