"""Finds the words of a contract that a stretch of its plain sentence stands for."""

from services.workflows.clauses.text import Sentence


def as_written(sentence: Sentence, words: str) -> str:
    """These words of the plain sentence as the contract writes them, in one line; unchanged if they cannot be found."""
    written = " ".join(sentence.exact.split())
    start = sentence.plain.find(words)
    if start < 0 or len(written) != len(sentence.plain):
        return words
    return written[start : start + len(words)]
