"""What reading a clause ends in: found, not found, unreadable, or contradictory; never a guess."""

from collections.abc import Callable, Sequence
from typing import Any

from services.workflows.clauses.text import Sentence
from shared.ground.json_types import JsonObject

Finding = JsonObject


def found(sentence: Sentence, **values: Any) -> Finding:
    """What the sentence says."""
    return {"status": "found", **values, "sentence": sentence.exact}


def not_found(why: str) -> Finding:
    """No sentence speaks of it."""
    return {"status": "not found", "why": why, "sentence": None}


def unreadable(why: str, sentence: Sentence | None = None) -> Finding:
    """A sentence, or the whole text, speaks of it in a way that is not understood."""
    return {"status": "unreadable", "why": why, "sentence": sentence.exact if sentence else None}


def contradictory(why: str, candidates: Sequence[Finding]) -> Finding:
    """Two sentences say different things; all of them are given, none is chosen."""
    return {
        "status": "contradictory",
        "why": why,
        "sentence": candidates[0]["sentence"],
        "candidates": list(candidates),
    }


def settled(candidates: Sequence[Finding], absent: str, what: str, same: Callable[[Finding], Any]) -> Finding:
    """One finding out of all sentences that speak of a clause.

    Those that could be read decide: the first if all agree by `same`, else contradictory. One that could not be read is
    the answer only where no other could.
    """
    readable = [finding for finding in candidates if finding["status"] == "found"]
    if not readable:
        return candidates[0] if candidates else not_found(absent)
    if len({same(finding) for finding in readable}) > 1:
        return contradictory(f"the contract's sentences give different {what}", readable)
    doubtful = [finding for finding in candidates if finding["status"] == "contradictory"]
    return doubtful[0] if doubtful else readable[0]
