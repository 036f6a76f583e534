"""The closed sets that a reading draws from."""

from __future__ import annotations

EMOTIONS = ("neutral", "joy", "confusion", "anxiety", "disappointment", "frustration", "anger")

CAUSES = (
    "product_quality",
    "delivery",
    "refund_return",
    "price_payment",
    "service_attitude",
    "wait_response",
    "technical",
    "account_info",
    "policy",
    "other",
    "none",
)

VALENCES = {
    "neutral": "neutral",
    "joy": "positive",
    "confusion": "neutral",
    "anxiety": "negative",
    "disappointment": "negative",
    "frustration": "negative",
    "anger": "negative",
}
