"""Says whose right it is to end the contract."""

import re

from services.workflows.clauses import ending

_EITHER = re.compile(
    r"\b(?:either|each|any|every|a|one) (?:of the )?(?:\w+ )?(?:part(?:y|ies)|side)\b|\b(?:the|both) parties\b"
    r"|\bparties may\b"
    r"|\beither\b[^.;,]{0,40}\bor\b|\b(?:neither|no) (?:party|side)\b"
)
_A_CUSTOMER = r"(?:customer|client|licensee|subscriber|buyer|purchaser|distributor|reseller|user|you)"
_A_PROVIDER = r"(?:provider|vendor|supplier|licensor|seller|contractor|consultant|manufacturer|we)"
_CUSTOMER = re.compile(rf"\b{_A_CUSTOMER}\b")
_PROVIDER = re.compile(rf"\b{_A_PROVIDER}\b")
_ONE_OR_OTHER = re.compile(
    rf"\b(?:{_A_CUSTOMER}|company|us) or (?:the )?(?:{_A_PROVIDER}|company|us)\b|\b(?:{_A_PROVIDER}|company"
    rf"|us) or (?:the )?(?:{_A_CUSTOMER}|company)\b"
)
_BY = re.compile(
    r"\b(?:by|option of|discretion of|election of|from|after|until|unless) (?!\w+ing\b)(?P<who>[^.;]{0,50})"
)
_BY_NOBODY = re.compile(  # "may be terminated upon notice", "is not terminable", where no "by" follows
    r"\b(?:be (?:\w+ ){0,2}?(?:terminated|cancell?ed)|terminable|cancell?able|no (?:\w+ ){0,3}?termination)\b"
    r"(?![^.;]{0,80}\b(?:by|option of|discretion of)\b)"
)
_INSERTED = re.compile(  # "Client, upon ten days' notice, may": the subject stands before it
    r"(?:$|(?:upon|on|at|in|without|by|for|with|as|after|following|if|however|acting|subject|and|or|its|their)\b)"
)
_NAME = re.compile(r"\b([a-z][\w.&'-]*)(?: hereto)?,? *$")


def party(text: str) -> str | None:
    """Who may end the contract: customer, provider or either; None if a party is called by its own name. An ending
    that nobody is named for is open to both."""
    if subject := _subject(text):
        return _named(subject)
    return _named(_agent(text)) or ("either" if _BY_NOBODY.search(text) else None)


def name(text: str) -> str | None:
    """The last word of the subject, which tells apart parties that are called by their own names."""
    match = _NAME.search(_subject(text))
    return match.group(1) if match else None


def _subject(text: str) -> str:
    """What stands before the verb of a right, as far as it can be the subject; empty if the right is said in the
    passive."""
    match = ending.MAY_END.search(text)
    if match is None or match["between"].strip().endswith(" be"):
        return ""
    before = text[max(0, match.start() - 80) : match.start()]
    last = before.rpartition(",")[2].strip()
    return before if _INSERTED.match(last) else last


def _agent(text: str) -> str:
    """Who ends the contract where that stands behind "by" or "at the option of"; what stands before the verb, else."""
    end = ending.ENDING.search(text)
    if end is None:
        return text
    if (agent := _BY.search(text, end.end(), end.end() + 110)) and _named(agent["who"]):
        return agent["who"]
    return text[: end.start()]


def _named(words: str) -> str | None:
    """The party that is named last."""
    if _ONE_OR_OTHER.search(words):
        return "either"
    mentions = [
        (match.end(), who)
        for who, pattern in (("either", _EITHER), ("customer", _CUSTOMER), ("provider", _PROVIDER))
        for match in pattern.finditer(words)
    ]
    return max(mentions)[1] if mentions else None
