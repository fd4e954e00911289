"""Recognises what a sentence says of ending the contract: that it speaks of it, and whether it gives a right, refuses
one, or tells what follows from an ending."""

import re

ENDS = (
    r"(?:terminat\w*|terminable|cancel(?!led order)\w*|rescind\w*|withdraw from|discontinue (?:this"
    r"|the) (?:agreement|contract)"
    r"|end (?:this|the) (?:agreement|contract)|bring (?:this|the) (?:agreement|contract) to an end)"
)
_END = (
    r"(?:terminat(?:e|ing)|cancel(?:l?ing)?|rescind(?:ing)?|withdraw from|discontinue|end (?:this"
    r"|the) (?:agreement|contract)"
    r"|bring (?:this|the) (?:agreement|contract) to an end|(?:early )?(?:termination|cancell?ation) of)"
)
ENDING = re.compile(rf"\b{ENDS}")

_MAY = (
    r"(?:may|can|(?:is|are|shall be|will be) (?:also )?(?:entitled|free|permitted|allowed) to"
    r"|(?:shall |will )?(?:ha(?:s|ve)|reserves?|retains?|enjoys?) (?:\w+ ){0,3}(?:right|option|power|privilege"
    r"|ability)s?(?: (?:\w+ ){0,8}?to)?"
    r"|rights? (?:to|of)|option to|elects? to)"
)
MAY_END = re.compile(rf"\b(?P<may>{_MAY})\b(?! not\b)(?P<between>[^.;]{{0,160}}?)\b{_END}\b")
_MAY_BE_ENDED = re.compile(
    r"\b(?:may|can|shall|will)(?: \w+|, [^,;.]{1,60},)? be (?:\w+ ){0,2}(?:terminat\w+|cancel\w*)"
    r"|\b(?:terminable|cancell?able)\b"
    r"|\bsubject to (?:termination|cancell?ation) by\b"
)
_ENDS_BY_NOTICE = re.compile(  # "shall terminate upon 30 days' notice", "until terminated by either party on notice"
    r"\b(?:shall |will )?(?:be )?terminate[sd]?\b[^.;]{0,80}?\b(?:upon|on|by|at the option of|with"
    r"|after)\b[^.;]{0,80}?\bnotice"
    r"|\buntil\b[^.;]{0,60}?\b(?:terminat|cancel)\w*\b[^.;]{0,80}?\bnotice"
    r"|\buntil\b[^.;]{0,80}?\bnotice\b[^.;]{0,60}?\b(?:terminat|cancel)"
    r"|\b(?:termination|cancell?ation) (?:of (?:this|the) (?:agreement|contract) )?by (?:either|any|each|the)\b"
)
_WHAT_FOLLOWS = re.compile(  # the sentence begins with an ending that has happened
    r"^\W*(?:(?:\d[\d.]{0,8}|\(?[a-z]{1,4}[.)])\W+)?(?:[a-z ]{1,40}\. )?"
    r"(?:if|in the event|in case|upon|on|following|after|when|where|should|no|any|immediately upon"
    r"|promptly (?:after|upon))\b"
    r"(?:(?!\bmay\b).){0,100}\b(?:terminat(?:ion|ed|es|ing)|terminate|cancel(?:led|ed|lation))\b"
)
_BY_A_NOTICE_FIRST = re.compile(
    r"^\W*(?:[\d.()a-z]{1,6}\W+)?(?:upon|on|by|after|following)\b(?:(?!terminat|cancel|expir)[^,]){0,80}\bnotice\b"
)
_FORBIDDEN = re.compile(
    rf"\b(?:neither|no) (?:party|side)\b.{{0,60}}?\b{ENDS}|\b(?:may|shall|can|will) not\b.{{0,40}}?\b{ENDS}"
    rf"|\bcannot\b.{{0,40}}?\b{ENDS}"
    rf"|\b(?:no|not have (?:any|the|a)) right\b.{{0,40}}?\b{ENDS}"
    r"|\bnot be (?:terminated|cancelled|canceled|terminable)\b|\bnon-?cancel"
    r"|\b(?:is|are|shall be) no (?:right (?:of|to) )?(?:\w+ )?(?:termination|cancell?ation)\b"
)
_THE_CONTRACT = (
    r"(?:agreement|contract|subscription|term|order form|(?<=this )order|(?<=the )order|services?|engagement"
    r"|employment|appointment|relationship"
    r"|arrangement|cooperation)"
)
_OBJECT_IS_CONTRACT = re.compile(  # behind the verb: "this Agreement", "its obligations under the contract", or nothing
    rf"(?:, [^,]{{1,60}},)?(?:,? (?:and \w+ |or \w+ )?(?:(?!under\b)[\w'-]+ ){{0,5}}?{_THE_CONTRACT}\b|,? (?:it"
    r"|same|the same)\b"
    r"|(?:\.|$| (?:early|immediately|at|upon|on|by|with|without|for|in|after|prior)\b))"
)
_VERB_NAMES_CONTRACT = re.compile(r"\b(?:end (?:this|the) (?:agreement|contract)|to an end)$")
_WISH = re.compile(  # "if a party wishes to terminate, it shall give notice": a right, said as a duty
    r"(?:\b(?:in the event(?: that)?|if|should|when|where) )?(?P<who>\b(?:[\w'-]+ ){1,3})"
    r"(?:wish|desir|intend|want|elect|decid)(?:es|s|e|ing)? to (?P<end>terminate|cancel|end)\b"
    r"(?=[^.;]{0,120}\b(?:shall|must|will|has to|is to)\b[^.;]{0,60}\bnotice\b|[^.;]{0,120}\bmust notify\b)"
)
_CONTRACT_IS_ENDED = re.compile(
    rf"\b{_THE_CONTRACT}(?:[ ,][^.;]{{0,60}}?)?,? (?:may|can|shall|is"
    rf"|are)(?:, [^,;.]{{1,60}},)?(?:,? \w+){{0,4}}? {ENDS}"
    rf"|\b{_THE_CONTRACT} will (?:\w+ )?(?:be )?{ENDS}|\b{_THE_CONTRACT}\b[^.;]{{0,160}}?\b(?:until|terminable"
    r"|cancell?able|termination by)\b"
    rf"|\b(?:termination|cancell?ation) (?:of (?:this|the) {_THE_CONTRACT} )?by\b"
)


def with_wishes_as_rights(text: str) -> str:
    """The text with "if a party wishes to terminate, it shall give notice" said as what it means: it may terminate."""
    return _WISH.sub(r"\g<who>may \g<end>", text) if " to " in text else text


def is_right(text: str) -> bool:
    """Whether the text says that somebody may end the contract, and not what follows once it has ended."""
    if _WHAT_FOLLOWS.search(text) and not _BY_A_NOTICE_FIRST.search(text):
        return False
    return bool(MAY_END.search(text) or _MAY_BE_ENDED.search(text) or _ENDS_BY_NOTICE.search(text))


def tells_what_follows(text: str) -> bool:
    """Whether the text begins with an ending, whatever it then says."""
    return bool(_WHAT_FOLLOWS.search(text)) and not _BY_A_NOTICE_FIRST.search(text)


def forbidden(text: str) -> re.Match[str] | None:
    """The words by which the text refuses a right to end the contract."""
    return _FORBIDDEN.search(text)


def is_of_the_contract(text: str) -> bool:
    """Whether what ends is the contract, rather than an order, a licence or a person's access."""
    if right := MAY_END.search(text):
        return bool(_VERB_NAMES_CONTRACT.search(right.group()) or _OBJECT_IS_CONTRACT.match(text, right.end()))
    return bool(_CONTRACT_IS_ENDED.search(text))
