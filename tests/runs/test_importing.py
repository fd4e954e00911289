"""Importing partnerships: a receipt a line, a dry run that changes nothing, and bad lines that stop no good one."""

from __future__ import annotations

from datetime import date

import pytest

from services.runs import importing
from services.runs.api.imports import stored
from services.runs.models import NEVER, Activity, Partnership
from shared.csv_import.import_commands import ImportDirectly, UploadedFile
from shared.ground.errors import Invalid
from tests.conftest import NOON
from tests.runs.conftest import ANA, OTHER, acts, know, make_partnership, refresh

pytestmark = pytest.mark.usefixtures("database")

HEADER = "name,external_id,stage,priority,contact_name,contact_email"


def run(*lines, header=HEADER, dry_run=False, by=ANA):
    return import_text("\n".join([header, *lines]), by=by, dry_run=dry_run)


def import_text(text, *, by=ANA, **told):
    command = ImportDirectly(file=UploadedFile(text), **told)
    return importing.receipt(stored.directly(by, "partnerships", command, now=NOON), dry_run=command.dry_run)


def outcomes(receipt):
    return [(row["line"], row["outcome"]) for row in receipt["rows"]]


def test_each_line_gets_a_receipt_and_a_bad_one_stops_nothing():
    receipt = run("Acme,P-1,mou_sent,1,Ana,ana@acme.test", "Bad,P-2,signed,1,,", "Beta,P-3,,,,")
    assert outcomes(receipt) == [(2, "created"), (3, "refused"), (4, "created")]
    assert receipt["rows"][1]["reasons"][0].startswith("stage: Not a stage")
    assert (receipt["created"], receipt["updated"], receipt["refused"], receipt["dry_run"]) == (2, 0, 1, False)
    acme, beta = Partnership.select().order_by(Partnership.name)
    assert (acme.stage, acme.priority, acme.contacts) == (
        "MOU Sent",
        1,
        [{"name": "Ana", "email": "ana@acme.test", "title": ""}],
    )
    assert (beta.stage, beta.priority, beta.contacts) == ("New Lead", 3, [])
    assert {one.kind for one in Activity.select()} == {"imported"}
    assert acts("imported partnerships")[0].details == {"created": 2, "refused": 1}


def test_a_dry_run_says_the_same_and_changes_nothing():
    make_partnership("Beta", external_id="P-2")
    lines = ("Acme,P-1,,,,", "Beta,P-2,,1,,", "acme,P-1,,,,", ",P-4,,,,")
    before = {row.id: row.version for row in Partnership.select()}
    dry = run(*lines, dry_run=True)
    assert {row.id: row.version for row in Partnership.select()} == before
    assert acts("imported partnerships") == []
    assert [row["id"] is None for row in dry["rows"]] == [True, False, True, True]
    assert outcomes(run(*lines)) == outcomes(dry) == [(2, "created"), (3, "updated"), (4, "refused"), (5, "refused")]


def test_what_is_twice_in_the_file_is_refused_the_second_time():
    receipt = run("Acme,P-1,,,,", "Other,P-1,,,,", "Beta,,,,,", "BETA,,,,,")
    assert [row["reasons"] for row in receipt["rows"]] == [
        [],
        ["it is in line 2 already"],
        [],
        ["it is in line 4 already"],
    ]


def test_one_is_known_again_by_its_external_id_else_by_its_name():
    run("Acme,P-1,,,,", "Beta,,,,,")
    receipt = run("Acme Inc.,P-1,,,,", "BETA,P-9,,2,,", "Beta Two,,,,,")
    assert outcomes(receipt) == [(2, "updated"), (3, "updated"), (4, "created")]
    assert {(row.name, row.external_id) for row in Partnership.select()} == {
        ("Acme Inc.", "P-1"), ("BETA", "P-9"), ("Beta Two", None),
    }  # fmt: skip
    assert outcomes(run("Acme Inc.,P-1,,,,")) == [(2, "unchanged")]
    assert outcomes(run("Acme Inc.,P-7,,,,")) == [(2, "created")]


def test_a_name_that_several_have_is_refused_unless_the_external_id_says_which():
    make_partnership("Acme", external_id="A")
    make_partnership("Acme", external_id="B")
    assert outcomes(run("Acme,,,1,,", "Acme,A,,1,,")) == [(2, "refused"), (3, "updated")]


def test_a_stage_moves_by_the_table_in_a_file_too():
    row = make_partnership("Acme", stage="MOU Sent")
    receipt = run("Acme,,Active,,,")
    assert "cannot move to Active" in receipt["rows"][0]["reasons"][0]
    assert outcomes(run("Acme,,mou signed,,,")) == [(2, "updated")]
    assert refresh(row).stage == "MOU Signed"


def test_what_the_file_does_not_name_is_left_as_it_is():
    row = make_partnership(
        "Acme",
        priority=1,
        contacts=[{"name": "Bo", "email": "bo@acme.test", "title": "CEO"}, {"name": "Cy", "email": None, "title": ""}],
    )
    run("Acme,,,,Bo Berg,bo@acme.test")
    row = refresh(row)
    assert row.priority == 1
    assert [(one["name"], one["title"]) for one in row.contacts] == [("Bo Berg", "CEO"), ("Cy", "")]


def test_the_last_contact_of_a_file_becomes_an_activity_once():
    header = "name,last_contact_on,last_contact_by"
    for _ in range(2):
        run("Acme,2026-11-07,call", "Beta,2026-11-01,", "Gamma,,", header=header)
    acme, beta, gamma = Partnership.select().order_by(Partnership.name)
    assert (acme.last_contact_at.date(), acme.last_heard_at) == (date(2026, 11, 7), acme.last_contact_at)
    assert (beta.last_contact_at.date(), beta.last_heard_at) == (date(2026, 11, 1), NEVER)
    assert gamma.last_contact_at == NEVER
    assert Activity.select().where(Activity.kind.in_(["call", "email_sent"])).count() == 2


@pytest.mark.parametrize(
    ("header", "line", "told"),
    [
        ("name,mou_sent_on", "Acme,1 May", "mou_sent_on: Not a valid date. Write it as 2027-03-01."),
        ("name,mou_sent_on", "Acme,2027-05-01", "mou_sent_on: It lies in the future."),
        ("name,next_call_on", "Acme,soon", "next_call_on"),
        ("name,priority", "Acme,high", "priority"),
        ("name,priority", "Acme,6", "priority"),
        ("name,time_zone", "Acme,Moon", "time_zone"),
        ("name,contact_email", "Acme,nobody", "contact_email: Not an e-mail"),
        ("name,website", "Acme,javascript:alert(1)", "website"),
        ("name,owner_email", "Acme,nobody@demo.test", "owner_email: nobody here has nobody@demo.test"),
        ("name,last_contact_on", "Acme,2026-13-01", "last_contact_on"),
        ("name,last_contact_on", "Acme,2026-11-23", "last_contact_on"),
        ("name,last_contact_on,last_contact_by", "Acme,2026-11-01,pigeon", "last_contact_by"),
        ("name,stage", "Acme,New Lead,more", "more cells than columns"),
        ("name,stage", ",New Lead", "name: it is missing"),
        ("name", f"{'n' * 201}", "name"),
        ("name", '"Two\r\nLines"', "name: It is more than one line"),
        ("name,source", 'Acme,"A\tfair"', "source: It is more than one line"),
    ],
)
def test_a_refused_line_says_which_field(header, line, told):
    receipt = run(line, header=header)
    assert outcomes(receipt) == [(2, "refused")]
    assert told in receipt["rows"][0]["reasons"][0]
    assert Partnership.select().count() == 0


@pytest.mark.parametrize(
    ("text", "told"),
    [("", "missing"), ("stage", "missing"), ("name,mood", "not known"), ("name,name", "twice"), ('name,"stage', "unexpected end")],
)  # fmt: skip
def test_a_file_without_a_usable_header_is_refused(text, told):
    with pytest.raises(Invalid) as refused:
        import_text(text)
    assert told in " ".join(refused.value.errors["csv"])


def test_an_owner_is_named_by_the_address():
    know(ANA)
    run("Acme,ANA@demo.test", header="Partnership,Owner")
    assert Partnership.get().owner == "ana"


def test_another_tenants_partnership_is_not_touched():
    theirs = make_partnership("Acme", by=OTHER, external_id="P-1")
    assert outcomes(run("Acme,P-1,,1,,")) == [(2, "created")]
    assert refresh(theirs).version == theirs.version


def test_the_door_takes_a_file_and_answers_the_receipt(ask):
    answer = ask("POST", "/api/partnerships/import", {"csv": "name\nAcme\n", "dryRun": True})
    assert answer.json == {
        "rows": [{"line": 2, "outcome": "created", "id": None, "name": "Acme", "reasons": []}],
        "created": 1, "updated": 0, "unchanged": 0, "refused": 0, "dryRun": True, "importId": None,
    }  # fmt: skip
    assert ask("POST", "/api/partnerships/import", {"csv": "mood\nfine\n"}).status_code == 422


@pytest.mark.parametrize("there", [(), ("Bluebay,,,,,",), ("Bluebay,9001,,,,",)])
def test_two_external_ids_are_two_partnerships_whatever_their_name_and_whatever_is_there(there):
    lines = ("Bluebay,9001,,1,,", "bluebay,9004,,2,,")
    run(*there)
    dry = run(*lines, dry_run=True)
    receipt = run(*lines)
    assert outcomes(dry) == outcomes(receipt)
    assert outcomes(receipt)[1] == (3, "created")
    assert {(row.name, row.external_id, row.priority) for row in Partnership.select()} == {
        ("Bluebay", "9001", 1), ("bluebay", "9004", 2),
    }  # fmt: skip
    assert outcomes(run(*lines)) == [(2, "unchanged"), (3, "unchanged")]


def test_a_line_that_can_only_be_told_apart_by_the_id_of_another_is_refused():
    receipt = run("Acme,P-1,,,,", "ACME,,,,,")
    assert outcomes(receipt) == [(2, "created"), (3, "refused")]
    assert receipt["rows"][1]["reasons"] == ["line 2 has this name with an external_id; name the external_id here too"]


def test_what_cannot_be_seen_around_an_address_is_not_the_addresss():
    run("Acme,,,,Ann, ann@acme.test\u200b")
    assert Partnership.get().contacts[0]["email"] == "ann@acme.test"


def test_the_door_takes_a_part_of_a_file(ask):
    body = {"csv": "name\nAcme\nBeta\nGamma\n", "after": 2, "limit": 1}
    rows = ask("POST", "/api/partnerships/import", body).json["rows"]
    assert [(row["line"], row["name"]) for row in rows] == [(3, "Beta")]
    assert [row.name for row in Partnership.select()] == ["Beta"]


def test_a_description_may_have_lines():
    run('Acme,"One\nTwo"', header="name,description")
    assert Partnership.get().description == "One\nTwo"
