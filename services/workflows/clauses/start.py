"""Finds when a contract begins: the dates to which it gives a name, as "Effective Date", its own date, and the dates
beside its signatures."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from services.workflows.clauses.text import Sentence
from services.workflows.clauses.written_dates import WrittenDate, written_dates

OPENING = 5_000
CLOSING = 6_000

_NAME = r"(?P<name>(?:[a-z-]{1,20} ){1,2}date)"
_NAMED_AFTER = re.compile(rf"^[^;()]{{0,60}}\((?:[^()\"]{{0,40}})?\"?(?:the )?{_NAME}\"?[^()]{{0,40}}\)")
_NAMED_IN_BRACKETS = re.compile(rf"\([^()\"]{{0,30}}\"(?:the )?{_NAME}\"[^()]{{0,20}}\)")
_ON_AN_EVENT = re.compile(r"\bsign|\bexecution|\bapprov|\bclosing\b|\bdeliver|\blaunch|\blater of\b|\bcompletion")
_NAMED_BEFORE = re.compile(
    rf"(?:^|\"|\bthe |\bits |[.:;] )(?:the )?{_NAME}\"?\)?(?: (?:of|for) [a-z ]{{1,40}}?)?"
    r" ?(?:means?|shall mean|is|shall be|will be|was|:|=|-)(?: (?:defined as|deemed to be))?(?: |$)"
)
_TAKES_EFFECT = re.compile(
    r"\b(?:effective|takes? effect|come into (?:force|effect)|in effect|commenc\w{1,6}|begin(?:s|ning)?"
    r"|starts?|starting)"
    r"(?: (?:on|upon|from|as|of|at|with|the|date)){0,4}[ :,]{0,2}(?:this )?$"
)
_OPENS_WITH = re.compile(r"\b(?:dated|made|entered|executed|signed|effective|as of|this|date|on|day)\b[^;]{0,40}$")
_OF_ANOTHER_PAPER = re.compile(r"\b(?:that certain|as amended|amending|original|prior|previous)\b[^;]{0,120}$")
_BY_SIGNATURE = re.compile(r"\bsign|\bexecut")
_OWN_DATE = re.compile(
    r"\bfirst (?:above )?(?:written|set|stated|mentioned|above)|\bhereof\b|\bdate of th(?:is|e) (?!last|final"
    r"|later|latter|execut|sign)\w+"
)
_BESIDE_A_SIGNATURE = re.compile(r"\b(?:dated?|date signed)\b[ :_]{0,6}$")
_SIGNATURE = re.compile(r"\bby: ?_|\bsignature\b.{0,80}\bdate\b")
_BEGINNING = frozenset(
    f"{name} date"
    for name in ("effective", "commencement", "start", "execution", "agreement", "contract", "signing", "beginning")
)


@dataclass(frozen=True)
class Beginnings:
    """`named` holds dates by their names, `open` the names of dates that hang on an event."""

    named: Mapping[str, date] = field(default_factory=dict)
    open: frozenset[str] = frozenset()
    own: date | None = None
    signed: date | None = None
    takes_effect: date | None = None

    def called(self, name: str) -> date | None:
        """The day of a date with a name; None if the contract does not give it."""
        if name in self.named:
            return self.named[name]
        if name in self.open or name not in _BEGINNING:
            return None
        return self.begins if name == "effective date" else self.takes_effect or self.begins

    def filled_from(self, others: Sequence[Beginnings]) -> Beginnings:
        """The same, with the dates that this document does not name and a later one of the same agreement does."""
        known = {name: day for other in others for name, day in other.named.items()}
        return replace(self, named=known | dict(self.named), open=self.open - known.keys())

    @property
    def of_the_contract(self) -> date | None:
        """The date of the contract itself: that of its opening, else of the last signature."""
        return self.own or self.signed or self.named.get("effective date")

    @property
    def begins(self) -> date | None:
        """When the contract begins, where no sentence says from when its term counts."""
        if "effective date" in self.named:
            return self.named["effective date"]
        if "effective date" in self.open:
            return None
        return self.own or self.takes_effect or self.signed

    @property
    def is_defined(self) -> bool:
        """Whether the contract itself says which day its effective date is."""
        return "effective date" in self.named


def read(sentences: list[Sentence]) -> Beginnings:
    """What a contract's sentences say of its beginning."""
    named: dict[str, date] = {}
    hanging: dict[str, str] = {}
    own = takes_effect = None
    position = 0
    for sentence in sentences:
        plain = sentence.plain
        days = written_dates(plain)
        if " date" in plain:
            _define(plain, days, named, hanging)
        if own is None and position < OPENING:
            own = next((each.day for each in days if _opens(plain, each)), None)
        if takes_effect is None and position < OPENING:
            before = ((each, plain[max(0, each.start - 60) : each.start]) for each in days)
            takes_effect = next((each.day for each, ahead in before if _TAKES_EFFECT.search(ahead)), None)
        position += len(plain)
    signed = _signed(sentences)
    for name, event in hanging.items():
        if _OWN_DATE.search(event) and own:
            named.setdefault(name, own)
        elif _BY_SIGNATURE.search(event) and (signed or own):
            named.setdefault(name, signed or own or date.min)
    return Beginnings(named, frozenset(hanging) - frozenset(named), own, signed, takes_effect)


def _define(plain: str, days: list[WrittenDate], named: dict[str, date], hanging: dict[str, str]) -> None:
    for each in days:
        if match := _NAMED_AFTER.search(plain[each.end : each.end + 160]):
            named.setdefault(match["name"].removeprefix("the "), each.day)
    for match in _NAMED_IN_BRACKETS.finditer(plain):
        ahead = plain[max(0, match.start() - 140) : match.start()]
        if _ON_AN_EVENT.search(ahead) and not written_dates(ahead):
            hanging.setdefault(match["name"].removeprefix("the "), ahead)
    for match in _NAMED_BEFORE.finditer(plain):
        name = match["name"].removeprefix("the ")
        near = [each.day for each in days if match.end() <= each.start < match.end() + 60]
        if near:
            named.setdefault(name, near[0])
        elif name in _BEGINNING:
            hanging.setdefault(name, plain[match.end() : match.end() + 200])


def _opens(plain: str, each: WrittenDate) -> bool:
    ahead = plain[max(0, each.start - 160) : each.start]
    return bool(_OPENS_WITH.search(ahead)) and not _OF_ANOTHER_PAPER.search(ahead)


def _signed(sentences: list[Sentence]) -> date | None:
    """The latest date beside a signature, or beside the word "date" at the end of the text."""
    found, left = [], CLOSING
    for sentence in reversed(sentences):
        left -= len(sentence.plain)
        is_signature = "/s/" in sentence.plain or (left > 0 and _SIGNATURE.search(sentence.plain))
        for each in written_dates(sentence.plain) if is_signature or left > 0 else ():
            if is_signature or _BESIDE_A_SIGNATURE.search(sentence.plain[max(0, each.start - 20) : each.start]):
                found.append(each.day)
    return max(found, default=None)
