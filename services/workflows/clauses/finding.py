"""The result of reading a clause: found, not found, unreadable, or contradictory; never a guess."""

from collections.abc import Callable, Sequence
from typing import Any

from services.workflows.clauses.text import Sentence
from shared.ground.json_types import JsonObject

Finding = JsonObject


def found(sentence: Sentence, **values: Any) -> Finding:
    """The finding of a sentence that was understood."""
    return {"status": "found", **values, "sentence": sentence.exact}


def not_found(why: str) -> Finding:
    """The finding when no sentence is about the clause."""
    return {"status": "not found", "why": why, "sentence": None}


def unreadable(why: str, sentence: Sentence | None = None) -> Finding:
    """The finding when a sentence, or the whole text, is about the clause but was not understood."""
    return {"status": "unreadable", "why": why, "sentence": sentence.exact if sentence else None}


def contradictory(why: str, candidates: Sequence[Finding]) -> Finding:
    """The finding when sentences contradict each other: it names all of them and chooses none."""
    return {
        "status": "contradictory",
        "why": why,
        "sentence": candidates[0]["sentence"],
        "candidates": list(candidates),
    }


def settled(candidates: Sequence[Finding], absent: str, what: str, same: Callable[[Finding], Any]) -> Finding:
    """One finding from those of all sentences about a clause, each found or unreadable.

    Findings that could be read decide: the first if all agree by `same`, else contradictory. An unreadable one is
    returned only if none could be read.
    """
    readable = [finding for finding in candidates if finding["status"] == "found"]
    if not readable:
        return candidates[0] if candidates else not_found(absent)
    if len({same(finding) for finding in readable}) > 1:
        return contradictory(f"the contract's sentences give different {what}", readable)
    return readable[0]
