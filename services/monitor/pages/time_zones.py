"""The time zones that a person chooses from: those that contain what is typed, and the one that was typed (pure)."""

from __future__ import annotations

from functools import cache
from zoneinfo import available_timezones

CONTINENTS = (
    "Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific",
)  # fmt: skip
MOST_OFFERED = 12


def containing(typed: str) -> list[str]:
    """The first zones in whose names this stands, in any case; none for nothing."""
    wanted = _folded(typed)
    return [zone for zone in _zones() if wanted in _folded(zone)][:MOST_OFFERED] if wanted else []


def read(typed: str) -> str:
    """The zone that was typed, by its name or by that of its city, in any case. What is none is returned as it is, for
    the owner of the field to refuse."""
    wanted = _folded(typed)
    of_city = [zone for zone in _zones() if wanted in (_folded(zone), _folded(zone.rpartition("/")[2]))]
    return of_city[0] if len(of_city) == 1 else typed.strip()


def _folded(name: str) -> str:
    return name.strip().casefold().replace(" ", "_")


@cache
def _zones() -> tuple[str, ...]:
    """The time zones that are named after places, and UTC."""
    return ("UTC", *sorted(zone for zone in available_timezones() if zone.partition("/")[0] in CONTINENTS))
