"""Customers from a CSV file, with a receipt a row."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from services.workflows import importing
from services.workflows.api.imports import stored
from services.workflows.import_kinds import CUSTOMERS
from services.workflows.models import Customer, feed, replicas
from shared.csv_import.import_commands import ImportDirectly, UploadedFile
from shared.csv_import.import_parts import BATCH_SIZE
from shared.ground.errors import Invalid
from tests.conftest import NOON
from tests.workflows.conftest import ANA, OTHER, acts, make_customer, refresh

pytestmark = pytest.mark.usefixtures("database")

HEADER = "name,arr,currency,renewal_date"


def run(*lines, header=HEADER, by=ANA, dry_run=False):
    return import_text("\n".join([header, *lines]), by=by, dry_run=dry_run)


def import_text(text, *, by=ANA, imports=stored, **told):
    command = ImportDirectly(file=UploadedFile(text), **told)
    done = imports.directly(by, "customers", command, now=NOON)
    return importing.receipt(done, dry_run=command.dry_run, id_name="customer_id")


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
    assert outcomes(dry) == [(2, "created"), (3, "refused"), (4, "refused")]
    assert dry["rows"][1]["reason"] == "it is in line 2 already"
    assert [row["customer_id"] for row in dry["rows"]] == [None] * 3
    assert Customer.select().count() == 0
    assert outcomes(run(*lines)) == outcomes(dry)
    assert Customer.select().count() == 1


def test_a_customer_is_known_again_by_its_external_id_else_by_its_name():
    header = HEADER + ",external_id"
    run("Acme,1000.00,USD,2027-05-01,A-1", "Beta,5,USD,2027-05-01,", header=header)
    receipt = run("Acme Inc.,1000.00,USD,2027-05-01,A-1", "BETA,5,USD,2027-05-01,", header=header)
    assert outcomes(receipt) == [(2, "updated"), (3, "updated")]
    assert outcomes(run("Beta,5.00,USD,2027-05-01,", header=header)) == [(2, "updated")]
    assert outcomes(run("Beta,5.00,USD,2027-05-01,", header=header)) == [(2, "unchanged")]
    assert {row.name for row in Customer.select()} == {"Acme Inc.", "Beta"}


def test_a_customer_without_a_renewal_date_says_its_terms_and_undoing_gives_the_date_back():
    dated = make_customer(name="Acme", renewal_date=date(2027, 5, 1))
    receipt = run(
        "Acme,1,USD,,month to month,", "Beta,1,USD,,Evergreen,letter of 2019", "Gamma,1,USD,,,",
        header=HEADER + ",renewal_terms,renewal_date_source",
    )  # fmt: skip
    assert outcomes(receipt) == [(2, "updated"), (3, "created"), (4, "refused")]
    terms = {row.name: (row.renewal_terms, row.renewal_date, row.renewal_date_source) for row in Customer.select()}
    assert terms == {"Acme": ("month_to_month", None, None), "Beta": ("open_ended", None, "letter of 2019")}
    stored.undo(ANA, receipt["import_id"], limit=None, now=NOON)
    left = refresh(dated)
    assert (left.renewal_terms, left.renewal_date, Customer.select().count()) == ("dated", date(2027, 5, 1), 1)


def test_a_file_without_dates_of_renewal_says_the_terms():
    receipt = run("Acme,1,USD,open_ended", header="name,arr,currency,renewal_terms")
    assert outcomes(receipt) == [(2, "created")]
    assert outcomes(run("Acme,2,USD,soon", header="name,arr,currency,renewal_terms")) == [(2, "refused")]
    with pytest.raises(Invalid) as refused:
        import_text("name,arr,currency\nAcme,1,USD")
    assert "Column renewal_date or renewal_terms is missing." in refused.value.errors["csv"]


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
        ("Acme,1.5k,USD,2027-05-01,5,UTC", 'arr: Not an amount, such as "248127.00". Write it as 248127.00'),
        ("Acme,-1,USD,2027-05-01,5,UTC", "arr"),
        (f"{'n' * 201},1,USD,2027-05-01,5,UTC", "name"),
        ("Acme,1,USD,2027-05-01,5,UTC,more", "more cells than columns"),
        ("Acme,1,USD", "renewal_date: A day is needed, or other terms: month to month, or open-ended."),
        ('"Two\r\nLines",1,USD,2027-05-01,5,UTC', "name: It is more than one line"),
        ("Acme\u2028Two,1,USD,2027-05-01,5,UTC", "name: It is more than one line"),
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
        (HEADER + ",mood", f"Column mood is not known. Known columns: {', '.join(CUSTOMERS.fields.by_name)}."),
        (HEADER + ",name", "twice"),
        ('name,"arr', "unexpected end"),
    ],
)
def test_a_file_without_a_usable_header_is_refused(text, told):
    with pytest.raises(Invalid) as refused:
        import_text(text)
    assert told in " ".join(refused.value.errors["csv"])


def test_an_owner_is_a_person_of_the_tenant():
    with feed.transaction():
        replicas.people.upsert(
            {"id": "p1", "tenantId": "demo", "name": "Ana", "email": "ana@demo.test", "active": True}, 1
        )
    receipt = run(
        "Acme,1,USD,2027-05-01,ana@demo.test", "Beta,1,USD,2027-05-01,nobody@demo.test", header=HEADER + ",owner_email"
    )
    assert outcomes(receipt) == [(2, "created"), (3, "refused")]
    assert Customer.get().owner == "p1"


def test_another_tenants_customer_is_not_touched():
    make_customer(name="Acme", by=OTHER)
    run("Acme,1.00,USD,2027-05-01")
    assert {(row.tenant_id, str(row.arr)) for row in Customer.select()} == {("acme", "100000.00"), ("demo", "1.00")}


WITH_ID = HEADER + ",external_id"
SAME_NAME = ("Bluebay,5.00,USD,2027-03-01,9001", "bluebay,1.00,USD,2027-11-15,9004")


@pytest.mark.parametrize("there", [(), ("Bluebay,5.00,USD,2027-03-01,",), ("Bluebay,5.00,USD,2027-03-01,9001",)])
def test_two_external_ids_are_two_customers_whatever_their_name_and_whatever_is_there(there):
    run(*there, header=WITH_ID)
    dry = run(*SAME_NAME, header=WITH_ID, dry_run=True)
    receipt = run(*SAME_NAME, header=WITH_ID)
    assert outcomes(dry) == outcomes(receipt)
    assert outcomes(receipt)[1] == (3, "created")
    assert {(row.name, row.external_id, str(row.arr)) for row in Customer.select()} == {
        ("Bluebay", "9001", "5.00"), ("bluebay", "9004", "1.00"),
    }  # fmt: skip
    assert outcomes(run(*SAME_NAME, header=WITH_ID)) == [(2, "unchanged"), (3, "unchanged")]


def test_a_name_that_several_have_is_refused_unless_the_external_id_says_which():
    run(*SAME_NAME, header=WITH_ID)
    receipt = run("Bluebay,7.00,USD,2027-03-01,")
    assert receipt["rows"][0]["reason"] == "name: several have it; name the external_id"
    assert outcomes(run("Bluebay,7.00,USD,2027-03-01,9001", header=WITH_ID)) == [(2, "updated")]


def test_a_row_that_can_only_be_told_apart_by_the_id_of_another_is_refused():
    receipt = run("Bluebay,7.00,USD,2027-03-01,", *SAME_NAME[:1], header=WITH_ID)
    assert outcomes(receipt) == [(2, "refused"), (3, "created")]
    assert receipt["rows"][0]["reason"] == "line 3 has this name with an external_id; name the external_id here too"


def test_a_file_sent_in_parts_answers_as_the_whole_one():
    lines = [f"Acme {number % 250},1.00,USD,2027-05-01" for number in range(300)]
    text = "\n".join([HEADER, *lines])
    whole = outcomes(run(*lines, dry_run=True))
    parts = []
    for after in (0, 121, 241):
        parts += outcomes(import_text(text, after=after, limit=120))
    assert parts == whole
    assert [outcome for _, outcome in whole] == ["created"] * 250 + ["refused"] * 50
    assert Customer.select().count() == 250


def test_what_breaks_in_the_middle_leaves_whole_rows_and_the_same_file_goes_on():
    lines = [f"Acme {number},1.00,USD,2027-05-01" for number in range(250)]
    left = [f"c{number}" for number in range(6 * BATCH_SIZE + 5)]
    with pytest.raises(IndexError):
        import_text("\n".join([HEADER, *lines]), imports=importing.make(stored.checks, left.pop))
    assert Customer.select().count() == 6 * BATCH_SIZE
    assert run(*lines)["counts"] == {"unchanged": 6 * BATCH_SIZE, "created": len(lines) - 6 * BATCH_SIZE}


def test_the_people_of_the_tenant_are_asked_for_once_a_file():
    asked = []
    imports = replace(stored, people=lambda tenant: asked.append(tenant) or stored.people(tenant))
    lines = [f"Acme {number},1,USD,2027-05-01,nobody@demo.test" for number in range(5)]
    import_text("\n".join([HEADER + ",owner_email", *lines]), imports=imports)
    assert asked == ["demo"]
