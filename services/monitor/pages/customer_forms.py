"""The JSON Schemas of the forms by which customers and what belongs to them are changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from services.monitor.pages.schema_forms import CUSTOMER, TIME_ZONE
from shared.contracts.customers import CONTACT_ROLES, CONTACT_STATUSES, PARENT_RELATIONS, RENEWAL_TERMS, SENTIMENTS

Schema = dict[str, Any]


def line(title: str, longest: int = 200, *, needed: bool = False, hint: str = "") -> Schema:
    """A line of text; empty is null unless it is needed."""
    base = {"type": "string", "minLength": 1} if needed else {"type": ["string", "null"]}
    return {**base, "title": title, "maxLength": longest} | ({"description": hint} if hint else {})


def text(title: str, longest: int = 5_000) -> Schema:
    """A text of several lines, which may be empty."""
    return {"type": "string", "title": title, "maxLength": longest}


def whole(title: str, *, needed: bool = False) -> Schema:
    """A whole number; empty is null unless it is needed."""
    return {"type": "integer" if needed else ["integer", "null"], "title": title}


def day(title: str, *, needed: bool = False, hint: str = "") -> Schema:
    """A date; empty is null unless it is needed."""
    base = {"type": "string" if needed else ["string", "null"], "format": "date", "title": title}
    return base | ({"description": hint} if hint else {})


def choice(title: str, words: Mapping[str, str] | Sequence[str], *, needed: bool = True, hint: str = "") -> Schema:
    """One of a few; with their words, if they have any."""
    if isinstance(words, Mapping):
        base: Schema = {"oneOf": [{"const": key, "title": word} for key, word in words.items()]}
    else:
        base = {"enum": list(words)}
    typed = {**base, "type": "string" if needed else ["string", "null"], "title": title}
    return typed | ({"description": hint} if hint else {})


def yes(title: str, *, known: bool = True) -> Schema:
    """Something that is so or not; null while it is not `known`."""
    return {"type": "boolean" if known else ["boolean", "null"], "title": title}


def form_of(required: Sequence[str] = (), **properties: Schema) -> Schema:
    """The schema of a form with these fields."""
    return {"type": "object", "properties": properties, "required": list(required)}


ROLE_WORDS = {key: word.capitalize() for key, word in CONTACT_ROLES.items()}


def customer(owners: Mapping[str, str]) -> Schema:
    """A customer's own fields."""
    return form_of(
        ("name", "arr", "currency"),
        name=line("Name", needed=True),
        owner=choice("Owner", owners, needed=False),
        arr=line("ARR", 20, needed=True, hint="Such as 248127.00."),
        currency=line("Currency", 3, needed=True, hint="Such as USD."),
        renewalDate=day("Renewal date"),
        renewalTerms=choice("How it renews", RENEWAL_TERMS),
        renewalDateSource=line("The date comes from"),
        tier=line("Tier", 40),
        industry=line("Industry", 100),
        timeZone={"type": ["string", "null"], "format": TIME_ZONE, "title": "Time zone"},
        language=line("Language", 2, hint="Such as en."),
        fiscalYearEnd=day("Fiscal year end"),
        parentName=line("Parent or acquirer"),
        parentRelation=choice("It is its", PARENT_RELATIONS, needed=False),
        executiveSponsor=line("Our executive sponsor"),
        externalId=line("External id", 100),
        salesforceOpportunityId=line("Opportunity in the CRM", 18),
        notes=text("Notes", 20_000),
    )


def contact(colleagues: Mapping[str, str]) -> Schema:
    """A person at a customer, in whose place one of their colleagues may stand."""
    return form_of(
        ("name",),
        name=line("Name", needed=True),
        email=line("E-mail", 254),
        title={"type": "string", "title": "Title", "maxLength": 200},
        organisation=line("Organisation", hint="Only if it is not the customer: an acquirer, counsel."),
        role=choice("Role", ROLE_WORDS),
        sentiment=choice("Sentiment", SENTIMENTS),
        otherRoles={"type": "array", "title": "Other roles", "items": choice("", ROLE_WORDS)},
        channel=line("How to reach them", 80, hint="Phone, e-mail, portal: what they answer on."),
        status=choice("Status", CONTACT_STATUSES),
        lastTouchOn=day("Last touch on"),
        lastTouchBy=line("By whom"),
        answered=yes("Did they answer", known=False),
        lastMetOn=day("Last met on"),
        signingLimit=line("Signs up to", 20, hint="Such as 50000.00; empty is no limit known."),
        signingCurrency=line("Currency of the limit", 3),
        awayFrom=day("Away from"),
        awayUntil=day("Away until"),
        leftOn=day("Left on"),
        leftTo=line("Left for"),
        deputyId=choice("Deputy", colleagues, needed=False),
        successorId=choice("Successor", colleagues, needed=False),
        isPrimary=yes("Primary contact"),
        signs=yes("May sign"),
        optedOut=yes("Opted out of mailings"),
    )


def contact_of_a_customer() -> Schema:
    """A new contact and the customer they belong to, whose colleagues are not known before it is chosen."""
    schema = contact({})
    properties = {
        name: inner for name, inner in schema["properties"].items() if name not in ("deputyId", "successorId")
    }
    customer_name = {"type": "string", "format": CUSTOMER, "title": "Customer"}
    return form_of(("customer", *schema["required"]), customer=customer_name, **properties)


TOUCH = form_of(
    ("lastTouchOn",),
    lastTouchOn=day("When", needed=True),
    lastTouchBy=line("By whom"),
    answered=yes("Did they answer", known=False),
)
HOLD = form_of(
    ("reason",),
    reason={"type": "string", "minLength": 1, "maxLength": 500, "title": "Why nothing may reach them"},
    fromOn=day("From", hint="Empty: from today."),
    untilOn=day("Until", hint="Empty: until it is lifted."),
    askedBy=line("Asked for by"),
    exceptions={"type": "array", "title": "What may still go out", "items": {"type": "string"}},
)
SCORE = form_of(
    ("measure", "value"),
    measure=choice("Measure", {"health": "Health", "likelihood": "Likelihood to renew"}),
    value=whole("From 0 to 100", needed=True),
    on=day("On", hint="Empty: today."),
    source=line("Source"),
    note=text("Why"),
)
USAGE = form_of(
    ("on",),
    on=day("On", needed=True),
    active=whole("Active users") | {"description": "Empty: no data, which is not 0."},
    licensed=whole("Licensed"),
    product={"type": "string", "title": "Product", "maxLength": 100},
    site={"type": "string", "title": "Site", "maxLength": 100},
    source=line("Source"),
)
CONTRACT = form_of(
    ("title", "text"),
    title=line("Title", needed=True),
    effectiveOn=day("In effect from"),
    endsOn=day("Ends on"),
    text={"type": "string", "minLength": 1, "maxLength": 500_000, "title": "Its text"},
)


def fact(kind: Mapping[str, Any]) -> Schema:
    """A fact of a kind, with the details that only this kind has; they have no heading of their own."""
    return form_of(
        ("details",),
        details=kind["detailsSchema"] | {"title": ""},
        state=choice("State", {state["key"]: state["title"] for state in kind["states"]}),
        on=day("On"),
        dueOn=day("To be dealt with by"),
        source=line("Source"),
        note=text("Note"),
    )
