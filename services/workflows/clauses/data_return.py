"""Reads what happens to the customer's data once the contract has ended."""

import re
from collections.abc import Sequence

from services.workflows.clauses.finding import Finding, found, not_found
from services.workflows.clauses.quantities import periods
from services.workflows.clauses.text import Sentence

_DATA = (
    r"(?:(?:customer|client|subscriber|user|your|its|end user|personal|hosted|stored|of the)(?:'s)? (?:[a-z]+ ){0,2}?"
    r"(?:data|content|records|files|database)\b|\bdata (?:of|supplied by|provided by"
    r"|stored by) (?:the )?(?:customer|client|you)\b"
    r"|\ball data\b|\b[a-z][\w&-]{1,30}'s data\b)"
)
_BACK = r"(?:return|hand(?:s|ed)? over|export|retriev|download|extract|transfer|make available|make [^.;]{1,40} available|provide|deliver|migrat)\w*"
_GIVEN_BACK = re.compile(rf"\b{_BACK}\b[^.;]{{0,100}}?\b{_DATA}|\b{_DATA}[^.;]{{0,100}}?\b{_BACK}")
_GONE = r"(?:delet|destroy|eras|purg)\w*"
_DELETED = re.compile(rf"\b{_GONE}\b[^.;]{{0,100}}?\b{_DATA}|\b{_DATA}[^.;]{{0,100}}?\b{_GONE}")
_AT_THE_END = re.compile(
    r"\b(?:upon|after|on|following|at|when|if|once|of)\b(?: (?:any|the|such|a|this|of|early|effective|date)){0,4} "
    r"(?:terminat\w+|expir\w+|end of (?:the|this) (?:term|agreement|contract|subscription|services?)"
    r"|last day|last (?:\w+ )?use|(?:agreement|contract|subscription) (?:ends|terminates|expires|is terminated"
    r"|has ended))\b"
)
_SOMETHING_ELSE = re.compile(
    r"\bconfidential information\b|\bproprietary information\b|\bfinancial (?:data|records)\b|\btechnical data\b"
    r"|\bindemnif\w*\b"
    r"|\blicensed content\b|\baudit"
)


def read(sentences: Sequence[Sentence]) -> Finding:
    """`{status, returned, within, sentence}`: whether the customer can have its data or it is only deleted, and within
    what time; preferably a sentence that gives it back, and one that says how long."""
    about = [sentence for sentence in sentences if _is_about(sentence.plain)]
    if not about:
        return not_found("no sentence says what happens to the customer's data at the end")
    back = [sentence for sentence in about if _GIVEN_BACK.search(sentence.plain)]
    telling = next((sentence for sentence in back or about if periods(sentence.plain)), (back or about)[0])
    named = [period for period in periods(telling.plain) if not period.doubt]
    return found(telling, returned=bool(back), within=str(named[0]) if named else None)


def _is_about(plain: str) -> bool:
    if not any(word in plain for word in ("data", "content", "records", "files")) or _SOMETHING_ELSE.search(plain):
        return False
    return bool(_AT_THE_END.search(plain) and (_GIVEN_BACK.search(plain) or _DELETED.search(plain)))
