"""The forms of a customer's page, as JSON Schemas of what the service takes, and the page on which each is filled in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import render_template, request

from services.monitor.pages import failures, forms, record_forms
from shared.contracts.customers import CONTACT_ROLES, CONTACT_STATUSES, PARENT_RELATIONS, RENEWAL_TERMS, SENTIMENTS
from shared.ground import ids
from shared.ground.errors import Conflict, Invalid, Stale, TandemError
from shared.web import error_responses

Schema = dict[str, Any]
REFUSED = (Conflict, Invalid, Stale)
"""What shows a form again, with its reasons and what was typed."""


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


def day(title: str, *, needed: bool = False) -> Schema:
    """A date; empty is null unless it is needed."""
    return {"type": "string" if needed else ["string", "null"], "format": "date", "title": title}


def choice(title: str, words: Mapping[str, str] | Sequence[str], *, needed: bool = True) -> Schema:
    """One of a few; with their words, if they have any."""
    if isinstance(words, Mapping):
        base: Schema = {"oneOf": [{"const": key, "title": word} for key, word in words.items()]}
    else:
        base = {"enum": list(words)}
    return {**base, "type": "string" if needed else ["string", "null"], "title": title}


def yes(title: str) -> Schema:
    """Something that is so or not."""
    return {"type": "boolean", "title": title}


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
        timeZone=line("Time zone", 60, hint="Such as Pacific/Auckland."),
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
    """A person at a customer."""
    return form_of(
        ("name",),
        name=line("Name", needed=True),
        email=line("E-mail", 254),
        title={"type": "string", "title": "Title", "maxLength": 200},
        organisation=line("Of another organisation", hint="Acquirer, counsel, partner; empty for the customer's own."),
        role=choice("Role", ROLE_WORDS),
        otherRoles={"type": "array", "title": "Other roles", "items": choice("", ROLE_WORDS)},
        sentiment=choice("Sentiment", SENTIMENTS),
        isPrimary=yes("Primary contact"),
        signs=yes("May sign"),
        signingLimit=line("Signs up to", 20, hint="Such as 50000.00."),
        signingCurrency=line("Currency of it", 3),
        optedOut=yes("Opted out of mailings"),
        channel=line("Preferred channel", 80),
        lastMetOn=day("Last met"),
        status=choice("Status", CONTACT_STATUSES),
        leftOn=day("Left on"),
        leftTo=line("Left for"),
        successorId=choice("Successor", colleagues, needed=False),
        awayFrom=day("Away from"),
        awayUntil=day("Away until"),
        deputyId=choice("Deputy", colleagues, needed=False),
    )


TOUCH = form_of(
    ("lastTouchOn",),
    lastTouchOn=day("When", needed=True),
    lastTouchBy=line("By whom"),
    answered={"type": ["boolean", "null"], "title": "Did they answer"},
)
HOLD = form_of(
    ("reason",),
    reason={"type": "string", "minLength": 1, "maxLength": 500, "title": "Why nothing may reach them"},
    fromOn=day("From") | {"description": "Empty: from today."},
    untilOn=day("Until") | {"description": "Empty: until it is lifted."},
    askedBy=line("Asked for by"),
    exceptions={"type": "array", "title": "What may still go out", "items": {"type": "string"}},
)
SCORE = form_of(
    ("measure", "value"),
    measure=choice("Measure", {"health": "Health", "likelihood": "Likelihood to renew"}),
    value=whole("From 0 to 100", needed=True),
    on=day("On") | {"description": "Empty: today."},
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
    """A fact of a kind, with the details that only this kind has."""
    schema = form_of(
        state=choice("State", {state["key"]: state["title"] for state in kind["states"]}),
        on=day("On"),
        dueOn=day("To be dealt with by"),
        note=text("Note"),
        source=line("Source"),
    )
    return schema | {"properties": {"details": kind["detailsSchema"], **schema["properties"]}}


@dataclass(frozen=True)
class Form:
    """A form of a customer's page. `values` are the present ones; those of something that exists have its `version`."""

    title: str
    schema: Schema
    action: str
    button: str = "Save"
    values: Mapping[str, Any] | None = None
    crumb: tuple[str, str] = ("Customers", "/app/customers")
    back: str = "/app/customers"
    hint: str = ""

    def typed(self) -> dict[str, Any]:
        """What was typed into it."""
        return record_forms.read(self.schema, request.form)

    def show(self, error: TandemError | None = None, *, kept: bool = False) -> Any:
        """The page of the form with the present values; with what was typed if that is `kept`, or was refused, which it
        then says with the status of that.

        Where somebody else changed it meanwhile, what is there now stands beside what was typed, which saving again
        writes.
        """
        values = self.values or {}
        typed = _within(values, self.typed()) if error or kept else values
        stale = isinstance(error, Stale)
        errors = forms.by_field(error.errors) if error else {}
        page = render_template(
            "customers/form.html",
            form=self,
            fields=record_forms.fields_of(self.schema, typed),
            errors=errors,
            present=self._changed(values, typed) if stale else {},
            version=forms.version(values.get("version"), error) if values.get("version") else None,
            key=request.form.get("key") or ids.new_id(),
            problem=failures.problem_of(error) if error and not errors else None,
        )
        return (page, error_responses.status_of(error)) if error else page

    def _changed(self, values: Mapping[str, Any], typed: Mapping[str, Any]) -> dict[str, str]:
        saved, mine = record_forms.as_words(self.schema, values), record_forms.as_words(self.schema, typed)
        return {name: saved[name] or "nothing" for name in saved if saved[name] != mine.get(name, "")}


def _within(values: Mapping[str, Any], typed: Mapping[str, Any]) -> dict[str, Any]:
    """The values with what was typed over them, within objects too."""
    both = {**values, **typed}
    for name, value in typed.items():
        if isinstance(value, dict) and isinstance(values.get(name), dict):
            both[name] = _within(values[name], value)
    return both
