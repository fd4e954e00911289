"""Reads in one sentence when the term of a contract ends: on a day that is written, or after a length of time that
counts from a day."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from services.workflows.clauses.quantities import Period, anniversaries, periods
from services.workflows.clauses.renewal_words import without_asides
from services.workflows.clauses.start import Beginnings
from services.workflows.clauses.written_dates import written_dates

_CONTRACT = (
    r"(?:[a-z-]{1,20} ){0,3}?(?:agreement|contract|order form|order|lease|addendum|subscription"
    r"|statement of work|sow|franchise|licen[cs]e|engagement|cooperation|appointment|venture)"
)
_TERM = (
    r"(?:(?:initial|first|original|primary|current|fixed|base|contract|service|services|subscription"
    r"|licen[cs]e|support|maintenance"
    r"|agreement|minimum|lease|cooperation|engagement|pilot|trial|employment|consulting|advisory|research"
    r"|project|development|distribution|supply"
    r"|hosting|sponsorship|marketing|alliance|franchise|collaboration|outsourcing|effective) ){0,3}(?:terms?"
    r"|duration|validity(?: period)?|period of validity)"
    r"|(?:initial|contract|services?|subscription|agreement|licen[cs]e|maintenance|support|valid|validity"
    r"|cooperation|commitment) period"
)
_SAID_OF_THE_TERM = re.compile(
    rf"\b(?P<subject>(?:{_TERM})[\"']?(?: (?:of|for|under) (?:this|the|said|such) {_CONTRACT})?|(?:this|the"
    rf"|said) {_CONTRACT}|(?<=^)it)\b"
    r"(?P<between>[^;]{0,160}?)"
    r"(?P<verb>(?<!may )(?<!can )(?<!not )(?<!could )\b(?:is|be|begins?|commences?|starts?|continues?|remains?"
    r"|runs?|lasts?|extends?|expires?|terminates?|ends?"
    r"|has|have|means?|covers?|becomes?|takes? effect|comes? into|enters? into|stays?|in effect)\b|:)"
)
_HEADING = re.compile(
    rf"^\W*(?:(?:section"
    rf"|article) )?(?:[\divx]{{1,4}}[.)]{{0,2}}(?:\d{{1,2}}[.)]?)*\W*)?(?:{_TERM})(?: of (?:this "
    rf"|the )?{_CONTRACT})?(?: and [a-z ]{{1,30}})?\W{{1,4}}(?=[a-z\d(\"])"
)
_ANOTHER_PAPER = re.compile(r"\b(?:the|an?|that|certain) (?:[a-z]{1,20} ){0,2}(?:agreement|contract|lease)\b")
_DEFINES_THE_TERM = re.compile(
    r"\((?:[a-z,]{1,15} ){0,4}\"(?:initial |first |contract |original |agreement |service )?(?:term|contract period)\""
)
_LENGTH_OR_DAY = re.compile(r"\d{4}|\d/\d|\b(?:days?|months?|years?|anniversary)\b")
_END_DATE = re.compile(
    r"(?:^|\W)(?:(?:scheduled |initial |contract |subscription |term |original |service )*(?:expir(?:y|ation)"
    r"|end|termination|ending)"
    r" date|date of expir(?:y|ation)|expires ?(?=:)|valid (?:until|through))\"?\)?(?: of [a-z ]{1,40}?)?"
    r" ?(?:is|:|-|shall be|will be|means?|shall mean)?[ :\"]{0,3}$"
)
_PART_OF_A_PHRASE = re.compile(
    r"\b(?:of|under|to|in|with|by|during|from|for|after|before|upon|within|at|on|throughout|if|when|which"
    r"|than) (?:(?:the|its|such|this|said) )?$"
)
_A_LONGER_NAME = re.compile(
    r"\b(?!(?:the|this|its|such|said|an?|and|or|that|full|entire|total|whole|my|our|your"
    r"|their) $)[a-z-]{2,30} $"
)
_OF_ANOTHER_TERM = re.compile(
    r"\b(?:renewal|extension|extended|additional|successive|subsequent|options?|each|any|every|further|notice"
    r"|renewed|second)[ \"']$"
)
_UNTIL = re.compile(
    r"(?<!prior )(?<!according )\b(?:until|till|through|thru|expir\w{1,6}|terminat\w{1,6}|end(?:s|ing|ed)?"
    r"|conclud\w{1,4}|clos\w{1,4}|to)\b"
    r"(?: (?:on|at|at the|as|of|the|and|including|midnight|close|business|end|of day|date|automatically|its|11"
    r"|12|p\.?m\.?)){0,6}[ ,:]{0,2}$|\d{4} ?- ?$"
)
_FOR = re.compile(
    r"(?:\b(?:for|of|be|is|are|in|at|expir(?:es?|ing)|terminat(?:es?|ing)|end(?:s|ing)?|concluding|continues?"
    r"|lasts?|extends?|until|through|has|have|means?|runs?|equal|remains?|covers?|after|term|duration|period"
    r"|on|upon)|[:.=(-]|^)"
    r"(?: (?:a|an|the|approximately|up|to|initial|first|full|fixed|minimum|period|term|duration|of|at|least"
    r"|total|primary|original"
    r"|not|less|than|earlier|earliest|occur|to|\([ai]\)|end|expiration|expiry|is|be|for|date|day|that|which)"
    r"| ?[:=(\"-]){0,8} ?$"
)
_ANOTHER_PERIOD = re.compile(
    r"\b(?:renew\w*|renewals?|additional|successive|subsequent|extended|extension|prolong\w*|options?|notice"
    r"|prior to|cure|within"
    r"|not later than|no later than|thereafter|surviv\w*|every|invoice|payment)\b"
)
_UNLESS_ENDED_BEFORE = re.compile(
    r"\b(?:unless|except|subject to)\b[^;.]{0,160}?,(?= (?:this|the|it|shall|will|and|for|until|through"
    r"|continue|remain)\b)"
)
_CALLED_A_TERM = re.compile(r"\b(?:period|term) of $")
_NO_LENGTH = re.compile(
    r"^\W{0,3}(?:'s?\b|prior\b|before\b|notice\b|in advance\b|(?:after|following|from) (?:the |its |any "
    r"|such )?(?:date of )?(?:effective date of )?(?:the )?(?:terminat|expir|end)\w*"
    r"|written\b|renewal\b|extension\b|of age\b|or (?:more|less)\b)"
)
_HANGS_ON_AN_EVENT = re.compile(
    r"\b(?:later|latest|longer|longest|greater) (?:to occur )?of\b|\bso long as\b|\bas long as\b"
    r"|\bwhichever (?:is |occurs )?(?:the )?(?:later|longer)"
)
_COUNTS_FROM = re.compile(
    r"^[ ,]{0,2}(?:years?|periods?|terms?|in duration|each)?[ ,\"]{0,2}(?:\([^()]{0,100}\) ?)?,? ?(?:which "
    r"|that |to )?(?:shall |will )?(?:period |be )?"
    r"(?:from|after|following|commenc\w{1,4}|begin(?:s|ning)?|start(?:s|ing)?|subsequent to|as of|of|effective"
    r"|counted from|calculated from|running from)"
    r"(?: (?:from|on|upon|as|of|with|and including))* (?P<what>[^;]{1,90})"
)
_SINCE = re.compile(
    r"\b(?:commenc\w{1,4}|begin(?:s|ning)?|start(?:s|ing)?|effective|takes? effect|effect|force|from)"
    r"(?: (?:on|upon|as|of|from|with|at|and including|immediately))* (?P<what>[^;]{1,90})"
)
_A_NAMED_DATE = re.compile(
    r"^(?:the |its |such |this |said )?[\"']?(?P<name>(?!the |its |this |such "
    r"|said )(?:[a-z-]{1,20} ){1,2}date)\b"
)
_ITS_OWN_DATE = re.compile(
    r"^(?:the |its |such )?(?:(?:last |later |latest )?(?:date|day|time)s? (?:hereof|of (?:this|its"
    r"|(?:the )?(?:agreement|contract|document|execution|sign|last|later|latest|full|due|both|mutual))|first"
    r"|set|this|that (?:this|both|the)|on which (?:this|both|the (?:last|part))|when (?:this|both)|indicated"
    r"|stated|written|above)"
    r"|hereof|(?:execution|signing|signature|signed|last signature|execut\w+)\b(?! of the \w+ (?:lease|deed))"
    r"|date$|date[,.]|(?:this|the) (?:agreement|contract) (?:is|has been) (?:signed|executed))"
)
_AN_EVENT = re.compile(r"^(?:the |its |such |this |said |either |any )?(?!for |until |in |by |unless )[a-z\"(]")
_FROM_THEN_ON = re.compile(r"^(?:that|such|said|the same) (?:date|day)\b|^(?:then|there|thereafter|there on)\b")


@dataclass(frozen=True)
class End:
    """The end of a term as one sentence gives it: a day, where it comes from, or why it is not readable. A weak one
    stands in a sentence that need not be about the whole contract."""

    day: date | None
    source: str = "contract text"
    doubt: str | None = None
    weak: bool = False


def end_in(plain: str, beginnings: Beginnings, entered_start: date | None) -> End | None:
    """The end of the term that a sentence speaks of; None if it speaks of none."""
    if not _LENGTH_OR_DAY.search(plain):
        return None
    for each in written_dates(plain):
        if _END_DATE.search(plain[max(0, each.start - 90) : each.start]):
            return End(each.day, weak=not _SAID_OF_THE_TERM.search(plain))
    for match in _SAID_OF_THE_TERM.finditer(plain):
        ahead = plain[max(0, match.start() - 24) : match.start()]
        if _OF_ANOTHER_TERM.search(ahead) or _PART_OF_A_PHRASE.search(ahead) or _A_LONGER_NAME.search(ahead):
            continue
        if _ANOTHER_PAPER.search(match["between"]):
            continue
        if found := _end_after(plain, match.start("subject"), match.start("verb"), beginnings, entered_start):
            return found
    if defined := _DEFINES_THE_TERM.search(plain):
        return _end_after(plain[: defined.start()], 0, 0, beginnings, entered_start)
    if heading := _HEADING.match(plain):
        return _end_after(plain, heading.end() - 1, heading.end() - 1, beginnings, entered_start)
    return None


def _end_after(plain: str, subject: int, verb: int, beginnings: Beginnings, entered_start: date | None) -> End | None:
    """The end that is said of a subject, after its verb."""
    said = _UNLESS_ENDED_BEFORE.sub(lambda aside: " " * len(aside.group()), without_asides(plain))
    for each in written_dates(plain[: verb + 500]):
        if each.start < verb or _ANOTHER_PERIOD.search(said, subject, each.start):
            continue
        if _UNTIL.search(plain[max(subject, each.start - 60) : each.start]):
            return _unless_open(End(each.day), plain[subject : each.end])
    lengths = [(length, False) for length in periods(plain[: verb + 500])]
    lengths += [(length, True) for length in anniversaries(plain[: verb + 500])]
    for length, is_anniversary in sorted(lengths, key=lambda each: each[0].start):
        if length.start < verb or not _is_long(plain, length):
            continue
        if _ANOTHER_PERIOD.search(said, subject, length.start) or _NO_LENGTH.search(
            plain[length.end : length.end + 60]
        ):
            continue
        if not _FOR.search(plain[max(subject, length.start - 60) : length.start]):
            continue
        if length.doubt:
            return End(None, doubt=length.doubt)
        return _unless_open(
            _after(plain, subject, length, is_anniversary, beginnings, entered_start), plain[subject : length.end]
        )
    return None


def _is_long(plain: str, length: Period) -> bool:
    """Whether a period is long enough for a term; one in days only where it is called a period or a term."""
    if length.unit in ("month", "year"):
        return length.amount > 0
    return length.unit == "day" and length.amount >= 28 and bool(_CALLED_A_TERM.search(plain[: length.start]))


def _unless_open(end: End, ahead: str) -> End:
    return End(None, doubt="the end of the term hangs on an event") if _HANGS_ON_AN_EVENT.search(ahead) else end


def _after(
    plain: str, subject: int, length: Period, is_anniversary: bool, beginnings: Beginnings, entered_start: date | None
) -> End:
    """The end of a term of a length: from the day from which the sentence counts, else from the contract's beginning."""
    start = beginnings.begins if beginnings.is_defined else entered_start or beginnings.begins
    for what in _counted_from(plain, subject, length):
        named, known = _day_in(what, beginnings, entered_start)
        if known:
            start = named or entered_start
            break
        if _AN_EVENT.match(what):
            return End(None, doubt="the length of the term counts from an event whose day the contract does not give")
    if start is None:
        return End(None, doubt="the length of the term is written, but not from which day it counts")
    of_entry = start == entered_start and start not in (beginnings.own, beginnings.named.get("effective date"))
    source = f"{'contract.effectiveOn' if of_entry else 'start'} and length in the contract text"
    return End(length.after(start) - timedelta(days=0 if is_anniversary else 1), source)


def _counted_from(plain: str, subject: int, length: Period) -> list[str]:
    """The words that say from when a length counts: those behind it, else those before it."""
    if behind := _COUNTS_FROM.search(plain[length.end : length.end + 260]):
        return [behind["what"]]
    return [match["what"] for match in _SINCE.finditer(plain, max(0, subject - 160), length.start)]


def _day_in(what: str, beginnings: Beginnings, entered_start: date | None) -> tuple[date | None, bool]:
    """The day that words name, and whether they name the contract's beginning even if its day is not given."""
    days = written_dates(what)
    if days and days[0].start < 40:
        return days[0].day, True
    if named := _A_NAMED_DATE.match(what):
        name = named["name"].removeprefix("the ")
        day = beginnings.called(name)
        if name == "effective date":
            return (day if beginnings.is_defined else entered_start or day), True
        return day, day is not None
    if _ITS_OWN_DATE.match(what):
        return entered_start or beginnings.of_the_contract, True
    if _FROM_THEN_ON.match(what):
        return beginnings.begins, True
    return None, False
