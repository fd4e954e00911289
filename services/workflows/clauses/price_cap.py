"""Reads how far the price may rise at a renewal."""

import re
from dataclasses import replace

from services.workflows.clauses import price_words
from services.workflows.clauses.finding import Finding, found, settled, unreadable
from services.workflows.clauses.quantities import Percent, percents
from services.workflows.clauses.text import Sentence

_UP = (  # "put up by", "goes up", "5 % more", "4 % above it"
    r"\b(?:put|puts|putting) (?:\w+ ){0,4}?up\b|\b(?:go|goes|going) up\b(?! to \d)|(?:%|per ?cent\b)(?: ?\))? (?:above|more|higher)\b"
)
_RISE = re.compile(
    rf"\b(?:increas|rais|rise|uplift|escalat|adjust|adapt|exceed|higher|cap(?:ped)?\b|index|limited to)|{_UP}"
)
_OF_THE_FEES = (
    re.compile(  # "at 105 % of the current fees", "at one hundred and five percent (105%) of the previous fees"
        r"\b(?:at|to) (?:[a-z -]{3,40}per ?cent ?\( ?)?\d{3}(?:\.\d{1,2})? ?(?:%|per ?cent)(?: ?\))? of (?:the |its "
        r"|their )?(?:then-?)?"
        r"(?:current|present|prior|previous|last|existing|expiring|preceding)\b"
    )
)
_RISES_BY = re.compile(
    r"\b(?:increas|rais|rise|uplift|escalat)\w*\b[^.;]{0,60}?(?:%|per ?cent)|(?:%"
    r"|per ?cent)[^.;]{0,30}?\b(?:increas|rais|rise|uplift|escalat)"
)
_OTHER = re.compile(
    r"\b(?:interest|late (?:fee|payment|charge)|overdue|uptime|availability|service credits?|liabilit|damages"
    r"|taxes|refund|attorney)"
)
_INDEX = re.compile(
    r"\bconsumer prices? index|\bcpi(?:-u)?\b|\brpi\b|\bretail price index|\binflation\b|\bprice index\b"
)
_LESSER = re.compile(r"\b(?:lesser|lower|smaller|less) of\b")
_GREATER = re.compile(r"\b(?:greater|higher|larger) of\b")
_PLUS = re.compile(r"(?:\bplus\b|\+)[ (a-z]{0,20}$")
_LIMIT = re.compile(
    r"\b(?:not|no|never|neither|nor)\b.{0,80}\b(?:more than|exceed|in excess of|greater than|above|beyond|over"
    r"|by more)\b"
    r"|\bcapped\b|\bcap of\b|\bcap on\b|\blimited to\b|\bmaximum\b|\bup to\b|\bno more than\b|\bat (?:the )?most\b"
    r"|\bnot to exceed\b|\bceiling\b"
)
_SET = re.compile(
    r"\b(?:shall|will) (?:automatically )?(?:increase|rise|escalate|be increased|be raised|be adjusted)\b"
    r"|\b(?:annual|yearly) (?:uplift|increase|escalat\w{0,4}) of\b"
)
_LOCKED = re.compile(
    rf"{price_words.PRICES.pattern}[^.;]{{0,60}}?\b{price_words.FIXED}"
    rf"|{price_words.PRICES.pattern}[^.;]{{0,40}}?\b(?:shall|will|may) not (?:be )?(?:increase|raise|rise|change)"
    rf"|{price_words.PRICES.pattern}[^.;]{{0,40}}?\b(?:shall|will|may|does|do) not go up\b"
    rf"|{price_words.PRICES.pattern}(?:[^.;]|\.\d){{0,40}}?\b(?:are|is|be|stays?) held (?:for|at|until|through)\b"
    r"|\bkeeps? (?:this|the|these|its) (?:prices?|fees?|rates?|charges?)\b"
    r"|\bno (?:price |fee |annual )?increases?\b"
)
_RENEWAL = re.compile(r"\brenew|\bsubsequent|\bsuccessive|\beach (?:year|term)|\bthroughout|\bany (?:renewal|year)")
_LIST_PRICE = re.compile(r"\b(?:then-?current|prevailing|standard|list) (?:list )?(?:prices?|rates?|fees?|pricing)")
_WITHOUT_RENEWAL = re.compile(
    r"\b(?:without|instead of|failing|in the absence of) (?:a |any |such )?(?:\w+ )?renewal\b"
)
_EARLIER_PLUS = re.compile(  # "the fee of the last year plus four percent"
    r"\b(?:last|previous|prior|preceding|current|expiring|existing|first|second|third) (?:\w+ ){0,3}?(?:year"
    r"|term|period|fees?|prices?|rates?)(?: of [^.;,]{0,30})? plus\b"
)
_UNCAPPED = re.compile(r"\b(?:no|without(?: any)?) (?:cap|limit\w{0,6}) (?:on|of|to)\b|\buncapped\b")
_DISCRETION = re.compile(r"\b(?:sole|its own|own) discretion")
_CHANGES_FEES = re.compile(
    rf"\b(?:increas|rais|adjust|chang|modif|revis|set)\w*\b[^.;]{{0,40}}?{price_words.PRICES.pattern}"
    rf"|{price_words.PRICES.pattern}[^.;]{{0,60}}?\b(?:increas|rais|adjust|chang|modif|revis)"
)
_RESALE = re.compile(r"\bresale|\bresell|\bsells or\b|\bend[ -]users?\b|\bits (?:own )?customers\b")
_GOES_UP = re.compile(
    rf"\b(?:increas|rais|rise|uplift|escalat|adjust|adapt|higher|by (?:no )?more than|cap(?:ped)?\b|index)|{_UP}"
)
_GOES_DOWN = re.compile(
    r"(?:%|per ?cent)\W{0,3}(?:\w+ ){0,2}?(?:discount|reduc|rebate|decreas|off\b)|\b(?:discount|reduc|rebate"
    r"|decreas)\w*[^.;]{0,30}?(?:%|per ?cent)"
)
_ADDITIONAL = re.compile(r"\b(?:additional|other|further|new|extra) (?:\w+ )?(?:fees?|prices?|rates?|charges?)\b")
_EXCEPTION_BEFORE = re.compile(r"\b(?:unless|except)\b(?!.{0,30}\b(?:agree|otherwise))")
_EXCEPTION_BEHIND = re.compile(
    r"\b(?:unless|except|however|but|save|other than|notwithstanding|provided|if|where)\b|\bor (?:by )?more\b"
)
_NOTICE_AGAINST_RENEWAL = re.compile(r"\bunless (?:either|a|any|one|the other) (?:of the )?part(?:y|ies)\b")
_BEYOND_IT = re.compile(
    r"\b(?:may|can|shall be entitled to|is entitled to|has the right to|reserves the right to)\b(?! not)[^.;]{0,80}?"
    r"\b(?:by more|more than|exceed\w*|in excess|above|beyond|higher|greater)\b"
    r"|\bnotwithstanding (?:the foregoing|the above|this|that)\b"
)
_LIFTED = re.compile(
    r"\b(?:limit\w*|cap|restriction|ceiling|maximum|foregoing|preceding sentence)\b[^.;]{0,40}?"
    r"\b(?:shall|will|does|do|is|are) not (?:apply|binding|limit)"
)


def read(sentences: list[Sentence]) -> Finding:
    """`{status, basis, percent, limitPercent, limitIs, sentence}`.

    `basis` is fixed, set, locked, none, index, index_plus, lesser_of or greater_of. `limitPercent` is the limit of a
    rise; `limitIs` says whether it is exact, at most (an index may lower it) or at least (an index may raise it). A
    limit with an exception, in its own sentence or the next, is unreadable.
    """
    neighbours = zip([None, *sentences], sentences, [*sentences[1:], None], strict=False)
    candidates = [
        finding
        for before, sentence, after in neighbours
        if (finding := _with_exception(_under(before, sentence), after))
    ]
    excepted = [finding for finding in candidates if finding.get("why") == EXCEPTED]
    return settled(
        excepted or candidates,
        "no sentence limits how far the price may rise",
        "limits",
        lambda finding: (finding["basis"], finding["percent"]),
    )


def _under(heading: Sentence | None, sentence: Sentence) -> Sentence:
    """The sentence, said of the price if its heading is "Fee." or the like."""
    if heading is None or not price_words.HEADING.fullmatch(heading.plain):
        return sentence
    return replace(sentence, plain=f"price: {sentence.plain}")


EXCEPTED = "it limits how far the price may rise, but with an exception that is not understood"


def _with_exception(sentence: Sentence, following: Sentence | None) -> Finding | None:
    finding = _read_one(sentence)
    if finding is None or finding["status"] != "found" or finding.get("limitPercent") is None:
        return finding
    last = max((percent.end for percent in percents(sentence.plain)), default=0)
    before, behind = sentence.plain[:last], _NOTICE_AGAINST_RENEWAL.sub("", sentence.plain[last:])
    excepted = _EXCEPTION_BEFORE.search(before) or _EXCEPTION_BEHIND.search(behind)
    lifted = following and (
        _LIFTED.search(following.plain) or (_about_a_rise(following.plain) and _BEYOND_IT.search(following.plain))
    )
    return unreadable(EXCEPTED, sentence) if excepted or lifted else finding


def _about_a_rise(plain: str) -> bool:
    """Whether a sentence continues about how far the price rises; it may call the price only "it"."""
    return bool(re.search(r"\b(?:fees?|prices?|pricing|rates?|charges?|them|it)\b", plain) and _RISE.search(plain))


def _read_one(sentence: Sentence) -> Finding | None:
    if not price_words.PRICES.search(sentence.plain):
        return None
    plain = price_words.without_other_senses(sentence.plain)
    if not (
        price_words.PRICES.search(plain)
        and (
            _RISE.search(plain)
            or _LOCKED.search(plain)
            or _free(plain)
            or _OF_THE_FEES.search(plain)
            or _EARLIER_PLUS.search(plain)
        )
    ):
        return None
    named = [_rise(percent, plain) for percent in percents(plain)]
    if _OTHER.search(sentence.plain) or (named and not _is_of_a_rise(plain)):
        return None
    if _GOES_DOWN.search(plain) and not _RISES_BY.search(plain):
        return None
    if doubtful := next((percent for percent in named if percent.doubt), None):
        return unreadable(doubtful.doubt or "", sentence)
    if _INDEX.search(plain):
        return _by_index(sentence, named)
    if named and _LIMIT.search(plain):
        return _limit(sentence, "fixed", named[0].value, "exact")
    if named and (_SET.search(plain) or _OF_THE_FEES.search(plain) or _EARLIER_PLUS.search(plain)):
        return _limit(sentence, "set", named[0].value, "exact")
    if (
        named
        and _RISES_BY.search(plain)
        and (_RENEWAL.search(plain) or re.search(r"\bannual|\byearly|\ba year\b", plain))
    ):
        return unreadable("it names a percentage by which the price rises, in a way that is not understood", sentence)
    return _without_percentage(sentence)


def _is_of_a_rise(plain: str) -> bool:
    """Whether a percentage says how far prices go up, or what they are as a whole: 105 % of the earlier ones."""
    return bool(_GOES_UP.search(plain) or _EARLIER_PLUS.search(plain)) or any(
        percent.value >= 100 for percent in percents(plain)
    )


def _free(plain: str) -> bool:
    """Whether the sentence leaves the price of a renewal to the provider; charges for other things do not count."""
    renewed = _RENEWAL.search(_WITHOUT_RENEWAL.sub(" ", plain))
    if _UNCAPPED.search(plain) or (_LIST_PRICE.search(plain) and renewed):
        return True
    return bool(
        _DISCRETION.search(plain)
        and _CHANGES_FEES.search(plain)
        and not (_ADDITIONAL.search(plain) or _RESALE.search(plain))
    )


def _rise(percent: Percent, plain: str) -> Percent:
    """The rise that a percentage means: 103 % of the earlier fees is a rise of 3 %."""
    if percent.value >= 100 and re.match(r" ?\)? of\b", plain[percent.end : percent.end + 6]):
        return replace(percent, value=round(percent.value - 100, 3))
    return percent


def _by_index(sentence: Sentence, named: list[Percent]) -> Finding | None:
    plain = sentence.plain
    if not (_LIMIT.search(plain) or _SET.search(plain) or _RISE.search(plain)):
        return None
    if named and _LESSER.search(plain):
        return _limit(sentence, "lesser_of", min(percent.value for percent in named), "at most")
    if named and _GREATER.search(plain):
        return _limit(sentence, "greater_of", max(percent.value for percent in named), "at least")
    if named and any(_PLUS.search(plain[max(0, percent.start - 30) : percent.start]) for percent in named):
        return _limit(sentence, "index_plus", named[0].value, "at least")
    if named and re.search(
        r"\bindex.{0,80}\b(?:not|never|no)\b.{0,40}\b(?:exceed|more than)|\bup to\b|\bcapped at|\bmaximum|\bat (?:the )?most\b|\bno more than\b|\blimited to\b",
        plain,
    ):
        return _limit(sentence, "lesser_of", named[0].value, "at most")
    if named:
        return unreadable("it ties the price to an index and a percentage in a way that is not understood", sentence)
    return found(sentence, basis="index", percent=None, limitPercent=None, limitIs=None)


def _without_percentage(sentence: Sentence) -> Finding | None:
    plain = price_words.without_other_senses(sentence.plain)
    if _LOCKED.search(plain) and not _LIMIT.search(plain):
        only_first = re.search(r"\binitial (?:term|period)|\bfirst (?:year|term)", plain) and not _RENEWAL.search(plain)
        return None if only_first else _limit(sentence, "locked", 0.0, "exact")
    if _free(plain):
        return found(sentence, basis="none", percent=None, limitPercent=None, limitIs=None)
    if _LIMIT.search(plain) and re.search(r"\bincreas|\buplift|\brais", plain):
        return unreadable("it limits how far the price may rise, but not by a percentage that can be read", sentence)
    return None


def _limit(sentence: Sentence, basis: str, percent: float, limit_is: str) -> Finding:
    return found(sentence, basis=basis, percent=percent, limitPercent=percent, limitIs=limit_is)
