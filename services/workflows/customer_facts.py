"""Records, changes and removes facts about customers; signals are facts too."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from services.workflows import fact_kinds, models
from services.workflows.commands import AddFact, ChangeFact
from services.workflows.fact_kinds.fact_kind import FactKind
from services.workflows.facts import signals
from services.workflows.models import Customer, CustomerFact, acts, feed
from shared.contracts.commands import given
from shared.ground import ids
from shared.ground.errors import Invalid, NotFound
from shared.ground.json_types import JsonObject
from shared.ground.principal import Principal


def add(by: Principal, customer_id: str, command: AddFact, *, fact_id: str, now: datetime) -> CustomerFact:
    """Record a fact about a customer. NotFound for an unknown customer; Invalid for a kind, a state or details that do
    not exist."""
    kind = fact_kinds.get_or_none(command.kind)
    if kind is None:
        raise Invalid("There is no such kind of fact.", errors={"kind": [f"There is no kind {command.kind}."]})
    state = kind.state(command.state)
    with feed.transaction():
        customer = models.customers.get_kept(by.tenant_id, customer_id)
        values = given(command) | {"state": state.key, "is_open": state.is_open, "details": kind.check(command.details)}
        row = models.facts.add(
            id=fact_id,
            tenant_id=by.tenant_id,
            customer_id=customer.id,
            by=by.as_json(),
            created_at=now,
            updated_at=now,
            **values,
        )
        details = {"fact": kind.title, "customer": customer.name}
        acts.record(by, "recorded fact", "customer", customer.id, now=now, details=details)
        return row


def change(
    by: Principal, customer_id: str, fact_id: str, command: ChangeFact, *, now: datetime, expected: int | None = None
) -> CustomerFact:
    """Change a fact. NotFound; Stale; Invalid as in `add`."""
    with feed.transaction():
        row = models.facts.get(by.tenant_id, customer_id, fact_id)
        row.expect(expected)
        kind = kind_of(row)
        values = given(command)
        if "state" in values:
            values["is_open"] = kind.state(values["state"]).is_open
        if "details" in values:
            values["details"] = kind.check(values["details"])
        row.write(updated_at=now, **values)
        details = {"fact": kind.title, "fields": sorted(given(command))}
        acts.record(by, "changed fact", "customer", customer_id, now=now, details=details)
        return row


def remove(by: Principal, customer_id: str, fact_id: str, *, now: datetime, expected: int | None = None) -> None:
    """Delete a fact that was recorded by mistake; one that is over is closed instead. NotFound, Stale."""
    with feed.transaction():
        row = models.facts.get(by.tenant_id, customer_id, fact_id, for_update=True)
        row.expect(expected)
        models.facts.remove(row)
        acts.record(by, "removed fact", "customer", customer_id, now=now, details={"fact": kind_of(row).title})


def kind_of(row: CustomerFact) -> FactKind:
    """The kind of a fact. NotFound if it is not defined any more."""
    kind = fact_kinds.get_or_none(row.kind)
    if kind is None:
        raise NotFound(f"There is no kind of fact {row.kind}.")
    return kind


def open_signals(customer: Customer) -> list[JsonObject]:
    """The open signals of a customer, `[{kind, note, percent, observedOn}]`, the oldest first."""
    return signals.of_facts(models.facts.open_of(customer.tenant_id, customer.id, signals.KINDS))


def standing(customer: Customer) -> list[CustomerFact]:
    """The facts about a customer that stand and are no signals, the oldest first."""
    kinds = [kind.key for kind in fact_kinds.KINDS if kind not in fact_kinds.SIGNALS]
    return models.facts.open_of(customer.tenant_id, customer.id, kinds)


def replace_signals(by: Principal, customer: Customer, present: Sequence[JsonObject], *, now: datetime) -> None:
    """Make these the open signals of a customer: what is missing is closed, what is new is recorded. Call it inside a
    transaction."""
    wanted = list(present)
    for row in models.facts.open_of(customer.tenant_id, customer.id, signals.KINDS):
        signal = next((each for each in wanted if (each["kind"], each.get("note") or "") == (row.kind, row.note)), None)
        if signal is None:
            row.write(state="closed", is_open=False, updated_at=now)
            continue
        wanted.remove(signal)
        if row.details.get("percent") != signal.get("percent"):
            row.write(details=row.details | {"percent": signal.get("percent")}, updated_at=now)
    for signal in wanted:
        observed = signal.get("observedOn")
        add(
            by,
            customer.id,
            AddFact(
                kind=signal["kind"],
                note=signal.get("note") or "",
                on=date.fromisoformat(observed) if observed else None,
                details={"percent": signal.get("percent")},
            ),
            fact_id=ids.new_id(),
            now=now,
        )
