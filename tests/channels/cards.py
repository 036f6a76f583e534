"""Why-cards as the care desk writes them, for the tests of the page."""

from __future__ import annotations

from typing import Any

ZH_LATE = "我买的羽绒服三天了还没发货，你们到底管不管！"
EN_MISSING = "My parcel says delivered but nothing is here, I need it for tomorrow"


def reading(name: str, *, cause: str, evidence: tuple[str, ...], **more: Any) -> dict[str, Any]:
    """An emotion reading as JSON."""
    return {
        "name": name,
        "confidence": 0.86,
        "intensity": 0.72,
        "valence": "negative",
        "cause": {"name": cause, "confidence": 0.91},
        "needs_human": 0.2,
        "sarcasm": 0.0,
        "abstained": False,
        "ranking": [{"name": name, "confidence": 0.86}, {"name": "anger", "confidence": 0.09}],
        "evidence": list(evidence),
        **more,
    }


def card(strategy: str, rule: str, read: dict[str, Any], frustration: float, **more: Any) -> dict[str, Any]:
    """A full card."""
    return {
        "strategy": strategy,
        "rule": rule,
        "reason": f"{read['name']} at {read['intensity']}, {read['cause']['name']}",
        "reading": read,
        "frustration": frustration,
        "clock": {"frustration": frustration, "negative_run": 1, "repeats": 0, "trend": "rising"},
        "quiet": False,
        "facts": [],
        "asks": None,
        "generator": "template",
        "prompt": None,
        "guard": [],
        "fallback": None,
        "handoff": {"id": None, "state": "none", "next": None},
        "latency_ms": {
            "clock": 0.1,
            "facts": 3.4,
            "policy": 0.2,
            "handoff": 0.1,
            "words": 1.5,
            "total": 5.2,
        },
        **more,
    }


LATE_CARD = card(
    "apologise",
    "late_and_upset",
    reading("frustration", cause="delivery", evidence=("三天了", "还没发货", "到底管不管")),
    0.58,
    facts=[
        {
            "kind": "order_preparing_late",
            "values": {
                "order_number": "BM10024683",
                "items": "云朵轻羽绒服（雾蓝，M）",
                "ship_by": "11月19日",
                "days_late": "3",
            },
        }
    ],
)
MISSING_CARD = card(
    "soothe",
    "worried_about_a_date",
    reading(
        "anxiety", cause="delivery", evidence=("nothing is here", "need it for tomorrow"), needs_human=0.64
    ),
    0.41,
    asks="order_number",
    generator="openai",
    prompt="reply.en.v3",
    fallback="DraftTimeout: no draft within 8.0 s",
    guard=[
        {"rule": "claims", "ok": False, "reason": "'tomorrow for sure' stands on no fact"},
        {"rule": "language", "ok": True, "reason": ""},
    ],
    latency_ms={
        "clock": 0.1,
        "facts": 4.0,
        "policy": 0.2,
        "handoff": 0.1,
        "words": 8002.9,
        "total": 8007.2,
    },
)
