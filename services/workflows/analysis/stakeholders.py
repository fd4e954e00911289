"""Who decides and supports at the customer, who is missing, who was never met, and who left."""

from datetime import date
from typing import Any

from services.workflows.analysis.dossier import ContactFacts, Dossier

ROLES = {
    "economic_buyer": "economic buyer",
    "executive_sponsor": "executive sponsor",
    "champion": "champion",
    "technical_buyer": "technical buyer",
    "decision_maker": "decision maker",
    "procurement": "procurement",
    "legal": "legal",
    "influencer": "influencer",
    "end_user": "end user",
    "other": "other",
}
KEY_ROLES = ("economic_buyer", "executive_sponsor", "champion", "technical_buyer", "decision_maker")
OPERATIONAL_ROLES = ("champion", "technical_buyer", "decision_maker", "influencer", "end_user")
STALE_AFTER_DAYS = 60
FRESH_WITHIN_DAYS = 30
ENOUGH_FOR_STRENGTH = 2
_MISSING_SEVERITY = {
    "economic_buyer": "critical",
    "champion": "high",
    "executive_sponsor": "medium",
    "technical_buyer": "medium",
}
_ORDER = ("critical", "high", "medium")


def compute(dossier: Dossier, given: dict[str, Any], earlier: dict[str, Any]) -> dict[str, Any]:
    """`{stakeholders, keyStakeholders, departed, neverMet, gaps, strengths, summary}`, from the customer's contacts.

    A gap has `{key, role, severity, title, why, contactId}`; who is a key stakeholder follows from the role.
    """
    active = [one for one in dossier.contacts if one.status == "active"]
    cards = [_card(one, dossier.today) for one in active]
    departed = [_departure(one, dossier.contacts) for one in dossier.contacts if one.status == "departed"]
    key = sum(card["key"] for card in cards)
    gaps = sorted(
        [*_missing(active), *_unmet(active), *_stale(active, dossier.today), *_left(departed)],
        key=lambda gap: _ORDER.index(gap["severity"]),
    )
    return {
        "stakeholders": sorted(cards, key=lambda card: (list(ROLES).index(card["role"]), card["name"])),
        "keyStakeholders": key,
        "departed": departed,
        "neverMet": [card["contactId"] for card in cards if not card["met"]],
        "gaps": gaps,
        "strengths": _strengths(active, dossier.today),
        "summary": f"Stakeholders mapped: {key} key stakeholder{'' if key == 1 else 's'}, {_counted(gaps)}",
    }


def _counted(gaps: list[dict[str, Any]]) -> str:
    critical = sum(gap["severity"] == "critical" for gap in gaps)
    return f"{len(gaps)} gap{'' if len(gaps) == 1 else 's'}" + (f", {critical} of them critical" if critical else "")


def _age(day: date | None, today: date) -> int | None:
    return (today - day).days if day else None


def _card(one: ContactFacts, today: date) -> dict[str, Any]:
    return {
        "contactId": one.id,
        "name": one.name,
        "title": one.title,
        "role": one.role,
        "key": one.role in KEY_ROLES,
        "isPrimary": one.is_primary,
        "sentiment": one.sentiment,
        "met": one.last_met_on is not None,
        "lastMetOn": one.last_met_on.isoformat() if one.last_met_on else None,
        "lastTouchOn": one.last_touch_on.isoformat() if one.last_touch_on else None,
        "lastTouchDays": _age(one.last_touch_on, today),
    }


def _departure(one: ContactFacts, everybody: tuple[ContactFacts, ...]) -> dict[str, Any]:
    successor = next((other for other in everybody if other.id == one.successor_id and other.status == "active"), None)
    return {
        "contactId": one.id,
        "name": one.name,
        "role": one.role,
        "wasPrimary": one.is_primary,
        "salesforceId": one.salesforce_id,
        "successor": None
        if successor is None
        else {
            "contactId": successor.id,
            "name": successor.name,
            "title": successor.title,
            "salesforceId": successor.salesforce_id,
            "isPrimary": successor.is_primary,
        },
    }


def _gap(key: str, role: str, severity: str, title: str, why: str, contact_id: str | None = None) -> dict[str, Any]:
    return {"key": key, "role": role, "severity": severity, "title": title, "why": why, "contactId": contact_id}


def _missing(active: list[ContactFacts]) -> list[dict[str, Any]]:
    present = {one.role for one in active}
    return [
        _gap(
            f"missing_{role}",
            role,
            severity,
            f"No {ROLES[role]} is known",
            f"None of the {len(active)} active contacts has this role.",
        )
        for role, severity in _MISSING_SEVERITY.items()
        if role not in present
    ]


def _unmet(active: list[ContactFacts]) -> list[dict[str, Any]]:
    gaps = []
    for one in active:
        if one.last_met_on is None and one.role in ("economic_buyer", "executive_sponsor"):
            known_as = one.title if 0 < len(one.title) <= 30 else one.name
            severity = "critical" if one.role == "economic_buyer" else "high"
            title = f"{known_as} relationship gap ({ROLES[one.role]} not engaged)"
            gaps.append(_gap(f"unmet_{one.role}", one.role, severity, title, f"{one.name} was never met.", one.id))
    return gaps


def _stale(active: list[ContactFacts], today: date) -> list[dict[str, Any]]:
    gaps = []
    for one in active:
        age = _age(one.last_touch_on, today)
        if one.role in KEY_ROLES and age is not None and age > STALE_AFTER_DAYS and one.last_met_on is not None:
            title = f"{one.name} ({ROLES[one.role]}) was not in touch for {age} days"
            gaps.append(
                _gap("stale_contact", one.role, "medium", title, f"The last touch was on {one.last_touch_on}.", one.id)
            )
    return gaps


def _left(departed: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Somebody who left and has no successor; with one, it is a handover and no gap."""
    return [
        _gap(
            "departed_contact",
            one["role"],
            "high",
            f"{one['name']} left and nobody took over",
            f"The {ROLES[one['role']]} left without a successor.",
            one["contactId"],
        )
        for one in departed
        if one["successor"] is None and (one["role"] in KEY_ROLES or one["wasPrimary"])
    ]


def _strengths(active: list[ContactFacts], today: date) -> list[dict[str, Any]]:
    close = [
        one
        for one in active
        if one.role in OPERATIONAL_ROLES
        and one.sentiment == "positive"
        and one.last_touch_on
        and (today - one.last_touch_on).days <= FRESH_WITHIN_DAYS
    ]
    if len(close) < ENOUGH_FOR_STRENGTH:
        return []
    names = ", ".join(one.name for one in close)
    return [
        {
            "key": "operational_relationships",
            "title": "Strong operational relationships",
            "why": f"In touch within {FRESH_WITHIN_DAYS} days and positive: {names}.",
        }
    ]
