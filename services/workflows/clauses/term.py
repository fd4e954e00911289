"""Finds when the running term of a contract ends: as written, from its start and length, as entered, or else on the
customer's renewal date."""

import re
from datetime import date, timedelta

from services.workflows.clauses.finding import Finding, contradictory, found, not_found
from services.workflows.clauses.quantities import dates, months_on, periods
from services.workflows.clauses.text import Sentence

_ENDS = re.compile(r"\b(?:expir\w{1,6}|end(?:s|ing)?|until|through|terminates on)\b")
_STARTS = re.compile(r"\b(?:commenc\w{1,6}|begin(?:s|ning)?|start(?:s|ing)?|effective)\b")
_ABOUT = re.compile(r"\b(?:term|agreement|contract|subscription|order)\b")
_LENGTH = re.compile(
    r"\b(?:period|term) of (?:up to )?$|\bcontinues? for (?:a (?:period|term) of )?$"
    r"|\bfor (?:an initial (?:period|term) of )?$|\binitial term (?:is|shall be) $"
)
_NAMES_THE_END = re.compile(
    r"\bterm (?:of (?:this|the) \w+ )?(?:is|shall|will|begins|commences|ends|expires|runs|continues)\b|\b(?:initial|first) term of\b"
    r"|\b(?:agreement|contract|subscription|order) (?:shall |will )?(?:expires?|ends?) (?:on|at|after|upon)\b"
    r"|\bexpir(?:y|ation) date\b"
)


def unread(sentences: list[Sentence], end: Finding) -> str | None:
    """Why the customer's renewal date is used as the end of the term, if the contract mentions an end that cannot be
    read."""
    if end.get("from") != "customer.renewalDate":
        return None
    named = next((sentence for sentence in sentences if _NAMES_THE_END.search(sentence.plain)), None)
    if named is None:
        return None
    return f"it speaks of its term in a way that is not understood; the renewal date is the customer's: “{named.exact}”"


def read(sentences: list[Sentence], entered: date | None, renewal_date: date | None, today: date) -> Finding:
    """`{status, date, from, sentence}`. A written date in the past belongs to an earlier term and is ignored."""
    written = [finding for sentence in sentences if (finding := _written(sentence))]
    coming = [finding for finding in written if date.fromisoformat(finding["date"]) >= today]
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
    if known is None:
        return not_found("no end of the term is known, and the customer has no renewal date")
    if renewal_date is not None and renewal_date >= today:
        return {"status": "found", "date": renewal_date.isoformat(), "from": "customer.renewalDate", "sentence": None}
    return not_found("every known end of the term is past") | {"date": known.isoformat()}


def _written(sentence: Sentence) -> Finding | None:
    plain = sentence.plain
    if not _ABOUT.search(plain):
        return None
    named = dates(plain)
    if named and (ends := _ENDS.search(plain)):
        after = dates(plain[ends.start() :])
        if after:
            return found(sentence, date=after[-1].isoformat(), **{"from": "contract text"})
    if named and _STARTS.search(plain):
        for period in periods(plain):
            if (
                period.unit in ("month", "year")
                and not period.doubt
                and _LENGTH.search(plain[max(0, period.start - 50) : period.start])
            ):
                end = months_on(named[0], period.amount * (12 if period.unit == "year" else 1)) - timedelta(days=1)
                return found(sentence, date=end.isoformat(), **{"from": "start and length in the contract text"})
    return None
