"""Takes a sentence with a list apart, so that each item can be read for itself."""

import re
from collections.abc import Iterator, Sequence

from services.workflows.clauses.text import Sentence

_MARK = re.compile(r"(?:^|(?<=[\s;:,]))\((?:[a-z]|[ivx]{1,4})\) |(?:^|(?<=[;:,] ))\(\d{1,2}\) ")
_BREAK = re.compile(r"; (?:or |and )?(?!however|provided|but|except|unless|only|if|in which|subject)")
_ITEM = re.compile(r"^\W{0,3}(?:\((?:[a-z]|[ivx]{1,4}|\d{1,2})\)|(?:[a-z]|[ivx]{1,4}|\d{1,2}(?:\.\d{1,2}){0,4})[.)]?) ")
_LEADS = re.compile(r"(?::|\bfollowing(?: \w+){0,2}:?|:-)\s*-?$")
MOST_ITEMS = 20


def of(plain: str) -> list[tuple[str, str]]:
    """The items of a sentence, each with the words that lead to the list; the parts between semicolons, with no such
    words, if it has no marked list. A sentence without either is its own only item."""
    marks = list(_MARK.finditer(plain))[:MOST_ITEMS]
    if len(marks) < 2:
        return [("", part) for part in _BREAK.split(plain) if part]
    ends = [mark.start() for mark in marks[1:]] + [len(plain)]
    items = [plain[mark.end() : end] for mark, end in zip(marks, ends, strict=True)]
    return [(plain[: marks[0].start()], item) for item in items]


def with_leads(sentences: Sequence[Sentence]) -> Iterator[tuple[Sentence, str]]:
    """Each sentence with its plain text; behind the sentence that leads to it if it is an item of a list that is laid
    out in lines ("Either party may terminate:", "(a) on ten days' notice")."""
    lead, items = "", 0
    for sentence in sentences:
        item = bool(_ITEM.match(sentence.plain))
        if lead and item and items < MOST_ITEMS:
            items += 1
            yield sentence, f"{lead} {_ITEM.sub('', sentence.plain)}"
        else:
            lead, items = "", 0
            yield sentence, sentence.plain
        if _LEADS.search(sentence.plain):
            lead, items = sentence.plain, 0
