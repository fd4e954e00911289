"""When the running term of a contract ends: as entered, as written, or as it follows from its start and length."""

import re
from datetime import date, timedelta

from services.workflows.analysis.clauses.finding import Finding, contradictory, found, not_found
from services.workflows.analysis.clauses.quantities import dates, months_on, periods
from services.workflows.analysis.clauses.text import Sentence

_ENDS = re.compile(r"\b(?:expir\w{1,6}|end(?:s|ing)?|until|through|terminates on)\b")
_STARTS = re.compile(r"\b(?:commenc\w{1,6}|begin(?:s|ning)?|start(?:s|ing)?|effective)\b")
_ABOUT = re.compile(r"\b(?:term|agreement|contract|subscription|order)\b")
_LENGTH = re.compile(
    r"\b(?:period|term) of (?:up to )?$|\bcontinues? for (?:a (?:period|term) of )?$"
    r"|\bfor (?:an initial (?:period|term) of )?$|\binitial term (?:is|shall be) $"
)


def read(sentences: list[Sentence], entered: date | None, renewal_date: date, today: date) -> Finding:
    """`{status, date, from, sentence}`. A written date that is past is an earlier term's and contradicts nothing."""
    written = [one for sentence in sentences if (one := _written(sentence))]
    coming = [one for one in written if date.fromisoformat(one["date"]) >= today]
    known = entered or renewal_date
    if len({one["date"] for one in coming}) > 1:
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
    if renewal_date >= today or known >= today:
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
        for one in periods(plain):
            if (
                one.unit in ("month", "year")
                and not one.doubt
                and _LENGTH.search(plain[max(0, one.start - 50) : one.start])
            ):
                end = months_on(named[0], one.amount * (12 if one.unit == "year" else 1)) - timedelta(days=1)
                return found(sentence, date=end.isoformat(), **{"from": "start and length in the contract text"})
    return None
