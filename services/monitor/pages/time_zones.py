"""The time zones that a person chooses from."""

from __future__ import annotations

from functools import cache
from zoneinfo import available_timezones

CONTINENTS = (
    "Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific",
)  # fmt: skip


def choices(chosen: str | None) -> list[tuple[str, str]]:
    """The zones with their names for a field; what is chosen already is among them, whatever it is."""
    zones = _zones() if not chosen or chosen in _zones() else (chosen, *_zones())
    return [(zone, zone.replace("_", " ")) for zone in zones]


@cache
def _zones() -> tuple[str, ...]:
    """The time zones that are named after places, and UTC."""
    return ("UTC", *sorted(zone for zone in available_timezones() if zone.partition("/")[0] in CONTINENTS))
