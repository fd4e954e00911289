"""Recognises what a sentence says of ending the contract: that it speaks of it, who may do it, and whether it gives a
right or tells what follows from an ending."""

import re

ENDS = (
    r"(?:terminat\w*|terminable|cancel(?!led order)\w*|rescind\w*|withdraw from|discontinue (?:this|the) (?:agreement|contract)"
    r"|end (?:this|the) (?:agreement|contract)|bring (?:this|the) (?:agreement|contract) to an end)"
)
_END = (
    r"(?:terminate|cancel|rescind|withdraw from|discontinue|end (?:this|the) (?:agreement|contract)"
    r"|bring (?:this|the) (?:agreement|contract) to an end|(?:early )?(?:termination|cancell?ation) of)"
)
ENDING = re.compile(rf"\b{ENDS}")

_MAY = (
    r"(?:may|can|(?:is|are|shall be|will be) (?:also )?(?:entitled|free|permitted|allowed) to"
    r"|(?:shall |will )?(?:ha(?:s|ve)|reserves?|retains?|enjoys?) (?:\w+ ){0,3}(?:right|option|power|privilege|ability)s?(?: (?:\w+ ){0,8}?to)?"
    r"|rights? (?:to|of)|option to|elects? to)"
)
_MAY_END = re.compile(rf"\b(?P<may>{_MAY})\b(?! not\b)(?P<between>[^.;]{{0,160}}?)\b{_END}\b")
_MAY_BE_ENDED = re.compile(
    r"\b(?:may|can|shall|will)(?: \w+|, [^,;.]{1,60},)? be (?:\w+ ){0,2}(?:terminat\w+|cancel\w*)|\b(?:terminable|cancell?able)\b"
    r"|\bsubject to (?:termination|cancell?ation) by\b"
)
_ENDS_BY_NOTICE = re.compile(  # "shall terminate upon 30 days' notice", "until terminated by either party on notice"
    r"\b(?:shall |will )?(?:be )?terminate[sd]?\b[^.;]{0,80}?\b(?:upon|on|by|at the option of|with|after)\b[^.;]{0,80}?\bnotice"
    r"|\buntil\b[^.;]{0,60}?\b(?:terminat|cancel)\w*\b[^.;]{0,80}?\bnotice"
    r"|\buntil\b[^.;]{0,80}?\bnotice\b[^.;]{0,60}?\b(?:terminat|cancel)"
    r"|\b(?:termination|cancell?ation) (?:of (?:this|the) (?:agreement|contract) )?by (?:either|any|each|the)\b"
)
_WHAT_FOLLOWS = re.compile(  # the sentence begins with an ending that has happened
    r"^\W*(?:(?:\d[\d.]{0,8}|\(?[a-z]{1,4}[.)])\W+)?(?:[a-z ]{1,40}\. )?"
    r"(?:if|in the event|in case|upon|on|following|after|when|where|should|no|any|immediately upon|promptly (?:after|upon))\b"
    r"(?:(?!\bmay\b).){0,100}\b(?:terminat(?:ion|ed|es|ing)|terminate|cancel(?:led|ed|lation))\b"
)
_BY_A_NOTICE_FIRST = re.compile(r"^\W*(?:[\d.()a-z]{1,6}\W+)?(?:upon|on|by|after|following)\b[^,]{0,80}\bnotice\b")
_FORBIDDEN = re.compile(
    rf"\b(?:neither|no) (?:party|side)\b.{{0,60}}?\b{ENDS}|\b(?:may|shall|can|will) not\b.{{0,40}}?\b{ENDS}|\bcannot\b.{{0,40}}?\b{ENDS}"
    rf"|\b(?:no|not have (?:any|the|a)) right\b.{{0,40}}?\b{ENDS}"
    r"|\bnot be (?:terminated|cancelled|canceled|terminable)\b|\bnon-?cancel"
    r"|\b(?:is|are|shall be) no (?:right (?:of|to) )?(?:\w+ )?(?:termination|cancell?ation)\b"
)
_THE_CONTRACT = (
    r"(?:agreement|contract|subscription|term|order form|(?<=this )order|(?<=the )order|services?|engagement|employment|appointment|relationship"
    r"|arrangement|cooperation)"
)
_OBJECT_IS_CONTRACT = re.compile(  # behind the verb: "this Agreement", "its obligations under the contract", or nothing
    rf"(?:, [^,]{{1,60}},)?,? (?:and \w+ |or \w+ )?(?:(?!under\b)[\w'-]+ ){{0,5}}?{_THE_CONTRACT}\b|,? (?:it|same|the same)\b"
    r"|(?:\.|$| (?:early|immediately|at|upon|on|by|with|without|for|in|after|prior)\b)"
)
_CONTRACT_IS_ENDED = re.compile(
    rf"\b{_THE_CONTRACT}(?:[ ,][^.;]{{0,60}}?)?,? (?:may|can|shall|is|are)(?:, [^,;.]{{1,60}},)?(?:,? \w+){{0,4}}? {ENDS}"
    rf"|\b{_THE_CONTRACT} will (?:\w+ )?(?:be )?{ENDS}|\b{_THE_CONTRACT}\b[^.;]{{0,160}}?\b(?:until|terminable|cancell?able|termination by)\b"
    rf"|\b(?:termination|cancell?ation) (?:of (?:this|the) {_THE_CONTRACT} )?by\b"
)
_EITHER = re.compile(
    r"\b(?:either|each|any|every|a|one) (?:of the )?(?:\w+ )?part(?:y|ies)\b|\b(?:the|both) parties\b|\bparties may\b"
    r"|\beither\b[^.;,]{0,40}\bor\b|\bus or you\b|\byou or us\b|\b(?:neither|no) party\b|\bone side\b|\beither side\b"
)
_CUSTOMER = re.compile(r"\b(?:customer|client|licensee|subscriber|buyer|purchaser|distributor|reseller|user|you)\b")
_PROVIDER = re.compile(r"\b(?:provider|vendor|supplier|licensor|seller|contractor|consultant|manufacturer|we)\b")
_BY = re.compile(r"\b(?:by|option of|discretion of|election of|from) (?P<who>[^.;]{0,50})")
_ONE_OR_OTHER = re.compile(
    r"\b(?:customer|client|buyer|purchaser|company|vendor|provider|supplier|seller|you|we) or (?:the )?"
    r"(?:customer|client|buyer|purchaser|company|vendor|provider|supplier|seller|contractor|consultant|you|we)\b"
)
_BY_NOBODY = re.compile(  # "may be terminated upon notice", "is not terminable", where no "by" follows
    r"\b(?:be (?:\w+ ){0,2}?(?:terminated|cancell?ed)|terminable|cancell?able|no (?:\w+ ){0,3}?termination)\b(?![^.;]{0,80}\b(?:by|option of|discretion of)\b)"
)
_NAME = re.compile(r"\b([a-z][\w.&'-]*)(?: hereto)?,? *$")


def is_right(text: str) -> bool:
    """Whether the text says that somebody may end the contract, and not what follows once it has ended."""
    if _WHAT_FOLLOWS.search(text) and not _BY_A_NOTICE_FIRST.search(text):
        return False
    return bool(_MAY_END.search(text) or _MAY_BE_ENDED.search(text) or _ENDS_BY_NOTICE.search(text))


def tells_what_follows(text: str) -> bool:
    """Whether the text begins with an ending, whatever it then says."""
    return bool(_WHAT_FOLLOWS.search(text)) and not _BY_A_NOTICE_FIRST.search(text)


def forbidden(text: str) -> re.Match[str] | None:
    """The words by which the text refuses a right to end the contract."""
    return _FORBIDDEN.search(text)


def is_of_the_contract(text: str) -> bool:
    """Whether what ends is the contract, rather than an order, a licence or a person's access."""
    if right := _MAY_END.search(text):
        return bool(_OBJECT_IS_CONTRACT.match(text, right.end()))
    return bool(_CONTRACT_IS_ENDED.search(text))


def party(text: str) -> str | None:
    """Who may end the contract: customer, provider or either; None if a party is called by its own name. An ending that nobody is named for is open to both."""
    who = _named(_subject(text)) or _named(_agent(text))
    return who or ("either" if _BY_NOBODY.search(text) else None)


def named(text: str) -> str | None:
    """The last word of the subject, which tells apart parties that are called by their own names."""
    match = _NAME.search(_subject(text))
    return match.group(1) if match else None


def _subject(text: str) -> str:
    """What stands before the verb of a right; empty if the right is said in the passive."""
    if match := _MAY_END.search(text):
        before = text[: match.start()]
        return before[-80:] if not match["between"].strip().endswith(" be") else ""
    return ""


def _agent(text: str) -> str:
    """Who ends the contract where that stands behind "by" or "at the option of"; what stands before it, else."""
    end = ENDING.search(text)
    if end is None:
        return text
    if (agent := _BY.search(text, end.end(), end.end() + 110)) and _named(agent["who"]):
        return agent["who"]
    return text[: end.start()] if _named(text[: end.start()]) else ""


def _named(words: str) -> str | None:
    """The party that is named last."""
    if _ONE_OR_OTHER.search(words):
        return "either"
    mentions = [
        (match.end(), name)
        for name, pattern in (("either", _EITHER), ("customer", _CUSTOMER), ("provider", _PROVIDER))
        for match in pattern.finditer(words)
    ]
    return max(mentions)[1] if mentions else None
