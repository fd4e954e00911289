"""What a kind of obstacle is: a clause that hinders a renewal or a new price."""

import re
from collections.abc import Callable
from dataclasses import dataclass

_NEGATED = re.compile(r"\b(?:no|not|nor|never|nothing|neither|without|free of)\b[ a-z,'-]{0,40}$")


@dataclass(frozen=True)
class Obstacle:
    """A kind of clause: whether a plain sentence is one, how severe it is, and why it matters. Severities are critical,
    high and medium."""

    key: str
    title: str
    severity: str
    why: str
    is_in: Callable[[str], bool]


def names(plain: str, *words: str) -> bool:
    """Whether the sentence has any of these parts of words, which is soon known; most sentences have none."""
    return any(word in plain for word in words)


def unless_negated(pattern: re.Pattern[str], *words: str) -> Callable[[str], bool]:
    """A test for the pattern's first match, which does not count behind a "no" or "not". Only sentences that have one
    of these parts of words are searched."""

    def is_in(plain: str) -> bool:
        match = pattern.search(plain) if names(plain, *words) else None
        return match is not None and not _NEGATED.search(plain[: match.start()])

    return is_in
