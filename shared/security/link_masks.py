"""Leaves the tokens of sign-in links out of what is shown of a mail, which more people may read than the one it is for."""

from __future__ import annotations

import re
from typing import Any

TOKEN = re.compile(r"(/sign-in\?link=)[\w-]+")
MASK = r"\1(hidden)"


def masked(value: Any) -> Any:
    """A text, or JSON, with `(hidden)` in the place of each token."""
    if isinstance(value, str):
        return TOKEN.sub(MASK, value)
    if isinstance(value, dict):
        return {name: masked(inner) for name, inner in value.items()}
    return [masked(inner) for inner in value] if isinstance(value, list) else value
