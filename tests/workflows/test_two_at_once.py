"""Two at the same customer at once. An import that is undone while somebody adds something to one of its customers: either
that stays with what was added, or it is gone and nothing was added."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from services.workflows import contacts, contracts, customer_facts, executions, holds, readings, tasks, triggers
from services.workflows.api.imports import stored
from services.workflows.commands import (
    AddContact,
    AddContract,
    AddFact,
    AddScore,
    AddUsage,
    ChangeContact,
    ChangeTask,
    CreateTask,
    PlaceHold,
    ScheduleWorkflow,
)
from services.workflows.models import (
    Contact,
    Contract,
    Customer,
    CustomerFact,
    CustomerHold,
    Execution,
    Task,
    Trigger,
    UsageReading,
    db,
    feed,
)
from services.workflows.models.fact_tables import ScoreReading
from shared.csv_import.import_commands import TakeFile, UploadedFile
from shared.database.connection import session
from shared.ground import ids
from shared.ground.errors import NotFound
from tests.conftest import NOON
from tests.workflows.conftest import ANA, make_customer

pytestmark = pytest.mark.usefixtures("database")

TODAY = NOON.date()
IN_ITS_TURN = 0.5
"""Seconds for which a transaction stays open, so that the other one meets it; whatever the machine does, the outcome is
right."""


def task_moved_to(customer_id, row_id):
    other = tasks.create(ANA, CreateTask(title="Call"), task_id=row_id, now=NOON)
    tasks.change(ANA, other.id, ChangeTask(customer_id=customer_id), now=NOON)


ADDED = {
    "contact": (Contact, lambda c, i: contacts.add(ANA, AddContact(customer_id=c, name="Ann"), contact_id=i, now=NOON)),
    "contract": (
        Contract,
        lambda c, i: contracts.add(ANA, c, AddContract(title="Order", text="Text."), contract_id=i, now=NOON),
    ),
    "fact": (
        CustomerFact,
        lambda c, i: customer_facts.add(ANA, c, AddFact(kind="competitor"), fact_id=i, now=NOON),
    ),
    "hold": (CustomerHold, lambda c, i: holds.place(ANA, c, PlaceHold(reason="legal"), hold_id=i, now=NOON)),
    "usage reading": (
        UsageReading,
        lambda c, i: readings.add_usage(ANA, c, AddUsage(on=TODAY), reading_id=i, now=NOON),
    ),
    "score reading": (
        ScoreReading,
        lambda c, i: readings.add_score(ANA, c, AddScore(measure="health", value=7, on=TODAY - timedelta(9)), now=NOON),
    ),
    "workflow": (Execution, lambda c, i: executions.start(ANA, c, "discovery", execution_id=i, now=NOON)),
    "planned workflow": (
        Trigger,
        lambda c, i: triggers.add(
            ANA, ScheduleWorkflow(customer_id=c, stage="discovery", trigger_date=TODAY), trigger_id=i, now=NOON
        ),
    ),
    "task": (Task, lambda c, i: tasks.create(ANA, CreateTask(title="Call", customer_id=c), task_id=i, now=NOON)),
    "moved task": (Task, task_moved_to),
}


@pytest.fixture
def imported():
    """The import of one customer with a health score, done."""
    text = "name,arr,currency,renewal_date,health_score\nAcme,1,USD,2027-05-01,60"
    taken = stored.take(ANA, TakeFile(kind="customers", file=UploadedFile(text)), now=NOON)
    return stored.run(ANA, taken.id, limit=None, now=NOON)


def undo(row):
    return stored.undo(ANA, row.id, limit=None, now=NOON)


def together(first, second):
    """Do both in threads: the second begins when the first has written and not committed. Returns what each raised."""
    written, raised = threading.Event(), {}

    def hold_on():
        first()
        written.set()
        threading.Event().wait(IN_ITS_TURN)

    def in_a_transaction(number, verb):
        try:
            with session(db), feed.transaction():
                verb()
        except Exception as error:
            raised[number] = error
        finally:
            written.set()

    def follow():
        assert written.wait(60)
        in_a_transaction(2, second)

    threads = [threading.Thread(target=in_a_transaction, args=(1, hold_on)), threading.Thread(target=follow)]
    db.close()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    db.connect(reuse_if_open=True)
    return raised


@pytest.mark.parametrize("added", ADDED)
def test_a_customer_that_something_is_being_added_to_stays(imported, added):
    table, add = ADDED[added]
    customer, row_id = Customer.get(), ids.new_id()
    assert together(lambda: add(customer.id, row_id), lambda: undo(imported)) == {}
    assert Customer.select().count() == 1
    receipt = stored.tables.rows.get()
    assert receipt.stays in (f"1 {added.removeprefix('moved ')} refers to it.", "It has been changed since the import.")
    assert table.select().count() == (2 if table is ScoreReading else 1)


@pytest.mark.parametrize("added", ADDED)
def test_nothing_is_added_to_a_customer_that_is_being_taken_back(imported, added):
    table, add = ADDED[added]
    customer, row_id = Customer.get(), ids.new_id()
    raised = together(lambda: undo(imported), lambda: add(customer.id, row_id))
    assert isinstance(raised.pop(2), NotFound)
    assert raised == {}
    assert (Customer.select().count(), table.select().count()) == (0, 0)


def contact(customer, name):
    return contacts.add(ANA, AddContact(customer_id=customer.id, name=name), contact_id=ids.new_id(), now=NOON)


def test_of_two_who_are_made_primary_at_once_one_remains():
    customer = make_customer()
    ann, ben = contact(customer, "Ann"), contact(customer, "Ben")

    def primary(row):
        return lambda: contacts.change(ANA, row.id, ChangeContact(is_primary=True), now=NOON)

    assert together(primary(ann), primary(ben)) == {}
    assert {row.name: row.is_primary for row in Contact.select()} == {"Ann": False, "Ben": True}


def test_a_contact_that_is_being_named_as_successor_and_removed_is_nobodys_successor():
    customer = make_customer()
    ann, ben = contact(customer, "Ann"), contact(customer, "Ben")
    name_ben = lambda: contacts.change(ANA, ann.id, ChangeContact(successor_id=ben.id), now=NOON)  # noqa: E731
    assert together(name_ben, lambda: contacts.remove(ANA, ben.id, now=NOON)) == {}
    assert [(row.name, row.successor_id) for row in Contact.select()] == [("Ann", None)]
