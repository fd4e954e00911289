"""The REST doors of partnerships and objectives."""

from __future__ import annotations

from datetime import timedelta

import pytest

from services.runs.models import Partnership, Recurrence, feed, replicas
from services.runs.models.exchange import Request
from tests.conftest import NOON
from tests.runs.conftest import ANA, MAX, OTHER, happened, know, live_in, make_objective, make_partnership

pytestmark = pytest.mark.usefixtures("database")

PATH = "/api/partnerships"


def names(answer):
    assert answer.status_code == 200, answer.text
    return [one["name"] for one in answer.json["items"]]


def test_a_partnership_is_made_read_changed_and_removed(ask):
    body = {
        "name": "Acme", "stage": "mou_sent", "contacts": [{"name": "Bo", "email": "bo@acme.test"}],
        "timeZone": "Pacific/Auckland", "mouSentOn": "2026-11-10", "nextCallOn": "2026-11-30",
    }  # fmt: skip
    made = ask("POST", PATH, body)
    assert made.status_code == 201, made.text
    told = made.json
    assert (told["stage"], told["owner"], told["lastContactAt"], told["daysSinceContact"]) == (
        "MOU Sent",
        "ana",
        None,
        None,
    )
    assert told["nextStages"] == ["Conversation Active", "MOU Signed", "Dormant", "Lost"]
    assert told["lastActivity"]["kind"] == "created"
    one = f"{PATH}/{told['id']}"
    assert ask("GET", one).json == told
    changed = ask("PATCH", one, {"stage": "MOU Signed", "priority": 1}, headers={"If-Match": made.headers["ETag"]})
    assert (changed.json["stage"], changed.json["priority"]) == ("MOU Signed", 1)
    assert ask("PATCH", one, {"priority": 2}, headers={"If-Match": made.headers["ETag"]}).status_code == 412
    assert ask("DELETE", one).status_code == 204
    assert ask("GET", one).status_code == 404
    assert names(ask("GET", PATH)) == []


def test_a_stage_that_the_table_does_not_lead_to_is_409_with_those_that_it_does(ask):
    row = make_partnership()
    answer = ask("PATCH", f"{PATH}/{row.id}", {"stage": "Active"})
    assert answer.status_code == 409
    assert answer.json["allowed"] == ["Conversation Active", "MOU Sent", "Dormant", "Lost"]


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"name": " "}, "name"),
        ({"name": "a\nb"}, "name"),
        ({"name": "A", "stage": "Signed"}, "stage"),
        ({"name": "A", "priority": 6}, "priority"),
        ({"name": "A", "contacts": [{"name": "Bo", "email": "bo"}]}, "contacts.0.email"),
        ({"name": "A", "contacts": [{"email": "bo@acme.test"}]}, "contacts.0.name"),
        ({"name": "A", "timeZone": "Moon"}, "timeZone"),
        ({"name": "A", "website": "javascript:alert(1)"}, "website"),
        ({"name": "A", "mouSentOn": "2026-11-22"}, "mouSentOn"),
        ({"name": "A", "lastContactAt": "2026-11-01T00:00:00Z"}, "lastContactAt"),
    ],
)
def test_a_bad_field_names_itself(ask, body, path):
    answer = ask("POST", PATH, body)
    assert (answer.status_code, list(answer.json["errors"])) == (422, [path])
    assert Partnership.select().count() == 0


def test_a_patch_of_contacts_is_checked_as_a_whole(ask):
    row = make_partnership()
    answer = ask("PATCH", f"{PATH}/{row.id}", {"contacts": [{"email": "bo@acme.test"}]})
    assert (answer.status_code, list(answer.json["errors"])) == (422, ["contacts.0.name"])


def test_the_same_key_makes_one_partnership(ask):
    for _ in range(2):
        assert ask("POST", PATH, {"name": "Acme"}, headers={"Idempotency-Key": "k"}).status_code == 201
    assert Partnership.select().count() == 1


def test_the_filters_of_the_list(ask):
    make_partnership("Acme", stage="MOU Sent", priority=1)
    make_partnership("Beta", by=MAX, contacts=[{"name": "Zoe", "email": "zoe@x.test", "title": ""}])
    make_partnership("Gamma", stage="Lost")
    make_partnership("Theirs", by=OTHER)
    assert names(ask("GET", PATH)) == ["Acme", "Beta", "Gamma"]
    assert names(ask("GET", f"{PATH}?stage=mou_sent")) == ["Acme"]
    assert names(ask("GET", f"{PATH}?owner=me")) == ["Acme", "Gamma"]
    assert names(ask("GET", f"{PATH}?owner=max")) == ["Beta"]
    assert names(ask("GET", f"{PATH}?priority=1")) == ["Acme"]
    assert names(ask("GET", f"{PATH}?q=ZOE")) == ["Beta"]
    assert ask("GET", f"{PATH}?stage=Signed").status_code == 422


def test_no_contact_for_fourteen_days_has_fourteen_and_not_thirteen_and_never(ask):
    live_in(zone="America/New_York")
    for days in (13, 14, 15):
        happened(make_partnership(f"{days} days", now=NOON - timedelta(days=90)), "call", days_ago=days)
    happened(make_partnership("Late that day", now=NOON - timedelta(days=90)), "call", days_ago=13.6)
    make_partnership("Never")
    make_partnership("Closed", stage="Dormant")
    found = ask("GET", f"{PATH}?no_contact_days=14")
    assert names(found) == ["14 days", "15 days", "Late that day", "Never"]
    assert names(ask("GET", f"{PATH}?no_contact_days=14&stage=dormant")) == ["Closed"]
    assert {one["name"]: one["daysSinceContact"] for one in found.json["items"]} == {
        "14 days": 14, "15 days": 15, "Late that day": 14, "Never": None,
    }  # fmt: skip


def test_the_orders_of_the_list_and_their_cursors(ask):
    for name, priority, days in (("A", 2, 1), ("B", 1, 2), ("C", 1, 9)):
        happened(make_partnership(name, priority=priority, now=NOON - timedelta(days=90)), "call", days_ago=days)
    for sort, expected in (("name", ["A", "B", "C"]), ("lastContact", ["C", "B", "A"]), ("priority", ["C", "B", "A"])):
        first = ask("GET", f"{PATH}?sort={sort}&limit=2")
        rest = ask("GET", f"{PATH}?sort={sort}&limit=2&cursor={first.json['pagination']['next']}")
        assert names(first) + names(rest) == expected


def test_activities_are_told_and_listed_the_newest_first(ask):
    row = make_partnership(now=NOON - timedelta(days=9))
    made = ask(
        "POST", f"{PATH}/{row.id}/activities", {"kind": "call", "at": "2026-11-20T10:00:00Z", "body": "Went well"}
    )
    assert (made.status_code, made.json["summary"], made.json["by"]["name"]) == (201, "Call", "Ana Alvarez")
    listed = ask("GET", f"{PATH}/{row.id}/activities").json["items"]
    assert [one["kind"] for one in listed] == ["call", "created"]
    assert ask("GET", f"{PATH}/{row.id}").json["lastContactAt"] == "2026-11-20T10:00:00Z"


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"kind": "stage_change"}, "kind"),
        ({"kind": "dance"}, "kind"),
        ({"kind": "call", "at": "2026-11-21T13:00:00Z"}, "at"),
        ({"kind": "call", "at": "2026-11-21"}, "at"),
    ],
)
def test_an_activity_that_is_none_is_refused_by_name(ask, body, path):
    row = make_partnership()
    answer = ask("POST", f"{PATH}/{row.id}/activities", body)
    assert (answer.status_code, list(answer.json["errors"])) == (422, [path])


def test_a_task_about_a_partnership_is_requested_once_and_stands_on_its_timeline(ask):
    know(MAX)
    row = make_partnership("Acme", owner=MAX.id)
    body = {"title": "Send the deck", "dueDate": "2026-12-04", "priority": 2}
    made = [ask("POST", f"{PATH}/{row.id}/tasks", body, headers={"Idempotency-Key": "k"}) for _ in range(2)]
    assert [answer.status_code for answer in made] == [201, 201]
    assert made[0].json == made[1].json
    expected = {"partnershipId": row.id, "title": "Send the deck", "dueDate": "2026-12-04", "priority": 2}
    assert made[0].json.items() >= (expected | {"owner": MAX.id, "status": "asked", "description": ""}).items()
    [request] = Request.select()
    assert (request.kind, request.id) == ("task-request", made[0].json["id"])
    assert request.body["source"] == {"service": "runs", "kind": "partnership", "id": row.id}
    assert (request.body["partnershipId"], request.body["partnershipName"]) == (row.id, "Acme")
    [activity] = [
        one for one in ask("GET", f"{PATH}/{row.id}/activities").json["items"] if one["kind"] == "task_created"
    ]
    assert (activity["summary"], activity["details"]) == ("Task: Send the deck", {"taskId": request.id})


def test_a_task_falls_to_the_caller_where_the_owner_has_left(ask):
    know(MAX)
    row = make_partnership("Acme", owner=MAX.id)
    left = {"id": MAX.id, "tenantId": "demo", "name": "Max", "email": "m@x.test", "active": False}
    with feed.transaction():
        replicas.people.upsert(left, 2)
    assert ask("POST", f"{PATH}/{row.id}/tasks", {"title": "Call"}).json["owner"] == ANA.id
    assert ask("POST", f"{PATH}/{row.id}/tasks", {"title": "Call", "owner": None}).json["owner"] is None


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({}, "title"),
        ({"title": "  "}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"title": "Call", "dueDate": "soon"}, "dueDate"),
        ({"title": "Call", "priority": 9}, "priority"),
        ({"title": "Call", "owner": "nobody-here"}, "owner"),
        ({"title": "Call", "colour": "red"}, "colour"),
    ],
)
def test_a_task_that_is_none_is_refused_by_name(ask, body, path):
    answer = ask("POST", f"{PATH}/{make_partnership().id}/tasks", body)
    assert (answer.status_code, list(answer.json["errors"])) == (422, [path])
    assert not Request.select().exists()


def test_another_tenants_partnership_is_404_at_every_door(ask):
    row = make_partnership(by=OTHER)
    for method, path, body in (
        ("GET", row.id, None), ("PATCH", row.id, {"priority": 1}), ("DELETE", row.id, None),
        ("GET", f"{row.id}/activities", None), ("POST", f"{row.id}/activities", {"kind": "call"}),
        ("POST", f"{row.id}/tasks", {"title": "Call"}),
    ):  # fmt: skip
        assert ask(method, f"{PATH}/{path}", body).status_code == 404


def test_an_objective_is_made_changed_and_listed(ask):
    body = {
        "title": "Grow", "period": "Q4 2026", "startsOn": "2026-10-01", "endsOn": "2026-12-31",
        "keyResults": [{"title": "MOUs", "unit": "MOUs", "target": "12"}, {"title": "Hours", "start": 48, "target": 12.5}],
    }  # fmt: skip
    made = ask("POST", "/api/objectives", body)
    assert made.status_code == 201, made.text
    first, second = made.json["keyResults"]
    assert (first["current"], second["start"], second["target"]) == ("0", "48", "12.5")
    assert (made.json["progress"], made.json["behind"], made.json["status"]) == (0.0, True, "open")
    path = f"/api/objectives/{made.json['id']}"
    changed = ask(
        "PATCH", path, {"keyResults": [{"id": first["id"], "current": "6"}]}, headers={"If-Match": made.headers["ETag"]}
    )
    assert changed.json["keyResults"][0]["progress"] == 0.5
    assert changed.json["progress"] == 0.25
    assert ask("PATCH", path, {"status": "achieved"}, headers={"If-Match": made.headers["ETag"]}).status_code == 412
    assert ask("PATCH", path, {"status": "achieved"}).json["allowed"] == ["reopen"]
    assert [one["title"] for one in ask("GET", "/api/objectives?status=achieved&owner=me").json["items"]] == ["Grow"]
    assert ask("GET", "/api/objectives?status=open").json["items"] == []


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"keyResults": [{"title": "x", "target": "lots"}]}, "keyResults.0.target"),
        ({"keyResults": [{"title": "x", "target": True}]}, "keyResults.0.target"),
        ({"keyResults": [{"title": "x"}]}, "keyResults.0.target"),
        ({"endsOn": "2026-09-01"}, "endsOn"),
        ({"period": ""}, "period"),
    ],
)
def test_a_bad_objective_names_the_field(ask, change, path):
    body = {"title": "Grow", "period": "Q4", "startsOn": "2026-10-01", "endsOn": "2026-12-31"}
    answer = ask("POST", "/api/objectives", body | change)
    assert (answer.status_code, list(answer.json["errors"])) == (422, [path])


def test_another_tenants_objective_is_404(ask):
    row = make_objective(by=OTHER)
    assert ask("GET", f"/api/objectives/{row.id}").status_code == 404
    assert ask("PATCH", f"/api/objectives/{row.id}", {"title": "x"}).status_code == 404


def test_a_recurrence_whose_template_is_gone_is_named_and_hides_no_other(ask):
    body = {"templateId": "weekly-pipeline-review", "every": "week", "weekday": "monday", "at": "09:00"}
    good, bad = (ask("POST", "/api/recurrences", body).json for _ in range(2))
    Recurrence.update(template_id="gone").where(Recurrence.id == bad["id"]).execute()
    listed = ask("GET", "/api/recurrences")
    assert listed.status_code == 200
    shown = {row["id"]: row["templateName"] for row in listed.json["items"]}
    assert shown == {good["id"]: "Weekly Pipeline Review", bad["id"]: "(a template that was removed)"}
