"""Splits a contract's text where sentences were found in it, so that a page can mark them and link them to what they say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple


class Passage(NamedTuple):
    """A part of the text; one in which something was found has the number of its sentence, any other 0."""

    text: str
    number: int = 0


def sentences_of(findings: Mapping[str, Any]) -> list[str]:
    """The sentences that the findings of a contract quote, each once."""
    found: dict[str, None] = {}
    for finding in findings.values():
        for each in finding if isinstance(finding, list) else [finding]:
            found |= dict.fromkeys(_quoted(each))
    return list(found)


def _quoted(finding: Any) -> Iterator[str]:
    if not isinstance(finding, Mapping):
        return
    if finding.get("sentence"):
        yield str(finding["sentence"])
    for name in ("candidates", "rights"):
        for each in finding.get(name) or ():
            yield from _quoted(each)


def passages(text: str, sentences: Sequence[str]) -> list[Passage]:
    """The text in order, split around these sentences, which are numbered from 1 as they come in it; one that the text
    does not hold is left out."""
    places = sorted((at, sentence) for sentence in sentences if (at := text.find(sentence)) >= 0)
    split: list[Passage] = []
    read_to = number = 0
    for at, sentence in places:
        if at < read_to:
            continue
        number += 1
        split += [Passage(text[read_to:at]), Passage(sentence, number)]
        read_to = at + len(sentence)
    split.append(Passage(text[read_to:]))
    return [passage for passage in split if passage.text]
