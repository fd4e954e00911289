"""Reads whether the contract renews by itself or only as somebody wishes, and for how long."""

import re

from services.workflows.clauses import renewal_length
from services.workflows.clauses.finding import Finding, contradictory, found, not_found, unreadable
from services.workflows.clauses.renewal_wish import whose_wish
from services.workflows.clauses.renewal_words import (
    ENDS,
    MORE,
    RENEW,
    RENEWAL,
    is_of_the_contract,
    is_said_of_the_paper,
    without_asides,
)
from services.workflows.clauses.text import Sentence

_GOING_ON = re.compile(
    rf"{RENEW}|{RENEWAL}|\brenewable|\bcontinu|\bevergreen\b|\brolls? over\b|\bremain|\bto[ -](?:month|year)\b"
    rf"|\bindefinite"
)
_AUTO = r"(?:auto(?:matic(?:ally)?)?|tacit(?:ly)?|by itself|itself|without further (?:action|notice))\b"
_BY_ITSELF = (
    re.compile(rf"\b{_AUTO}(?:(?!\b(?:not|unless|until)\b)[^.;]){{0,90}}?\b(?P<renew>{RENEW}|{RENEWAL})"),
    re.compile(rf"\b(?P<renew>{RENEW}|{RENEWAL})[^.;]{{0,60}}?\b{_AUTO}"),
    re.compile(rf"\b{_AUTO}[^.;]{{0,30}}?\b(?P<renew>continu\w*|rolls? over|rolled over)\b"),
    re.compile(rf"\b(?P<renew>continu\w*)[^.;]{{0,40}}?\b{_AUTO}"),
    re.compile(rf"\b(?:deemed|considered)\b(?: to (?:be|have been))? (?P<renew>{RENEW})"),
    re.compile(r"\b(?P<renew>(?:auto|self)-?(?:renew|exten)\w*|evergreen|rolls? over)\b"),
)
_FROM_YEAR_TO_YEAR = re.compile(
    rf"\b(?P<renew>{RENEW}|continu\w*|remain\w*|runs?|be|converts?|becomes?|proceeds?"
    rf"|go(?:es)? on)\b[^.;]{{0,100}}?\b(?:year|month|quarter)[ -](?:to|by|after)[ -](?:year|month|quarter)\b"
)
_WILL = re.compile(
    rf"\b(?:shall|will|must|is to)(?: (?:then|thereafter|also|hereafter|always))?(?: be)? (?P<renew>{RENEW}"
    rf"|continue\b)"
    rf"|\b(?:is|are) (?P<passive>{RENEW})|\b(?P<present>renews|extends|prolongs|continues)\b"
)
_ON_AND_ON = re.compile(rf"^[^.;]{{0,80}}?\b(?:{MORE}|(?:each|every) year|annually)")
_FOR_A_TIME = re.compile(r"^[^.;]{0,20}?\b(?:for|each|every|at|on|by|unless)\b")
_UNLESS_ENDED = re.compile(
    r"\b(?:unless|until|otherwise|except|if (?:no|neither|not)|absent|in the absence|without|failing|fails?"
    r"|(?:does|do) not)\b[^.;]{0,160}?"
    r"\b(?:noti(?:ce|f)\w*|terminat\w*|cancel\w*|object\w*|advis\w*|inform\w*|elect\w*|tells?|declin\w*"
    r"|opts?)\b"
)
_IF = re.compile(r"\b(?:if|when|where|whether|unless|until|event|extent|case|that|which|as|should)\b[^,;]{0,50}$")
_OTHERWISE = re.compile(rf"\b(?:otherwise|failing (?:this|which|that|such)|in default)\b,? [^.;]{{0,60}}?\b(?:{RENEW})")
_RUNS_ON = re.compile(
    rf"\b(?P<renew>continues?|remains?|stays?)\b(?P<between>[^.;]{{0,100}}?)\b(?:until|unless(?: and until)?"
    rf"|till)\b(?:(?!earlier|sooner|early)[^.;\d]){{0,60}}?\b{ENDS}"
    r"|\b(?P<indefinite>continu\w*[^.;]{0,40}? indefinitely|indefinite (?:term|period|duration))\b"
)
_THEREAFTER = re.compile(r"\bthereafter|\bafter|\bfollowing|\bupon|evergreen|\bbeyond|\bexpir|\brenew", re.IGNORECASE)
_A_LENGTH_OR_DAY = re.compile(r"\bfor\b|\b(?:days?|months?|years?|date|term|period|anniversary)\b|\d{4}|\bthrough\b")
_IF_AGREED = re.compile(
    r"\b(?:if|provided(?: that)?|subject to|upon|with|only)\b[^.;]{0,60}?\b(?:agree[sd]?|consents?"
    r"|approv\w{1,4}|mutual\w*)\b"
)
_IF_APPROVED = re.compile(
    r"\b(?:if|provided(?: that)?|so long as|only)\b[^.;]{0,60}?\b(?:agree[sd]?|consents?|approv\w{1,4}"
    r"|mutual\w*)\b"
)
_REFUSED = re.compile(
    rf"\b(?:shall|will|does|do|is|are|may) not (?:be )?(?:automatically |tacitly )?(?P<renew>{RENEW})"
    rf"|\b(?:no|without|not subject to) (?:any )?(?:auto(?:matic)?|tacit|implied)[ -](?P<renewal>{RENEWAL})"
    rf"|\bno (?:further )?(?P<noun>{RENEWAL}) of (?:this|the)\b|\bnot be (?P<able>renewable\b)"
    rf"|\bno (?:option|right)[^.;]{{0,20}}?\b(?:to|of) (?P<right>{RENEW}|{RENEWAL})"
)
_ENDS_UNLESS_AGREED = re.compile(r"\bexpires?\b.{0,120}\bunless\b.{0,80}\b(?:agree|mutual|in writing|signed)")
_A_WISH_AGAINST_IT = re.compile(
    r"\b(?:that|if|whether|where|should|unless|notice|wish\w*|inten\w+|desire\w*|elect\w*|deci\w+"
    r"|expires? (?:and|or))\b[^.;]{0,60}$"
)
_EXTENDS_TO = re.compile(
    r"^ (?:to (?!the (?:term|end)|a (?:further|second|new)|another|additional|an )|beyond|only to|the time"
    r"|any right|past|over|from)\b"
)
_ON_AN_EVENT = re.compile(r"\b(?:if|in the event|should|to the extent|in case|provided that|when|where)\b[^;]{0,200}$")
_ONLY_IF = re.compile(r"\b(?:if|provided|so long as|in the event|in case|only)\b")
_AFTER_A_DELAY = re.compile(
    r"\bfor (?:so|as) long as\b|\buntil (?:the )?(?:completion|such time|all|fulfil|performance)"
    r"|\bforce majeure\b|\bdelay(?:s|ed)?\b|\bsuspen(?:d|sion)|\bequal to the (?:time|number|duration"
    r"|period of)|\btoll(?:ed|ing)"
)


def read(sentences: list[Sentence], has_an_end: bool = False) -> Finding:
    """`{status, renews, byWish, wish, termMonths, evergreen, sentence}`.

    `byWish` is true where the contract goes on only if somebody wishes it; `wish` then says whose wish it takes:
    `customer`, `provider`, `either`, `agreement` of both, or `unclear`. A renewal by itself takes precedence over what
    the parties may agree besides. Where the text names the end of its term (`has_an_end`), "until it is terminated"
    is said of that term, and not of one without an end, unless it is said of the time thereafter.
    """
    readings = [finding for sentence in sentences if (finding := _read_one(sentence, sentences))]
    if has_an_end:
        readings = [
            finding for finding in readings if not finding.get("evergreen") or _THEREAFTER.search(finding["sentence"])
        ]
    by_itself = [finding for finding in readings if finding.get("renews")]
    by_wish = [finding for finding in readings if finding.get("byWish")]
    refused = [finding for finding in readings if finding.get("renews") is False and not finding["byWish"]]
    if by_itself and refused:
        return contradictory("the contract's sentences give different answers on renewal", [by_itself[0], refused[0]])
    with_length = [finding for finding in by_itself if finding["termMonths"]]
    decided = with_length or by_itself or refused or by_wish or readings
    return decided[0] if decided else not_found("no sentence says whether the contract renews by itself")


def goes_on_unless_ended(plain: str) -> bool:
    """Whether a sentence says that the contract goes on unless, or until, somebody ends it."""
    if not _GOING_ON.search(plain) or not (_UNLESS_ENDED.search(plain) or _OTHERWISE.search(plain)):
        return False
    plain = without_asides(plain)
    return _by_itself(plain) is not None or _goes_on(plain) is not None


def _read_one(sentence: Sentence, sentences: list[Sentence]) -> Finding | None:
    """The finding of one sentence. An outright statement either way takes precedence over a conclusion."""
    if not _GOING_ON.search(sentence.plain):
        return None
    plain = without_asides(sentence.plain)
    if _is_refused(plain):
        return _not_by_itself(sentence)
    at = _by_itself(plain)
    if at is not None:
        if _IF_AGREED.search(plain, at) and not _UNLESS_ENDED.search(plain):
            return unreadable("it renews by itself only as somebody agrees, in a way that is not understood", sentence)
        return _renews(sentence, at, sentences)
    wish, going_on = whose_wish(plain), _goes_on(plain)
    if wish and not (going_on is not None and _UNLESS_ENDED.search(plain) and wish != "agreement"):
        return _not_by_itself(sentence, wish)
    if going_on is not None and _IF_APPROVED.search(plain, going_on):
        return _not_by_itself(sentence, "agreement")
    if going_on is not None:
        return _renews(sentence, going_on, sentences)
    if runs_on := _runs_on(plain):
        return (
            found(sentence, renews=True, byWish=False, wish=None, termMonths=None, evergreen=True) if runs_on else None
        )
    if _ENDS_UNLESS_AGREED.search(plain) and is_of_the_contract(plain, plain.find("expire"), plain.find("expire")):
        return _not_by_itself(sentence, "agreement")
    if any(
        _is_plain_statement(plain, match)
        for match in _WILL.finditer(plain)
        if "new" in match.group() or _ON_AND_ON.match(plain[match.end() :])
    ):
        return unreadable("it speaks of a renewal in a way that is not understood", sentence)
    return None


def _not_by_itself(sentence: Sentence, wish: str | None = None) -> Finding:
    return found(sentence, renews=False, byWish=wish is not None, wish=wish, termMonths=None, evergreen=False)


def _renews(sentence: Sentence, at: int, sentences: list[Sentence]) -> Finding:
    months = renewal_length.in_sentence(sentence.plain, at) or renewal_length.elsewhere(sentence.plain, sentences)
    evergreen = months is None and ("evergreen" in sentence.plain or _runs_on(without_asides(sentence.plain)))
    return found(sentence, renews=True, byWish=False, wish=None, termMonths=months, evergreen=evergreen)


def _is_refused(plain: str) -> bool:
    """Whether a sentence says that the contract does not renew; not whether somebody may say so."""
    for match in _REFUSED.finditer(plain):
        start, end = match.span(match.lastgroup or 0)
        wished = _A_WISH_AGAINST_IT.search(plain[max(0, match.start() - 80) : match.start()])
        extends_to = _EXTENDS_TO.match(plain[end:])
        if not wished and not extends_to and is_of_the_contract(plain, start, end):
            return True
    return False


def _by_itself(plain: str) -> int | None:
    """Where the sentence says outright that the contract renews by itself."""
    for pattern in _BY_ITSELF:
        for match in pattern.finditer(plain):
            start, end = match.span("renew")
            denied = re.search(r"\b(?:not|no)\b[^,;]{0,30}$", plain[max(0, match.start() - 40) : match.start()])
            delayed = _AFTER_A_DELAY.search(plain[max(0, start - 200) : end + 200])
            if (
                not denied
                and not delayed
                and not _EXTENDS_TO.match(plain[end:])
                and is_of_the_contract(plain, start, end)
            ):
                return start
    return None


def _goes_on(plain: str) -> int | None:
    """Where the sentence says that the contract will go on for another time, though not that it does by itself."""
    for match in _FROM_YEAR_TO_YEAR.finditer(plain):
        if is_of_the_contract(plain, *match.span("renew")):
            return match.start("renew")
    for match in _WILL.finditer(plain):
        verb, end = match.group(match.lastgroup or 0), match.end()
        if not _is_plain_statement(plain, match):
            continue
        on_an_event = _ON_AN_EVENT.search(plain[: match.start()]) or _ONLY_IF.search(plain, end)
        if on_an_event and not _UNLESS_ENDED.search(plain):
            continue
        renews = "new" in verb and _FOR_A_TIME.match(plain[end:])
        unless_ended = "continue" not in verb and _UNLESS_ENDED.search(plain)
        if renews or unless_ended or _ON_AND_ON.match(plain[end:]) or _OTHERWISE.search(plain):
            return match.start(match.lastgroup or 0)
    return None


def _is_plain_statement(plain: str, match: re.Match[str]) -> bool:
    """Whether a verb of going on is said of the contract, and neither as a condition nor because of a delay."""
    start, end = match.span(match.lastgroup or 0)
    continues = "continue" in match.group()
    return (
        not _IF.search(plain[max(0, match.start() - 60) : match.start()])
        and not _EXTENDS_TO.match(plain[end:])
        and not _AFTER_A_DELAY.search(plain)
        and (not continues or bool(_ON_AND_ON.match(plain[end:])))
        and is_of_the_contract(plain, start, end, if_unsaid=not continues)
    )


def _runs_on(plain: str) -> bool:
    """Whether a sentence says that the contract runs until somebody ends it, without a length or a day of its own."""
    for match in _RUNS_ON.finditer(plain):
        if match["indefinite"] or not _A_LENGTH_OR_DAY.search(match["between"]):
            return is_said_of_the_paper(plain, match.start())
    return False
