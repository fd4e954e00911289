"""The readings of a customer over time, as the charts of its page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from shared.ground.json_types import JsonObject

READINGS_SHOWN = 24


@dataclass(frozen=True)
class Reading:
    """A figure on a day, with the figure that it is of; None is no data."""

    on: str
    value: float | None
    beside: float | None
    source: str | None
    note: str | None

    @classmethod
    def of_score(cls, score: JsonObject) -> Self:
        """A reading of the health or the likelihood."""
        return cls(score["on"], score["value"], None, score.get("source"), score.get("note"))

    @classmethod
    def of_usage(cls, usage: JsonObject) -> Self:
        """The active users among the licensed ones."""
        return cls(usage["on"], usage["active"], usage["licensed"], usage.get("source"), usage.get("note"))


@dataclass(frozen=True)
class Chart:
    """Readings of one measure, the oldest first; `most` is the highest figure there can be, if there is one."""

    title: str
    readings: Sequence[Reading]
    most: int | None = None


def charts(scores: Sequence[JsonObject], usage: Sequence[JsonObject]) -> list[Chart]:
    """The health, the likelihood, and the usage of each product at each site."""
    measures = (("health", "Health"), ("likelihood", "Likelihood to renew"))
    found = [
        _chart(title, [Reading.of_score(score) for score in scores if score["measure"] == measure], most=100)
        for measure, title in measures
    ]
    places: dict[tuple[str, str], list[Reading]] = {}
    for reading in usage:
        places.setdefault((reading["product"], reading["site"]), []).append(Reading.of_usage(reading))
    return found + [
        _chart(", ".join(filter(None, ("Active users", *place))), readings)
        for place, readings in sorted(places.items())
    ]


def _chart(title: str, newest_first: Sequence[Reading], most: int | None = None) -> Chart:
    return Chart(title, newest_first[:READINGS_SHOWN][::-1], most)
