"""The clause that binds an assignment of the contract, or a change of control, to the other party's will."""

import re

from services.workflows.clauses.obstacles.obstacle import Obstacle, names

_HANDS_OVER = r"(?:assign(?!ment of (?:error|task))\w*|novat\w+|transfer(?:s|red|able|ring)?|delegat\w+|sub-?licen[cs]e\w*|convey\w*)"
_CONTRACT = r"(?:agreement|contract|rights?|obligations?|dut(?:y|ies)|interests?|licen[cs]es?|part hereof|hereunder|hereof|franchise|herein)"
_FORBIDS = r"(?:not|neither|nor|no (?:party|assignment|rights?|such|part|attempted)|cannot|never|prohibited from|without first)"
_FORBIDDEN = re.compile(
    rf"\b{_FORBIDS}\b[^;]{{0,200}}?\b{_HANDS_OVER}\b[^;]{{0,160}}?\b{_CONTRACT}\b"
    rf"|\b{_CONTRACT}\b[^;]{{0,200}}?\b{_FORBIDS}\b[^;]{{0,120}}?\b{_HANDS_OVER}"
    rf"|\b{_HANDS_OVER}\b[^;]{{0,100}}?\b(?:not (?:be )?permitted|is prohibited|strictly prohibited)"
)
_NONE_IS = re.compile(
    rf"\b(?:no|neither|nor)\b[^;]{{0,60}}?\b{_CONTRACT}\b[^;]{{0,160}}?\b(?:shall|may|can|will|is"
    rf"|are) (?:\w+ ){{0,3}}?{_HANDS_OVER}"
)
_NOT_FORBIDDEN = re.compile(  # what the "not" is said of, instead of the assignment
    r"\b(?:not|nothing|no|never) (?:\w+ ){0,3}?(?:unreasonabl\w*|prevent|restrict|prohibit|preclude|limit"
    r"|relieve|require[sd]?|deemed|constitute|construed|considered|necessary)"
    r"|\bwhether or not\b|\bnot (?:limited to|otherwise (?:assigned|transferred))\b|\bif not\b"
)
_WITH_CONSENT = re.compile(
    rf"\b{_HANDS_OVER}\b[^;]{{0,240}}?\b(?:only|requires?|required|subject to|unless|except|with|upon|obtain\w*"
    rf"|provided)\b[^;]{{0,80}}?\b(?:consents?|approv\w+|permission|written (?:notice|agreement))"
    rf"|\bwithout\b[^;]{{0,100}}?\b(?:consent|approval|permission"
    rf"|agreement)\b[^;]{{0,120}}?\b{_HANDS_OVER}\b[^;]{{0,100}}?\b{_CONTRACT}"
)
_VOID = re.compile(
    r"\b(?:attempt\w*|purport\w*|unauthori[sz]ed|any|such"
    rf"|other)\b[^;]{{0,60}}?\b{_HANDS_OVER}\b[^;]{{0,200}}?\b(?:null|void|voidable|invalid|no (?:force|effect)"
    r"|of no)\b"
)
_CONTROL_CHANGES = (
    r"(?:change (?:of|in) (?:the )?(?:\w+ )?(?:control|ownership)|change-of-control|(?:merger|consolidation"
    r"|acquisition|sale of (?:all|substantially))"
    r"|(?:is|are|be|been) acquired by|acquires? (?:control|a majority|more than|substantially)"
    r"|control of (?:\w+ ){1,4}?(?:pass|change)|ownership change)"
)
_CONTROL = re.compile(
    rf"\b{_CONTROL_CHANGES}\b[^;]{{0,240}}?\b(?:terminat\w*|consent|approv\w+|notif\w+|notice"
    r"|deemed (?:to be )?an? (?:assignment|transfer)|option to)"
    rf"|\b(?:terminat\w*|consent|approval|notify)\b[^;]{{0,240}}?\b(?:change (?:of|in) (?:\w+ )?(?:control"
    r"|ownership)|change-of-control|acquired by|ownership change)"
)
_NOT_TRANSFERABLE = re.compile(r"\bnon-? ?(?:assignable|transferable)\b")
_OF_AN_EMPLOYEE = re.compile(r"\bseverance\b|\bgood reason\b|\bemployment\b|\bvest(?:s|ed|ing)\b")
_ENDS_ON_ASSIGNMENT = re.compile(
    r"\bterminat\w*\b[^.;]{0,60}?\b(?:in the event of|upon|on|if|event)\b[^.;]{0,60}?\bassign(?:ment|ed)\b"
)
_SOMETHING_ELSE = re.compile(
    r"\bassign\w* (?:\w+ ){0,4}?(?:personnel|employees?|staff|engineers?|consultants?|technicians?"
    r"|representatives?|tasks?|account manager|project manager|password|number|user id)"
    r"|\bhereby (?:\w+ )?(?:assigns?|transfers?)(?: and (?:assigns?|transfers?))?\b|\bagrees? to assign\b"
    r"|\bexecutory assignment"
    r"|\btransfer\w* (?:\w+ ){0,3}?(?:of )?(?:data|title|funds|risk|possession|technology|knowledge)"
)


def _is_in(plain: str) -> bool:
    if not names(plain, "assign", "transfer", "control", "novat", "acqui", "owner", "merge", "sale of"):
        return False
    if (
        (_CONTROL.search(plain) and not _OF_AN_EMPLOYEE.search(plain))
        or _VOID.search(plain)
        or _ENDS_ON_ASSIGNMENT.search(plain)
    ):
        return True
    assigned = _SOMETHING_ELSE.sub(" ", plain)
    forbidding = _NOT_FORBIDDEN.sub(" ", assigned)
    if (_FORBIDDEN.search(forbidding) or _NONE_IS.search(forbidding)) and re.search(
        r"\bassign|\bnovat|\btransfer", assigned
    ):
        return True
    return bool(
        re.search(r"\bassign", assigned) and _WITH_CONSENT.search(assigned) and re.search(rf"\b{_CONTRACT}\b", assigned)
    )


ASSIGNMENT_CONSENT = Obstacle(
    "assignment_consent",
    "Consent to assignment or change of control",
    "medium",
    "A change on either side opens the contract again.",
    _is_in,
)
