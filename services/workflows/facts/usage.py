"""Computes the trend of a product's usage from the customer's record."""

from collections.abc import Iterable
from datetime import date
from typing import Protocol

from shared.ground.json_types import JsonObject

STEADY_WITHIN = 3.0
MONTHS = 12


class Reading(Protocol):
    """The use of a product at a site on a day; `active` is None where there is no data."""

    product: str
    site: str
    on: date
    active: int | None
    licensed: int | None
    live: bool


def of_readings(readings: Iterable[Reading]) -> JsonObject:
    """The usage that readings show, `{licensedSeats, activeSeats, monthlyActiveUsers}`; empty without readings.

    Seats are the sum of the latest reading of each product and site that is live; a month's users are the sum of the
    last reading with data that each of them has in it, and a month in which one of them has none is left out.
    """
    latest: dict[tuple[str, str], Reading] = {}
    months: dict[str, dict[tuple[str, str], int]] = {}
    for reading in sorted(readings, key=lambda reading: reading.on):
        if not reading.live:
            continue
        place = (reading.product, reading.site)
        latest[place] = reading
        if reading.active is not None:
            months.setdefault(f"{reading.on:%Y-%m}", {})[place] = reading.active
    if not latest:
        return {}
    whole = [sum(places.values()) for _, places in sorted(months.items()) if places.keys() == latest.keys()]
    return {
        "licensedSeats": _sum(reading.licensed for reading in latest.values()),
        "activeSeats": _sum(reading.active for reading in latest.values()),
        "monthlyActiveUsers": whole[-MONTHS:],
    }


def _sum(values: Iterable[int | None]) -> int | None:
    """The sum; None if one of them is not known."""
    known = list(values)
    return None if None in known else sum(value for value in known if value is not None)


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
