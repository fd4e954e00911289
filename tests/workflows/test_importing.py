"""Customers from a CSV file, with a receipt a row."""

from __future__ import annotations

from decimal import Decimal

import pytest

from services.workflows import importing
from services.workflows.api.customers import checked
from services.workflows.models import Customer, copies, feed
from shared import ids
from shared.errors import Invalid
from tests.conftest import NOON
from tests.workflows.conftest import ANA, OTHER, acts, make_customer

pytestmark = pytest.mark.usefixtures("database")

HEADER = "name,arr,currency,renewal_date"


def run(*lines, header=HEADER, by=ANA, dry_run=False):
    return importing.customers(by, "\n".join([header, *lines]), checked, dry_run=dry_run, new_id=ids.new_id, now=NOON)


def outcomes(receipt):
    return [(row["row"], row["outcome"]) for row in receipt["rows"]]


def test_each_row_gets_a_receipt_and_a_bad_one_stops_nothing():
    receipt = run("Acme,1000.00,USD,2027-05-01", "Bad,lots,USD,2027-05-01", "Beta,2000,EUR,2027-06-01")
    assert outcomes(receipt) == [(2, "created"), (3, "refused"), (4, "created")]
    assert receipt["rows"][1]["reason"].startswith("arr: Not an amount")
    assert receipt["counts"] == {"created": 2, "refused": 1}
    assert {row.name for row in Customer.select()} == {"Acme", "Beta"}
    assert acts("imported customers")[0].details == receipt["counts"]


def test_a_dry_run_says_the_same_and_changes_nothing():
    lines = ("Acme,1000.00,USD,2027-05-01", "acme,1000.00,USD,2027-05-01", ",5,USD,2027-05-01")
    dry = run(*lines, dry_run=True)
    assert outcomes(dry) == [(2, "created"), (3, "updated"), (4, "refused")]
    assert Customer.select().count() == 0
    assert outcomes(run(*lines)) == outcomes(dry)
    assert Customer.select().count() == 1


def test_a_customer_is_known_again_by_its_external_id_else_by_its_name():
    header = HEADER + ",external_id"
    run("Acme,1000.00,USD,2027-05-01,A-1", "Beta,5,USD,2027-05-01,", header=header)
    receipt = run(
        "Acme Inc.,1000.00,USD,2027-05-01,A-1", "BETA,5,USD,2027-05-01,", "Beta,5.00,USD,2027-05-01,", header=header
    )
    assert outcomes(receipt) == [(2, "updated"), (3, "updated"), (4, "updated")]
    assert outcomes(run("Beta,5.00,USD,2027-05-01,", header=header)) == [(2, "unchanged")]
    assert {row.name for row in Customer.select()} == {"Acme Inc.", "Beta"}


def test_what_the_file_does_not_name_is_left_as_it_is():
    make_customer(name="Acme", health_score=80, usage={"activeSeats": 5, "monthlyActiveUsers": [1, 2]})
    run("Acme,9.00,USD,2027-05-01,10", header=HEADER + ",licensed_seats")
    row = Customer.get()
    assert (row.arr, row.health_score) == (Decimal("9.00"), 80)
    assert row.usage == {"activeSeats": 5, "monthlyActiveUsers": [1, 2], "licensedSeats": 10}


def test_spellings_of_spreadsheets_are_read():
    header = "\ufeffName,ARR,Currency,Renewal Date,healthScore,Time-Zone"
    receipt = run('Acme,"1,234,567.50",USD,2027-05-01,77,Pacific/Auckland', header=header)
    assert outcomes(receipt) == [(2, "created")]
    row = Customer.get()
    assert (row.arr, row.health_score, row.time_zone) == (Decimal("1234567.50"), 77, "Pacific/Auckland")


@pytest.mark.parametrize(
    "header", ["name;arr;currency;renewal_date;health_score", "\ufeffName;ARR;Currency;renewalDate;healthScore"]
)
def test_semicolons_are_read_where_the_header_has_them(header):
    assert outcomes(run("Acme, Inc.;1234.50;usd;2027-05-01;70", header=header)) == [(2, "created")]
    row = Customer.get()
    assert (row.name, row.arr, row.currency, row.health_score) == ("Acme, Inc.", Decimal("1234.50"), "USD", 70)


def test_a_reason_names_the_column_as_the_header_does():
    receipt = run("Acme,1,USD,2027-05-01,many", header=HEADER + ",activeSeats")
    assert receipt["rows"][0]["reason"] == "active_seats: Not a valid integer. Write it as a whole number."


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ("Acme,1,dollar,2027-05-01,5,UTC", "currency: Not a currency such as USD. Write it as USD"),
        ("Acme,1,USD,1 May,5,UTC", "renewal_date: Not a valid date. Write it as 2027-03-01."),
        (
            "Acme,1,USD,2027-05-01,high,UTC",
            "health_score: Not a valid integer. Write it as a whole number from 0 to 100.",
        ),
        ("Acme,1,USD,2027-05-01,101,UTC", "health_score"),
        ("Acme,1,USD,2027-05-01,5,Moon", "time_zone: Not an IANA time zone"),
        ('Acme,"1.234,50",USD,2027-05-01,5,UTC', 'arr: Not an amount, such as "248127.00". Write it as 248127.00'),
        ("Acme,-1,USD,2027-05-01,5,UTC", "arr"),
        (f"{'n' * 201},1,USD,2027-05-01,5,UTC", "name"),
        ("Acme,1,USD,2027-05-01,5,UTC,more", "more cells than columns"),
        ("Acme,1,USD", "renewal_date: it is missing"),
    ],
)
def test_a_refused_row_says_which_field(line, field):
    receipt = run(line, header=HEADER + ",health_score,time_zone")
    assert outcomes(receipt) == [(2, "refused")]
    assert field in receipt["rows"][0]["reason"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "missing"),
        ("name,arr", "missing"),
        (HEADER + ",mood", f"Column mood is not known. Known columns: {', '.join(importing.KNOWN)}."),
        (HEADER + ",name", "twice"),
        ('name,"arr', "unexpected end"),
    ],
)
def test_a_file_without_a_usable_header_is_refused(text, told):
    with pytest.raises(Invalid) as refused:
        importing.customers(ANA, text, checked, dry_run=False, new_id=ids.new_id, now=NOON)
    assert told in " ".join(refused.value.errors["csv"])


def test_an_owner_is_a_person_of_the_tenant():
    with feed.transaction():
        copies.keep_person({"id": "p1", "tenantId": "demo", "name": "Ana", "email": "ana@demo.test", "active": True}, 1)
    receipt = run(
        "Acme,1,USD,2027-05-01,ana@demo.test", "Beta,1,USD,2027-05-01,nobody@demo.test", header=HEADER + ",owner_email"
    )
    assert outcomes(receipt) == [(2, "created"), (3, "refused")]
    assert Customer.get().owner == "p1"


def test_another_tenants_customer_is_not_touched():
    make_customer(name="Acme", by=OTHER)
    run("Acme,1.00,USD,2027-05-01")
    assert {(row.tenant_id, str(row.arr)) for row in Customer.select()} == {("acme", "100000.00"), ("demo", "1.00")}
