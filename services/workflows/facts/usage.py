"""Computes the trend of a product's usage from the customer's record."""

from shared.ground.json_types import JsonObject

STEADY_WITHIN = 3.0


def read(usage: JsonObject) -> JsonObject:
    """`{trend: growing | steady | declining | unknown, changePercent, seatUsePercent}`; unknown numbers are None.

    `changePercent` compares the mean of the last three months of `monthlyActiveUsers` with the three before, or the two
    halves if there are fewer than six.
    """
    change = _change([value for value in usage.get("monthlyActiveUsers") or [] if value is not None])
    licensed, active = usage.get("licensedSeats"), usage.get("activeSeats")
    return {
        "trend": _trend(change),
        "changePercent": change,
        "seatUsePercent": round(100 * active / licensed, 1) if licensed and active is not None else None,
    }


def _change(months: list[float]) -> float | None:
    span = min(3, len(months) // 2)
    if not span:
        return None
    before, last = sum(months[-2 * span : -span]) / span, sum(months[-span:]) / span
    return round(100 * (last - before) / before, 1) if before else None


def _trend(change: float | None) -> str:
    if change is None:
        return "unknown"
    if abs(change) <= STEADY_WITHIN:
        return "steady"
    return "growing" if change > 0 else "declining"
