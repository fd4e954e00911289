"""Imports of partnerships over REST: exports of CRMs, receipts that are found again, and undoing."""

from __future__ import annotations

from io import BytesIO

import pytest

from services.runs import partnerships
from services.runs.models import Activity, Partnership
from services.runs.partnerships import ChangePartnership
from shared.ground import clock
from shared.security.tokens import Signer
from tests.conftest import NOON
from tests.runs.conftest import ANA, OTHER, acts, happened, know, make_partnership, refresh

pytestmark = pytest.mark.usefixtures("database")

HUBSPOT = "Record ID,Company name,Website URL,Company owner,Create Date,Legal entity address"


@pytest.fixture
def take(ask):
    """`take("name\\nAcme")` -> the import of this text, taken."""

    def take(text, **told):
        answer = ask("POST", "/api/imports", {"kind": "partnerships", "csv": text, **told})
        assert answer.status_code == 201, answer.json
        return answer.json

    return take


@pytest.fixture
def do(ask):
    """`do(import, "run")` -> the import after the verb."""

    def do(one, verb, **body):
        answer = ask("POST", f"/api/imports/{one['id']}/{verb}", body)
        assert answer.status_code == 200, answer.json
        return answer.json

    return do


def stays(ask, one):
    rows = ask("GET", f"/api/imports/{one['id']}/rows?stays=true").json["items"]
    return [(row["row"], row["name"], row["stays"]) for row in rows]


def test_an_export_of_hubspot_comes_in_as_it_is(ask):
    know(ANA)
    lines = (
        '9001,Bluebay Games Ltd,bluebay.example.test,Ana Alvarez,2024-02-01 09:30,"1 Example Street, London"',
        "9004,bluebay games ltd,,,,",
    )
    receipt = ask("POST", "/api/partnerships/import", {"csv": "\r\n".join([HUBSPOT, *lines, ""])}).json
    assert [row["outcome"] for row in receipt["rows"]] == ["created", "created"]
    first = Partnership.get(Partnership.external_id == "9001")
    assert (first.name, first.website, first.owner) == ("Bluebay Games Ltd", "https://bluebay.example.test", "ana")
    assert ask("GET", f"/api/imports/{receipt['importId']}").json["sourceName"] == "HubSpot"


def test_an_export_of_pipedrive_comes_in_as_it_is(ask):
    text = "Organization - ID,Organization - Name,Organization - Website,Organization - People\n7,Acme,acme.test,3\n"
    assert ask("POST", "/api/partnerships/import", {"csv": text}).json["created"] == 1
    row = Partnership.get()
    assert (row.external_id, row.name, row.website) == ("7", "Acme", "https://acme.test")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_a_file_as_it_is_comes_in_whatever_its_encoding(application, settings, database, encoding):
    token = Signer("monitor", settings.keys).for_person(ANA, clock.now())
    data = {"file": (BytesIO("sep=;\r\nname;stage\r\nMüller;New Lead\r\n".encode(encoding)), "a.csv")}
    database.close()
    answer = application.test_client().post(
        "/api/partnerships/import", data=data, headers={"Authorization": f"Bearer {token}"}
    )
    database.connect(reuse_if_open=True)
    assert (answer.status_code, answer.json["created"]) == (200, 1)
    assert Partnership.get().name == "Müller"


def test_days_of_a_column_are_read_as_they_can_only_be(ask):
    text = "name,last contact,next call\nA,15/09/2026,2026-12-01\nB,01/05/2026,1 Dec 2026\nC,,01/12/2026\n"
    receipt = ask("POST", "/api/partnerships/import", {"csv": text}).json
    assert [row["outcome"] for row in receipt["rows"]] == ["created", "created", "refused"]
    assert "can be 1 December 2026 or 12 January 2026" in receipt["rows"][2]["reasons"][0]
    assert [str(row.last_contact_at.date()) for row in Partnership.select().order_by(Partnership.name)] == [
        "2026-09-15",
        "2026-05-01",
    ]


def test_undoing_deletes_what_was_created_and_puts_back_what_was_changed(ask, take, do):
    row = make_partnership(
        "Acme", external_id="P-1", contacts=[{"name": "Bo", "email": "bo@acme.test", "title": "CEO"}]
    )
    happened(row, "call", days_ago=20)
    before = ask("GET", f"/api/partnerships/{row.id}").json
    told = Activity.select().where(Activity.partnership_id == row.id).count()
    header = "external_id,name,stage,priority,contact_name,contact_email,last_contact_on,mou_sent_on"
    one = take(
        f"{header}\nP-1,Acme Inc.,Conversation Active,1,Ann,ann@acme.test,2026-11-15,2026-11-10\n,Beta,,,,,2026-11-01,\n"
    )
    assert do(one, "check")["counts"] == {"updated": 1, "created": 1}
    assert do(one, "run")["counts"] == {"updated": 1, "created": 1}
    assert ask("GET", "/api/partnerships?q=ann").json["items"] != []
    undone = do(one, "undo")
    assert (undone["state"], undone["counts"]["undone"]) == ("undone", 2)
    after = ask("GET", f"/api/partnerships/{row.id}").json
    assert {**after, "version": 0, "updatedAt": 0} == {**before, "version": 0, "updatedAt": 0}
    assert Activity.select().where(Activity.partnership_id == row.id).count() == told
    assert [item["name"] for item in ask("GET", "/api/partnerships").json["items"]] == ["Acme"]
    assert ask("GET", "/api/partnerships?q=ann").json["items"] == []
    assert do(one, "undo") == undone
    assert len(acts("undid the import of partnerships")) == 1


def test_what_something_happened_with_since_stays_and_is_named(ask, take, do):
    one = take("name\nEdited\nCalled\nLinked\nAlone\n")
    do(one, "run")
    rows = {row.name: row for row in Partnership.select()}
    partnerships.change(ANA, rows["Edited"].id, ChangePartnership(priority=1), now=NOON)
    happened(rows["Called"], "call")
    run = {
        "name": "Mine",
        "steps": [{"actionType": "review", "title": "Look"}],
        "linkedPartnershipIds": [rows["Linked"].id],
    }
    assert ask("POST", "/api/guided-runs", run).status_code == 201
    assert do(one, "undo")["counts"] == {"created": 4, "undone": 1, "stays": 3}
    assert stays(ask, one) == [
        (2, "Edited", "It has been changed since the import."),
        (3, "Called", "It has been changed since the import."),
        (4, "Linked", "1 guided run refers to it."),
    ]
    assert sorted(item["name"] for item in ask("GET", "/api/partnerships").json["items"]) == [
        "Called",
        "Edited",
        "Linked",
    ]


def test_an_external_id_that_was_taken_meanwhile_is_not_put_back(ask, take, do):
    row = make_partnership("Acme", external_id="P-1")
    one = take("name,website\nAcme,acme.test\n")
    do(one, "run")
    assert refresh(row).website == "https://acme.test"
    ask("PATCH", f"/api/partnerships/{row.id}", {"externalId": "P-2"})
    make_partnership("Other", external_id="P-1")
    do(one, "undo")
    assert refresh(row).external_id == "P-2"
    assert stays(ask, one) == [(2, "Acme", "It has been changed since the import.")]


def test_imports_are_listed_for_their_tenant_alone(ask, take):
    one = take("name\nAcme\n", fileName="a.csv")
    assert [item["fileName"] for item in ask("GET", "/api/imports").json["items"]] == ["a.csv"]
    assert ask("GET", "/api/imports", by=OTHER).json["items"] == []
    assert ask("GET", f"/api/imports/{one['id']}", by=OTHER).status_code == 404


def test_the_kinds_are_told(ask):
    assert [kind["key"] for kind in ask("GET", "/api/imports/kinds").json["kinds"]] == ["partnerships"]
