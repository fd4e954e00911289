"""Draws figures over time as the points of a small SVG line (pure)."""

from __future__ import annotations

from collections.abc import Sequence


def line_points(
    values: Sequence[float | None], width: int, height: int, least: float = 0, most: float | None = None
) -> str:
    """The points of a line through values at even distances, `"0,12 60,4"`; one without a value is left out.

    The line reaches from `least` at the bottom to `most`, by default the highest value, at the top.
    """
    known = [value for value in values if value is not None]
    top = max([least + 1, *known]) if most is None else most
    step = width / max(1, len(values) - 1)
    return " ".join(
        f"{number * step:.1f},{height - (value - least) / (top - least) * height:.1f}"
        for number, value in enumerate(values)
        if value is not None
    )
