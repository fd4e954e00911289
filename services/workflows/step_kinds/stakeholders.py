"""The step on stakeholders: who decides and supports at the customer, who is missing, was never met, or left."""

from datetime import date

from services.workflows.definition import StepContext, StepKind
from services.workflows.facts.customer import ContactFacts
from shared.contracts.customers import CONTACT_ROLES
from shared.ground import wording
from shared.ground.json_types import JsonObject

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


def compute(context: StepContext) -> JsonObject:
    """`{stakeholders, keyStakeholders, departed, neverMet, gaps, strengths, summary}`, from the customer's contacts.

    A gap has `{key, role, severity, title, why, contactId}`; `keyStakeholders` counts the active contacts with one of
    KEY_ROLES.
    """
    contacts, today = context.facts.contacts, context.facts.today
    active = [contact for contact in contacts if contact.status == "active"]
    cards = [_card(contact, today) for contact in active]
    departed = [_departure(contact, contacts) for contact in contacts if contact.status == "departed"]
    key = sum(card["key"] for card in cards)
    gaps = sorted(
        [*_missing(active), *_unmet(active), *_stale(active, today), *_left(departed)],
        key=lambda gap: _ORDER.index(gap["severity"]),
    )
    return {
        "stakeholders": sorted(cards, key=lambda card: (list(CONTACT_ROLES).index(card["role"]), card["name"])),
        "keyStakeholders": key,
        "departed": departed,
        "neverMet": [card["contactId"] for card in cards if not card["met"]],
        "gaps": gaps,
        "strengths": _strengths(active, today),
        "summary": f"Stakeholders mapped: {key} key stakeholder{'' if key == 1 else 's'}, {_counted(gaps)}",
    }


def _counted(gaps: list[JsonObject]) -> str:
    critical = sum(gap["severity"] == "critical" for gap in gaps)
    return f"{len(gaps)} gap{'' if len(gaps) == 1 else 's'}" + (f", {critical} of them critical" if critical else "")


def _age(day: date | None, today: date) -> int | None:
    return (today - day).days if day else None


def _card(contact: ContactFacts, today: date) -> JsonObject:
    return {
        "contactId": contact.id,
        "name": contact.name,
        "title": contact.title,
        "role": contact.role,
        "key": contact.role in KEY_ROLES,
        "isPrimary": contact.is_primary,
        "sentiment": contact.sentiment,
        "met": contact.last_met_on is not None,
        "lastMetOn": contact.last_met_on.isoformat() if contact.last_met_on else None,
        "lastTouchOn": contact.last_touch_on.isoformat() if contact.last_touch_on else None,
        "lastTouchDays": _age(contact.last_touch_on, today),
    }


def _departure(contact: ContactFacts, everybody: tuple[ContactFacts, ...]) -> JsonObject:
    successor = next(
        (other for other in everybody if other.id == contact.successor_id and other.status == "active"), None
    )
    return {
        "contactId": contact.id,
        "name": contact.name,
        "role": contact.role,
        "wasPrimary": contact.is_primary,
        "salesforceId": contact.salesforce_id,
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


def _gap(key: str, role: str, severity: str, title: str, why: str, contact_id: str | None = None) -> JsonObject:
    return {"key": key, "role": role, "severity": severity, "title": title, "why": why, "contactId": contact_id}


def _missing(active: list[ContactFacts]) -> list[JsonObject]:
    present = {contact.role for contact in active}
    return [
        _gap(
            f"missing_{role}",
            role,
            severity,
            f"No {CONTACT_ROLES[role]} is known",
            f"None of the {len(active)} active contacts has this role.",
        )
        for role, severity in _MISSING_SEVERITY.items()
        if role not in present
    ]


def _unmet(active: list[ContactFacts]) -> list[JsonObject]:
    gaps = []
    for contact in active:
        if contact.last_met_on is None and contact.role in ("economic_buyer", "executive_sponsor"):
            known_as = contact.title if 0 < len(contact.title) <= 30 else contact.name
            severity = "critical" if contact.role == "economic_buyer" else "high"
            title = f"{known_as} relationship gap ({CONTACT_ROLES[contact.role]} not engaged)"
            gaps.append(
                _gap(
                    f"unmet_{contact.role}", contact.role, severity, title, f"{contact.name} was never met.", contact.id
                )
            )
    return gaps


def _stale(active: list[ContactFacts], today: date) -> list[JsonObject]:
    gaps = []
    for contact in active:
        age = _age(contact.last_touch_on, today)
        if contact.role in KEY_ROLES and age is not None and age > STALE_AFTER_DAYS and contact.last_met_on is not None:
            title = f"{contact.name} ({CONTACT_ROLES[contact.role]}) was not in touch for {age} days"
            gaps.append(
                _gap(
                    "stale_contact",
                    contact.role,
                    "medium",
                    title,
                    f"The last touch was on {wording.day(contact.last_touch_on)}.",
                    contact.id,
                )
            )
    return gaps


def _left(departed: list[JsonObject]) -> list[JsonObject]:
    """A gap for each key or primary contact who left without an active successor; with one it is a handover."""
    return [
        _gap(
            "departed_contact",
            person["role"],
            "high",
            f"{person['name']} left and nobody took over",
            f"The {CONTACT_ROLES[person['role']]} left without a successor.",
            person["contactId"],
        )
        for person in departed
        if person["successor"] is None and (person["role"] in KEY_ROLES or person["wasPrimary"])
    ]


def _strengths(active: list[ContactFacts], today: date) -> list[JsonObject]:
    close = [
        contact
        for contact in active
        if contact.role in OPERATIONAL_ROLES
        and contact.sentiment == "positive"
        and contact.last_touch_on
        and (today - contact.last_touch_on).days <= FRESH_WITHIN_DAYS
    ]
    if len(close) < ENOUGH_FOR_STRENGTH:
        return []
    names = ", ".join(contact.name for contact in close)
    return [
        {
            "key": "operational_relationships",
            "title": "Strong operational relationships",
            "why": f"In touch within {FRESH_WITHIN_DAYS} days and positive: {names}.",
        }
    ]


KIND = StepKind("stakeholders", compute)
