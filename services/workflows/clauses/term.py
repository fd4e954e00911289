"""Finds when the running term of a contract ends: as written, from its start and length, as entered, or else on the
customer's renewal date."""

import re
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from services.workflows.clauses.finding import Finding, contradictory, found, not_found, unreadable
from services.workflows.clauses.start import Beginnings
from services.workflows.clauses.term_end import end_in
from services.workflows.clauses.text import Sentence

LONGEST_HEADING = 60
_TERM_HEADING = re.compile(r"\b(?:term|duration|period)\b(?: of [a-z ]{1,30})?\W{0,3}$")
_BEGINS_WITH_A_LENGTH = re.compile(
    r"(?:for )?(?:an? )?(?:(?:initial )?(?:period|term) of )?(?:\d|one|two|three|four|five|six|seven|ten"
    r"|twelve|eighteen|twenty|thirty|sixty|from|commencing|beginning)\b"
)
_NAMES_THE_END = re.compile(
    r"\bterm (?:of (?:this|the) \w+ )?(?:is|shall|will|begins|commences|ends|expires|runs|continues)\b"
    r"|\b(?:initial|first) term of\b"
    r"|\b(?:agreement|contract|subscription|order) (?:shall |will )?(?:expires?|ends?) (?:on|at|after|upon)\b"
    r"|\bexpir(?:y|ation) date\b"
)


@dataclass(frozen=True)
class Written:
    """What a contract's text says of the end of its term: the ends that can be read, and why others cannot."""

    ends: tuple[Finding, ...] = ()
    doubt: Finding | None = None


def written(sentences: list[Sentence], beginnings: Beginnings, entered_start: date | None) -> Written:
    """The ends that sentences give; those of sentences about the whole contract, if there are any."""
    ends = [
        (sentence, end)
        for heading, sentence in pairwise([Sentence("", ""), *sentences])
        if (end := end_in(_under_its_heading(heading.plain, sentence.plain), beginnings, entered_start))
    ]
    readable = [(sentence, end, end.day) for sentence, end in ends if end.day]
    strong = [(sentence, end, day) for sentence, end, day in readable if not end.weak] or readable
    doubtful = [unreadable(end.doubt, sentence) for sentence, end in ends if end.doubt]
    doubtful += [
        unreadable("it speaks of its term in a way that is not understood", sentence)
        for sentence in sentences
        if _NAMES_THE_END.search(sentence.plain)
    ]
    findings = [found(sentence, date=day.isoformat(), **{"from": end.source}) for sentence, end, day in strong]
    return Written(tuple(findings), doubtful[0] if doubtful else None)


def _under_its_heading(heading: str, plain: str) -> str:
    """The sentence behind the heading "Term", where it begins with the length or the start of the term."""
    is_heading = len(heading) < LONGEST_HEADING and _TERM_HEADING.search(heading)
    return f"{heading} {plain}" if is_heading and _BEGINS_WITH_A_LENGTH.match(plain) else plain


def unread(text: Written, end: Finding) -> str | None:
    """Why the customer's renewal date is used as the end of the term, if the contract mentions an end that cannot be
    read."""
    if end.get("from") != "customer.renewalDate" or text.doubt is None:
        return None
    return f"{text.doubt['why']}; the renewal date is the customer's: “{text.doubt['sentence']}”"


def read(text: Written, entered: date | None, renewal_date: date | None, today: date) -> Finding:
    """`{status, date, from, sentence}`. A written date in the past belongs to an earlier term and is ignored."""
    coming = [finding for finding in text.ends if date.fromisoformat(finding["date"]) >= today]
    known = entered or renewal_date
    if len({finding["date"] for finding in coming}) > 1:
        return contradictory("the contract's sentences give different ends of the term", coming) | {"date": None}
    if coming and entered and abs((date.fromisoformat(coming[0]["date"]) - entered).days) > 1:
        stated = {"status": "found", "date": entered.isoformat(), "from": "contract.endsOn", "sentence": None}
        return contradictory(
            "the end of the term that was entered is not the one that the contract states", [coming[0], stated]
        ) | {"date": None}
    if coming:
        return coming[0]
    if entered and entered >= today:
        return {"status": "found", "date": entered.isoformat(), "from": "contract.endsOn", "sentence": None}
    if known is None and text.ends:
        return not_found("every known end of the term is past") | {"date": text.ends[-1]["date"]}
    if known is None and text.doubt:
        return text.doubt
    if known is None:
        return not_found("no end of the term is known, and the customer has no renewal date")
    if renewal_date is not None and renewal_date >= today:
        return {"status": "found", "date": renewal_date.isoformat(), "from": "customer.renewalDate", "sentence": None}
    return not_found("every known end of the term is past") | {"date": known.isoformat()}
