"""Reads strict JSON from input: what is accepted can be stored in a column, sent on as JSON, and walked safely."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from typing import Any, NamedTuple

from shared.ground.errors import Invalid

DEEPEST = 64
"""The most levels of nested lists and objects."""

MOST_FAULTS = 20
LONGEST_NAME = 60
WHOLE = "_schema"
"""The name of an error about the whole value."""

NUL = "It holds a NUL character, which no field can."
HALF = "It holds half of a surrogate pair, which is no character."
TOO_DEEP = f"It is nested more than {DEEPEST} levels deep."
TOO_LONG = "A whole number of more than 64 bits."
TOO_LARGE = "A number that is too large."
SURROGATE = re.compile("[\ud800-\udfff]")
ODD_TEXT = re.compile(r"\\u(0000|d[89a-f])", re.IGNORECASE)


@dataclass(frozen=True)
class _Refused:
    """Stands for a refused number until its place is known."""

    reason: str


class _Place(NamedTuple):
    outer: _Place | None
    name: str


def loads(text: str) -> Any:
    """The value of a JSON text. ValueError when it is not JSON; Invalid, naming each place, when it cannot be stored.

    Refused are: NUL and halves of surrogate pairs, NaN and infinities, integers of more than 64 bits, and too deep
    nesting.
    """
    if "\x00" in text:
        raise Invalid("What was sent cannot be kept.", errors={WHOLE: [NUL]})
    refused: list[_Refused] = []

    def refuse(reason: str) -> _Refused:
        refused.append(_Refused(reason))
        return refused[-1]

    def whole(digits: str) -> int | _Refused:
        if len(digits) > 20 or not -(2**63) <= (number := int(digits)) < 2**63:
            return refuse(TOO_LONG)
        return number

    def fraction(digits: str) -> float | _Refused:
        return number if math.isfinite(number := float(digits)) else refuse(TOO_LARGE)

    def constant(name: str) -> _Refused:
        return refuse(f"{name} is no number in JSON.")

    try:
        value = json.loads(text, parse_int=whole, parse_float=fraction, parse_constant=constant)
    except RecursionError:
        raise Invalid("What was sent cannot be kept.", errors={WHOLE: [TOO_DEEP]}) from None
    if refused or ODD_TEXT.search(text) or text.count("[") + text.count("{") > DEEPEST:
        _check(value)
    return value


def _check(value: Any) -> None:
    """Invalid with the place of each fault, the first MOST_FAULTS of them."""
    faults: dict[str, list[str]] = {}
    waiting: list[tuple[Any, _Place | None, int]] = [(value, None, 1)]
    while waiting and len(faults) < MOST_FAULTS:
        inner, place, depth = waiting.pop()
        if reason := _fault_of(inner, depth):
            faults[_path(place) if reason != TOO_DEEP else _path(_outermost(place))] = [reason]
        elif isinstance(inner, dict):
            for name, item in inner.items():
                if reason := text_fault(name):
                    faults[_path(_Place(place, name))] = [reason]
                waiting.append((item, _Place(place, name), depth + 1))
        elif isinstance(inner, list):
            waiting += [(item, _Place(place, str(at)), depth + 1) for at, item in enumerate(inner)]
    if faults:
        raise Invalid("What was sent cannot be kept; see `errors`.", errors=faults)


def _fault_of(value: Any, depth: int) -> str | None:
    if isinstance(value, _Refused):
        return value.reason
    if isinstance(value, str):
        return text_fault(value)
    return TOO_DEEP if isinstance(value, dict | list) and depth > DEEPEST else None


def text_fault(text: str) -> str | None:
    """Why no column can store this text; None when it can."""
    if "\x00" in text:
        return NUL
    return HALF if SURROGATE.search(text) else None


def _outermost(place: _Place | None) -> _Place | None:
    while place is not None and place.outer is not None:
        place = place.outer
    return place


def _path(place: _Place | None) -> str:
    """`steps.0.title`; characters that cannot be shown are replaced."""
    names: list[str] = []
    while place is not None:
        names.append("".join(letter if letter.isprintable() else "?" for letter in place.name[:LONGEST_NAME]))
        place = place.outer
    return ".".join(reversed(names)) or WHOLE
