"""Imports of customers and contacts over REST: taken, mapped, checked, run in parts, found again, undone."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from io import BytesIO

import pytest

from services.workflows import customers
from services.workflows.api.imports import stored
from services.workflows.commands import ChangeCustomer
from services.workflows.models import Contact, Customer, db, feed, imports, replicas
from services.workflows.models.fact_tables import ScoreReading
from shared.csv_import.import_parts import BATCH_SIZE
from shared.database.connection import session
from shared.ground import clock
from shared.ground.errors import Conflict
from shared.security.tokens import Signer
from tests.conftest import NOON
from tests.workflows.conftest import ANA, OTHER, acts, make_customer, refresh, start

HEADER = "name,arr,currency,renewal_date"
HUBSPOT = "Record ID,Company name,Annual contract value,Currency,Close date,Company owner,Create Date"


@pytest.fixture
def upload(application, settings, database):
    """`upload("/api/imports", b"...", kind="customers")` -> the response to a form with a file."""
    client = application.test_client()

    def send(path, content, *, name="book.csv", **form):
        token = Signer("monitor", settings.keys).for_person(ANA, clock.now())
        data = {**form, "file": (BytesIO(content), name)}
        database.close()
        try:
            return client.post(path, data=data, headers={"Authorization": f"Bearer {token}"})
        finally:
            database.connect(reuse_if_open=True)

    return send


@pytest.fixture
def take(ask):
    """`take("name,...")` -> the import of this text, taken."""

    def take(text, kind="customers", **told):
        answer = ask("POST", "/api/imports", {"kind": kind, "csv": text, **told})
        assert answer.status_code == 201, answer.json
        return answer.json

    return take


@pytest.fixture
def do(ask):
    """`do(import, "check", limit=5)` -> the import after the verb."""

    def do(one, verb, **body):
        answer = ask("POST", f"/api/imports/{one['id']}/{verb}", body)
        assert answer.status_code == 200, answer.json
        return answer.json

    return do


@pytest.fixture
def rows(ask):
    """`rows(import, outcome="refused")` -> `(row, name, reasons)` of its rows."""

    def rows(one, **filters):
        query = "&".join(f"{name}={value}" for name, value in filters.items())
        items = ask("GET", f"/api/imports/{one['id']}/rows?limit=100&{query}").json["items"]
        return [(row["row"], row["name"], row["stays"] or "; ".join(row["reasons"])) for row in items]

    return rows


def text(*lines, header=HEADER):
    return "\n".join([header, *lines])


def names():
    return sorted(row.name for row in Customer.select())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_file_as_it_is_comes_in_whatever_its_encoding_and_separator(upload, encoding, separator):
    content = "\r\n".join([HEADER, "Müller & Söhne,1000,EUR,2027-05-01"]).replace(",", separator).encode(encoding)
    answer = upload("/api/customers/import", content)
    assert (answer.status_code, answer.json["counts"]) == (200, {"created": 1})
    assert names() == ["Müller & Söhne"]


def test_a_form_says_what_json_says(upload):
    content = b"Firma;Wert;W\xe4hrung;Ende\nA;1.234;EUR;01/05/2027\nB;5;EUR;01/06/2027\n"
    told = {"mapping": '{"Firma": "name", "Wert": "arr", "Währung": "currency", "Ende": "renewal_date"}'}
    told |= {"dateOrder": "day", "decimalMark": ",", "limit": "1", "dryRun": "true"}
    answer = upload("/api/customers/import", content, **told)
    assert (answer.json["dryRun"], answer.json["counts"], names()) == (True, {"created": 1}, [])
    answer = upload("/api/customers/import", content, **told | {"dryRun": "false", "limit": "5"})
    assert answer.json["counts"] == {"created": 2}
    assert [(str(row.arr), str(row.renewal_date)) for row in Customer.select().order_by(Customer.name)] == [
        ("1234.00", "2027-05-01"), ("5.00", "2027-06-01"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"mapping": "no json"}, "mapping"),
        ({"mapping": '["name"]'}, "mapping"),
        ({"dryRun": "perhaps"}, "dryRun"),
        ({"limit": "0"}, "limit"),
        ({"limit": "many"}, "limit"),
        ({"dateOrder": "week"}, "dateOrder"),
        ({"decimalMark": ";"}, "decimalMark"),
        ({"encoding": "ebcdic"}, "encoding"),
        ({"mood": "fine"}, "mood"),
        ({"csv": "name"}, "csv"),
        ({"mapping": '{"name": "mood"}'}, "mapping.name"),
        ({"constants": '{"mood": "x"}', "mapping": '{"name": "name"}'}, "constants.mood"),
    ],
)
def test_a_wrong_field_of_a_form_is_422_and_names_itself(upload, form, field):
    answer = upload("/api/customers/import", text("Acme,1,USD,2027-05-01").encode(), **form)
    assert answer.status_code == 422, answer.json
    assert field in answer.json["errors"], answer.json


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "empty"),
        (b"PK\x03\x04rest of a workbook", "save it as CSV"),
        (b"%PDF-1.7", "a PDF"),
        ("имя\nМосква Банк".encode("cp1251"), "Cyrillic"),
    ],
)
def test_what_is_no_csv_file_is_refused_with_what_to_do(upload, content, told):
    for path, form in (("/api/customers/import", {}), ("/api/imports", {"kind": "customers"})):
        answer = upload(path, content, **form)
        assert answer.status_code == 422
        assert told in str(answer.json["errors"])


def test_a_request_without_a_file_is_422(ask):
    for path, body in (
        ("/api/imports", {"kind": "customers"}),
        ("/api/customers/import", {}),
        ("/api/contacts/import", {}),
    ):
        answer = ask("POST", path, body)
        assert (answer.status_code, list(answer.json["errors"])) == (422, ["csv"])


def test_a_file_is_at_most_five_megabytes(upload):
    answer = upload("/api/imports", b"name\n".ljust(5_000_001, b"x"), kind="customers")
    assert (answer.status_code, answer.json["errors"]["file"]) == (422, ["At most 5,000,000 bytes at once."])


def test_money_and_dates_of_a_column_are_read_as_they_can_only_be(ask):
    lines = (
        'Money A,"$248,127.00",USD,15/09/2027,', "Money B,USD 1000,USD,01/05/2027,", 'Money C,"3,100",USD,02/05/2027,85%',
        "Money D,1 234.50,USD,2027-05-01,", "Money F,1000.555,USD,2027-05-01,", 'Money G,"12,34,567",INR,1 May 2027,',
        "Money H,1e5,USD,2027-05-01,", "Money I,$5,EUR,2027-05-01,",
    )  # fmt: skip
    receipt = ask("POST", "/api/customers/import", {"csv": text(*lines, header=HEADER + ",health")}).json
    assert [row["outcome"] for row in receipt["rows"]] == ["created"] * 4 + ["refused", "created", "refused", "refused"]
    assert "the currency is EUR" in receipt["rows"][-1]["reason"]
    assert [(row.name, str(row.arr), str(row.renewal_date)) for row in Customer.select().order_by(Customer.name)] == [
        ("Money A", "248127.00", "2027-09-15"), ("Money B", "1000.00", "2027-05-01"), ("Money C", "3100.00", "2027-05-02"),
        ("Money D", "1234.50", "2027-05-01"), ("Money G", "1234567.00", "2027-05-01"),
    ]  # fmt: skip
    assert Customer.get(Customer.name == "Money C").health_score == 85


def test_a_date_that_can_be_two_is_refused_with_a_clear_sentence_until_it_is_chosen(ask):
    body = {"csv": text("Acme,1,USD,01/05/2027")}
    [row] = ask("POST", "/api/customers/import", body).json["rows"]
    assert row["reason"] == (
        "renewal_date: 01/05/2027 can be 1 May 2027 or 5 January 2027: choose whether dates begin with the day or the month."
    )
    assert ask("POST", "/api/customers/import", {**body, "dateOrder": "month"}).json["counts"] == {"created": 1}
    assert str(Customer.get().renewal_date) == "2027-01-05"


def test_the_currency_beside_the_amount_counts_where_there_is_no_column_of_it(ask):
    receipt = ask(
        "POST", "/api/customers/import", {"csv": "name,arr,renewal_date\nA,€5,2027-05-01\nB,$5,2027-05-01"}
    ).json
    assert [row["reason"] for row in receipt["rows"]] == [None, "currency: it is missing"]
    assert Customer.get().currency == "EUR"


def test_an_export_of_a_crm_is_taken_as_it_is_and_two_ids_of_one_name_are_two(ask):
    lines = (
        "9001,Bluebay Games Ltd,50000,GBP,2027-03-01,,2024-02-01 09:30",
        "9004,bluebay games ltd,1200,GBP,2027-11-15,,",
    )
    receipt = ask("POST", "/api/customers/import", {"csv": text(*lines, header=HUBSPOT)}).json
    assert receipt["counts"] == {"created": 2}
    assert {row.external_id for row in Customer.select()} == {"9001", "9004"}
    detail = ask("GET", f"/api/imports/{receipt['importId']}").json
    assert (detail["source"], detail["sourceName"], detail["mapping"]["Create Date"]) == ("hubspot", "HubSpot", None)


def test_the_owner_of_an_export_is_known_by_name_unless_several_have_it(ask):
    with feed.transaction():
        for number, name in enumerate(("Sam Sales", "Kim Two", "kim two")):
            told = {
                "id": f"p{number}",
                "tenantId": "demo",
                "name": name,
                "email": f"p{number}@demo.test",
                "active": True,
            }
            replicas.people.upsert(told, 1)
    lines = [
        f"A{at},1,USD,2027-05-01,{owner}" for at, owner in enumerate(("SAM SALES", "p1@demo.test", "Kim Two", "Nobody"))
    ]
    receipt = ask("POST", "/api/customers/import", {"csv": text(*lines, header=HEADER + ",Account owner")}).json
    assert [row["reason"] for row in receipt["rows"]] == [
        None, None, "owner_email: several have the name Kim Two; give the e-mail", "owner_email: nobody here has Nobody",
    ]  # fmt: skip
    assert [row.owner for row in Customer.select().order_by(Customer.name)] == ["p0", "p1"]


def test_an_import_is_taken_mapped_checked_run_and_found_again(ask, take, do, rows):
    one = take(
        text("A,5,2027-05-01", "B,lots,2027-05-01", "C,7,2027-06-01", header="Firma,Wert,Renewal"), fileName="b.csv"
    )
    assert (one["state"], one["rowCount"], one["fileName"], one["sourceName"]) == ("mapping", 3, "b.csv", None)
    assert one["columns"][0] == {"name": "Firma", "samples": ["A", "B", "C"]}
    assert one["mapping"] == {"Firma": None, "Wert": None, "Renewal": "renewal_date"}
    assert [question["why"] for question in one["questions"]] == ["Column name is missing.", "Column arr is missing."]
    assert ask("POST", f"/api/imports/{one['id']}/check", {}).status_code == 422

    choice = {"mapping": one["mapping"] | {"Firma": "name", "Wert": "arr"}, "constants": {"currency": "EUR"}}
    one = ask("PATCH", f"/api/imports/{one['id']}", choice).json
    assert one["questions"] == []
    one = do(one, "check")
    assert (one["state"], one["counts"], names()) == ("checked", {"created": 2, "refused": 1}, [])
    assert rows(one, outcome="refused") == [
        (3, "B", 'arr: Not an amount, such as "248127.00". Write it as 248127.00, with a point and at most two places.')
    ]
    one = do(one, "run")
    assert (one["state"], one["counts"], one["rowsDone"], names()) == (
        "done",
        {"created": 2, "refused": 1},
        3,
        ["A", "C"],
    )
    assert {row.currency for row in Customer.select()} == {"EUR"}
    assert do(one, "run") == one
    assert Customer.select().count() == 2

    [found] = ask("GET", "/api/imports?kind=customers").json["items"]
    assert (found["id"], found["counts"], found["by"]["id"]) == (one["id"], one["counts"], ANA.id)
    assert "columns" not in found
    assert ask("GET", "/api/imports?kind=contacts").json["items"] == []
    assert [row[0] for row in rows(one)] == [2, 3, 4]
    assert acts("imported customers")[0].details == {"created": 2, "refused": 1}
    assert imports.files.select().count() == 0


def test_what_was_chosen_for_a_source_is_proposed_the_next_time(ask, take):
    one = take(text("A,5,USD,01/05/2027", header="Firma,Wert,Currency,Renewal"))
    choice = {"mapping": {"Firma": "name", "Wert": "arr", "Currency": None, "Renewal": "renewal_date"}}
    choice |= {"constants": {"currency": "EUR"}, "dateOrder": "day"}
    ask("PATCH", f"/api/imports/{one['id']}", choice)
    again = take(text("B,5,USD,02/05/2027", header="Wert,Firma,Renewal,Currency"))
    assert again["mapping"] == choice["mapping"]
    assert (again["constants"], again["dateOrder"]) == ({"currency": "EUR"}, "day")
    other = ask("POST", "/api/imports", {"kind": "customers", "csv": text(header="Firma,Wert")}, by=OTHER).json
    assert other["mapping"] == {"Firma": None, "Wert": None}


@pytest.mark.parametrize(
    ("choice", "field"),
    [
        ({"mapping": {"Gone": "name"}}, "Gone"),
        ({"mapping": {"name": "mood"}}, "mood"),
        ({}, "mapping"),
        ({"mapping": {}, "constants": {"mood": "x"}}, "mood"),
    ],
)
def test_a_choice_of_what_there_is_not_is_refused_by_name(ask, take, choice, field):
    answer = ask("PATCH", f"/api/imports/{take(text('A,1,USD,2027-05-01'))['id']}", choice)
    assert answer.status_code == 422
    assert field in answer.json["errors"]


def test_a_choice_of_somebody_else_meanwhile_is_stale_and_one_after_the_beginning_a_conflict(ask, take, do):
    one = take(text("A,1,USD,2027-05-01"))
    address, choice = f"/api/imports/{one['id']}", {"mapping": one["mapping"]}
    assert ask("PATCH", address, choice, headers={"If-Match": '"v9"'}).status_code == 412
    do(one, "run")
    answer = ask("PATCH", address, choice)
    assert (answer.status_code, answer.json["allowed"]) == (409, ["undo"])


def test_rows_are_imported_only_by_the_columns_that_were_seen_checked(ask, take, do):
    made = take(text("A,1,USD,2027-05-01"))
    address, seen = f"/api/imports/{made['id']}", do(made, "check")["version"]
    assert ask("PATCH", address, {"mapping": made["mapping"]}).status_code == 200
    checked = do(made, "check")
    for version, status in ((seen, 412), (checked["version"], 200), (checked["version"], 200)):
        answer = ask("POST", f"{address}/run", {}, headers={"If-Match": f'"v{version}"'})
        assert answer.status_code == status
    assert names() == ["A"]


def test_a_long_import_goes_on_where_it_was_left_and_imports_no_row_twice(ask, take, do):
    one = take(text(*[f"A{number},1,USD,2027-05-01" for number in range(60)]))
    assert do(one, "check", limit=10)["rowsDone"] == 10
    assert do(one, "check", limit=100)["state"] == "checked"
    done = [(do(one, "run", limit=25)["rowsDone"], Customer.select().count()) for _ in range(2)]
    assert done == [(25, 25), (50, 50)]
    assert ask("POST", f"/api/imports/{one['id']}/check", {}).status_code == 409
    one = do(one, "run")
    assert (one["state"], one["counts"], Customer.select().count()) == ("done", {"created": 60}, 60)


def test_what_breaks_in_the_middle_goes_on_behind_the_last_whole_batch(take, do):
    one = take(text(*[f"A{number},1,USD,2027-05-01" for number in range(60)]))
    left = [f"c{number}" for number in range(BATCH_SIZE + 5)]
    with pytest.raises(IndexError):
        replace(stored, new_id=left.pop).run(ANA, one["id"], limit=None, now=NOON)
    assert Customer.select().count() == BATCH_SIZE
    assert do(one, "run")["counts"] == {"created": 60}
    assert Customer.select().count() == 60


def test_two_who_run_one_import_at_once_import_each_row_once(take):
    one = take(text(*[f"A{number},1,USD,2027-05-01" for number in range(120)]))

    def run(_):
        with session(db):
            return stored.run(ANA, one["id"], limit=None, now=NOON).state

    db.close()
    with ThreadPoolExecutor(2) as two:
        assert set(two.map(run, range(2))) == {"done"}
    db.connect(reuse_if_open=True)
    assert stored.tables.get("demo", one["id"]).counts == {"created": 120}
    assert (Customer.select().count(), imports.rows.select().count()) == (120, 120)


def test_parts_of_a_file_that_is_sent_each_time_are_one_import(ask):
    body = {"csv": text(*[f"A{number},1,USD,2027-05-01" for number in range(5)]), "limit": 2}
    found = {ask("POST", "/api/customers/import", body | {"after": after}).json["importId"] for after in (0, 3, 5)}
    assert len(found) == 1
    [one] = ask("GET", "/api/imports").json["items"]
    assert (one["state"], one["counts"]) == ("done", {"created": 5})


def test_undoing_deletes_what_was_created_and_puts_back_what_was_changed_and_twice_is_once(ask, take, do, rows):
    acme = make_customer(name="Acme", external_id="A-1", health_score=80, usage={"activeSeats": 5})
    before = ask("GET", f"/api/customers/{acme.id}").json
    lines = ("Acme Inc.,9,EUR,2028-05-01,A-1,10,4", "Beta,1,USD,2027-05-01,,,")
    one = take(text(*lines, header=HEADER + ",external_id,health,active_seats"))
    assert do(one, "run")["counts"] == {"updated": 1, "created": 1}
    assert names() == ["Acme Inc.", "Beta"]
    undone = do(one, "undo")
    assert (undone["state"], undone["counts"]["undone"], names()) == ("undone", 2, ["Acme"])
    after = ask("GET", f"/api/customers/{acme.id}").json
    assert {**after, "version": 0, "updatedAt": 0} == {**before, "version": 0, "updatedAt": 0}
    assert rows(one, stays="true") == []
    assert do(one, "undo") == undone
    assert names() == ["Acme"]
    assert ask("GET", "/api/customers?q=inc").json["items"] == []
    assert [act.details["undone"] for act in acts("undid the import of customers")] == [2]


def test_what_somebody_changed_since_stays_and_is_named(take, do, rows):
    changed = make_customer(name="Changed")
    one = take(text("Edited,1,USD,2027-05-01", "Alone,1,USD,2027-05-01", "Changed,9,USD,2027-05-01"))
    do(one, "run")
    for name in ("Edited", "Changed"):
        row = Customer.get(Customer.name == name)
        customers.change(ANA, row.id, ChangeCustomer(health_score=10), now=NOON)
    undone = do(one, "undo")
    assert (undone["counts"]["undone"], undone["counts"]["stays"]) == (1, 2)
    assert rows(one, stays="true") == [
        (2, "Edited", "It has been changed since the import."),
        (4, "Changed", "It has been changed since the import."),
    ]
    assert names() == ["Changed", "Edited"]
    assert (str(refresh(changed).arr), refresh(changed).health_score) == ("9.00", 10)


def test_what_something_belongs_to_stays_and_is_named(ask, take, do, rows):
    one = take(text("A,1,USD,2027-05-01", "B,1,USD,2027-05-01", "C,1,USD,2027-05-01"))
    do(one, "run")
    first, second = (Customer.get(Customer.name == name) for name in "AB")
    start(first)
    ask("POST", "/api/contacts", {"customerId": second.id, "name": "Ann"})
    ask("POST", "/api/workflows/tasks", {"title": "Call", "customerId": second.id})
    do(one, "undo")
    assert rows(one, stays="true") == [(2, "A", "1 workflow refers to it."), (3, "B", "1 contact, 1 task refer to it.")]
    assert names() == ["A", "B"]


def test_what_was_deleted_since_is_undone_already(take, do):
    one = take(text("A,1,USD,2027-05-01"))
    do(one, "run")
    Customer.delete().execute()
    assert do(one, "undo")["counts"] == {"created": 1, "undone": 1}


def test_an_external_id_that_somebody_took_since_is_not_taken_back(take, do, rows):
    make_customer(name="Acme", external_id="A-1")
    one = take(text("Acme,1,USD,2027-05-01,A-2", header=HEADER + ",external_id"))
    assert do(one, "run")["counts"] == {"created": 1}
    other = take(text("Solo,1,USD,2027-05-01,", header=HEADER + ",external_id"))
    do(other, "run")
    adopt = take(text("Solo,1,USD,2027-05-01,S-1", header=HEADER + ",external_id"))
    assert do(adopt, "run")["counts"] == {"updated": 1}
    do(adopt, "undo")
    assert Customer.get(Customer.name == "Solo").external_id is None
    assert rows(adopt, stays="true") == []


def test_a_running_import_can_be_undone_as_far_as_it_is_and_does_not_go_on(ask, take, do):
    one = take(text(*[f"A{number},1,USD,2027-05-01" for number in range(40)]))
    do(one, "run", limit=25)
    undone = do(one, "undo")
    assert (undone["state"], undone["counts"], names()) == ("undone", {"created": 25, "undone": 25}, [])
    assert ask("POST", f"/api/imports/{one['id']}/run", {}).status_code == 409


def test_what_has_not_run_cannot_be_undone(ask, take):
    answer = ask("POST", f"/api/imports/{take(text('A,1,USD,2027-05-01'))['id']}/undo", {})
    assert (answer.status_code, answer.json["allowed"]) == (409, ["check", "map", "run"])


def test_undoing_in_parts_and_by_two_at_once_undoes_each_row_once(take, do):
    one = take(text(*[f"A{number},1,USD,2027-05-01" for number in range(120)]))
    do(one, "run")
    assert do(one, "undo", limit=25)["counts"]["undone"] == 25

    def undo(_):
        with session(db):
            return stored.undo(ANA, one["id"], limit=None, now=NOON).state

    db.close()
    with ThreadPoolExecutor(2) as two:
        list(two.map(undo, range(2)))
    db.connect(reuse_if_open=True)
    assert stored.tables.get("demo", one["id"]).counts == {"created": 120, "undone": 120}
    assert names() == []


def test_another_tenants_import_is_not_there(ask, take):
    one = take(text("A,1,USD,2027-05-01"))
    address = f"/api/imports/{one['id']}"
    for method, path, body in (
        ("GET", "", None), ("GET", "/rows", None), ("PATCH", "", {"mapping": {}}), ("POST", "/check", {}), ("POST", "/run", {}), ("POST", "/undo", {}),
    ):  # fmt: skip
        assert ask(method, address + path, body, by=OTHER).status_code == 404
    assert ask("GET", "/api/imports", by=OTHER).json["items"] == []


def test_the_kinds_and_their_fields_are_told(ask):
    kinds = ask("GET", "/api/imports/kinds").json["kinds"]
    assert [kind["key"] for kind in kinds] == ["customers", "contacts", "usage-readings"]
    assert kinds[0]["fields"][0] == {"name": "name", "label": "Name", "needed": True, "instead": ""}
    assert ask("POST", "/api/imports", {"kind": "partnerships", "csv": "name"}).status_code == 404


def test_a_file_whose_import_is_done_is_not_kept(take, do):
    one = take(text("A,1,USD,2027-05-01"))
    do(one, "run")
    with pytest.raises(Conflict):
        stored.check(ANA, one["id"], limit=None, now=NOON)


CONTACTS = "company,first name,last name,email,role,primary,opted out,title"


def people(customer=None):
    query = Contact.select() if customer is None else Contact.select().where(Contact.customer_id == customer.id)
    return {row.name: (row.email, row.role, row.is_primary, row.opted_out) for row in query}


def test_contacts_come_with_their_customer_by_external_id_or_name(ask):
    acme, beta = make_customer(name="Acme", external_id="A-1"), make_customer(name="Beta")
    lines = (
        "A-1,Ann,Bee,ann@acme.test,Economic Buyer,yes,no,CFO", "BETA,Bo,Cee,bo@beta.test,champion,,X,", "Nowhere,Cy,Dee,cy@n.test,,,,",
        ",Di,Eff,di@n.test,,,,", "Acme,,,only@acme.test,,,,", "Acme,Ed,Gee,no address,,,,", "Acme,Fa,Hal,fa@acme.test,boss,,,", "Acme,Flo,Ink,flo@acme.test,,perhaps,,",
    )  # fmt: skip
    receipt = ask("POST", "/api/contacts/import", {"csv": text(*lines, header=CONTACTS)}).json
    assert [(row["row"], row["name"], row["reason"]) for row in receipt["rows"] if row["outcome"] == "refused"] == [
        (4, "Cy Dee", "customer: there is no customer Nowhere"),
        (5, "Di Eff", "customer: it is missing"),
        (7, "Ed Gee", "email: Not an e-mail address. Write it as name@example.org."),
        (8, "Fa Hal", receipt["rows"][6]["reason"]),
        (9, "Flo Ink", "is_primary: Not a valid boolean. Write yes or no."),
    ]
    assert receipt["rows"][6]["reason"].startswith("role: Must be one of")
    assert people(acme) == {
        "Ann Bee": ("ann@acme.test", "economic_buyer", True, False),
        "only@acme.test": ("only@acme.test", "other", False, False),
    }
    assert people(beta) == {"Bo Cee": ("bo@beta.test", "champion", False, True)}
    again = ask("POST", "/api/contacts/import", {"csv": text(*lines[:2], header=CONTACTS)}).json
    assert again["counts"] == {"unchanged": 2}


def test_one_address_within_a_customer_is_one_contact(ask):
    acme, beta = make_customer(name="Acme"), make_customer(name="Beta")
    ask("POST", "/api/contacts", {"customerId": acme.id, "name": "Ann", "email": "Ann@acme.test"})
    ask("POST", "/api/contacts", {"customerId": acme.id, "name": "Bo"})
    lines = (
        "Acme,Anna,ann@ACME.test,CFO",
        "acme,Twice,ANN@acme.test,",
        "Beta,Ann,ann@acme.test,",
        "Acme,bo,bo@acme.test,",
        "Acme,Bo,,",
    )
    receipt = ask("POST", "/api/contacts/import", {"csv": text(*lines, header="customer,name,email,title")}).json
    assert [row["outcome"] for row in receipt["rows"]] == ["updated", "refused", "created", "updated", "refused"]
    assert [row["reason"] for row in receipt["rows"]][1::3] == [
        "it is in line 2 already", "line 5 has this name with an email; name the email here too",
    ]  # fmt: skip
    assert sorted(people(acme)) == ["Anna", "bo"]
    assert sorted(people(beta)) == ["Ann"]


def test_several_customers_of_a_name_are_told_apart_by_external_id(ask):
    make_customer(name="Acme", external_id="A-1")
    second = make_customer(name="ACME", external_id="A-2")
    lines = ("Acme,,Ann", "Acme,A-2,Bo")
    receipt = ask("POST", "/api/contacts/import", {"csv": text(*lines, header="Account Name,Account ID,Name")}).json
    assert [row["reason"] for row in receipt["rows"]] == [
        "customer: several have the name Acme; name the external id",
        None,
    ]
    assert sorted(people(second)) == ["Bo"]


def test_another_tenants_customer_gets_no_contact(ask):
    make_customer(name="Acme", external_id="A-1", by=OTHER)
    receipt = ask("POST", "/api/contacts/import", {"csv": "customer,name\nA-1,Ann"}).json
    assert receipt["counts"] == {"refused": 1}


def test_undoing_contacts_gives_the_primary_one_back_its_place(ask, take, do):
    acme = make_customer(name="Acme")
    ask("POST", "/api/contacts", {"customerId": acme.id, "name": "Zoe", "isPrimary": True})
    one = take("customer,name,primary\nAcme,Ann,yes\nAcme,Bo,yes\nAcme,Cy,yes\n", "contacts")
    assert do(one, "run")["counts"] == {"created": 3}
    assert [name for name, told in people().items() if told[2]] == ["Cy"]
    assert do(one, "undo")["counts"] == {"created": 3, "undone": 3}
    assert people() == {"Zoe": (None, "other", True, False)}


def test_a_contact_who_succeeds_another_stays(ask, take, do, rows):
    acme = make_customer(name="Acme")
    one = take("customer,name\nAcme,Ann\nAcme,Bo\n", "contacts")
    do(one, "run")
    left = ask("POST", "/api/contacts", {"customerId": acme.id, "name": "Zoe"}).json
    ask(
        "PATCH",
        f"/api/contacts/{left['id']}",
        {"status": "departed", "successorId": Contact.get(Contact.name == "Ann").id},
    )
    do(one, "undo")
    assert rows(one, stays="true") == [(2, "Ann", "1 other contact refers to it.")]
    assert sorted(people()) == ["Ann", "Zoe"]


def test_a_dry_run_of_contacts_says_what_the_import_does(ask):
    make_customer(name="Acme")
    body = {"csv": "customer,name,email\nAcme,Ann,a@a.test\nAcme,Bo,A@a.test\nGone,Cy,\nAcme,,\n"}
    dry = ask("POST", "/api/contacts/import", body | {"dryRun": True}).json
    assert (dry["importId"], Contact.select().count()) == (None, 0)
    real = ask("POST", "/api/contacts/import", body).json
    assert (
        [row["outcome"] for row in real["rows"]]
        == [row["outcome"] for row in dry["rows"]]
        == ["created", "refused", "refused", "refused"]
    )


USAGE = "customer,product,site,date,active,licensed,note"


def test_usage_readings_come_with_their_customer_and_day(ask, take, do, rows):
    acme = make_customer(name="Acme", external_id="A-1")
    lines = (
        "A-1,CRM,Ulm,2026-10-31,5,10,first", "acme,CRM,Ulm,31/10/2026,6,,twice", "Acme,CRM,Bonn,31/10/2026,,10,no data",
        "Acme,CRM,Ulm,2099-01-01,5,,ahead", "Gone,CRM,Ulm,2026-10-31,5,,", "Acme,CRM,Ulm,2026-09-30,many,,",
    )  # fmt: skip
    one = take(text(*lines, header=USAGE), "usage-readings")
    one = do(one, "run")
    assert (one["state"], one["counts"]) == ("done", {"created": 2, "refused": 4})
    assert [(row, why.partition(".")[0]) for row, _, why in rows(one, outcome="refused")] == [
        (3, "it is in line 2 already"),
        (5, "on: Not after today, 21 Nov 2026"),
        (6, "customer: there is no customer Gone"),
        (7, "active: Not a valid integer"),
    ]
    found = ask("GET", f"/api/customers/{acme.id}/usage").json["items"]
    assert sorted((reading["site"], reading["active"], reading["licensed"]) for reading in found) == [
        ("Bonn", None, 10),
        ("Ulm", 5, 10),
    ]


def test_undoing_usage_readings_puts_back_what_a_day_said_before(ask, take, do):
    acme = make_customer(name="Acme")
    reading = {"on": "2026-10-31", "product": "CRM", "active": 5, "licensed": 10, "note": "kept"}
    assert ask("POST", f"/api/customers/{acme.id}/usage", reading).status_code in (200, 201)
    before = ask("GET", f"/api/customers/{acme.id}/usage").json["items"]
    one = take("customer,product,on,active\nAcme,CRM,2026-10-31,7\nAcme,CRM,2026-09-30,3\n", "usage-readings")
    assert do(one, "run")["counts"] == {"updated": 1, "created": 1}
    after = {reading["on"]: reading for reading in ask("GET", f"/api/customers/{acme.id}/usage").json["items"]}
    assert (after["2026-10-31"]["active"], after["2026-10-31"]["licensed"], after["2026-10-31"]["note"]) == (
        7,
        10,
        "kept",
    )
    assert do(one, "undo")["counts"]["undone"] == 2
    assert ask("GET", f"/api/customers/{acme.id}/usage").json["items"] == before


def test_undoing_takes_back_the_scores_that_the_import_noted(ask, take, do, rows):
    make_customer(name="Acme", health_score=80)
    one = take(text("Acme,100000,USD,2027-05-01,40", "Beta,1,USD,2027-05-01,50", header=HEADER + ",health"))
    assert do(one, "run")["counts"] == {"updated": 1, "created": 1}
    assert ScoreReading.select().count() == 3
    assert do(one, "undo")["counts"]["undone"] == 2
    assert [reading.value for reading in ScoreReading.select()] == [80]


def test_usage_readings_are_imported_at_once(ask):
    acme = make_customer(name="Acme", external_id="A-1")
    file = text("A-1,CRM,Ulm,2026-10-31,5,10,first", "Gone,CRM,Ulm,2026-10-31,5,,", header=USAGE)
    tried = ask("POST", "/api/customers/usage/import", {"csv": file, "dryRun": True})
    assert (tried.status_code, tried.json["counts"], tried.json["importId"]) == (
        200,
        {"created": 1, "refused": 1},
        None,
    )
    assert ask("GET", f"/api/customers/{acme.id}/usage").json["items"] == []
    done = ask("POST", "/api/customers/usage/import", {"csv": file}).json
    (reading,) = ask("GET", f"/api/customers/{acme.id}/usage").json["items"]
    assert [row["readingId"] for row in done["rows"]] == [reading["id"], None]
    assert done["rows"][1]["reason"].startswith("customer: there is no customer Gone")
    assert ask("POST", "/api/customers/usage/import", {"csv": file}).json["counts"] == {"unchanged": 1, "refused": 1}
    undone = ask("POST", f"/api/imports/{done['importId']}/undo", {})
    assert undone.json["state"] == "undone"
    assert ask("GET", f"/api/customers/{acme.id}/usage").json["items"] == []
    assert ask("POST", "/api/customers/usage/import", {}).status_code == 422
