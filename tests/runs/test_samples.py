"""The sample partnerships: every stage, both sides of every edge, whatever the day of loading, and twice is once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from services.runs import activities, catalogue, objectives, partnerships, sample_data, seeding, states
from services.runs.models import Activity, Objective, Partnership, replicas
from shared.ground.local_days import local_date
from tests.conftest import NOON
from tests.runs.conftest import ANA, acts, refresh

pytestmark = pytest.mark.usefixtures("database")

ZONE = "America/New_York"
MOMENTS = [
    NOON,
    datetime(2026, 11, 22, 3, tzinfo=UTC),  # still Saturday in New York
    datetime(2026, 11, 22, 18, tzinfo=UTC),  # Sunday, the last day of a week
    datetime(2026, 11, 3, 6, tzinfo=UTC),  # just after the clocks went back
    datetime(2027, 3, 15, 4, tzinfo=UTC),  # just after they went forward
    datetime(2028, 1, 1, 12, tzinfo=UTC),
]


def named(name):
    return Partnership.get(Partnership.name == name)


@pytest.mark.parametrize("now", MOMENTS, ids=str)
def test_on_any_day_the_last_contacts_stand_on_both_sides_of_the_edge(settings, now):
    seeding.seed(settings, now)
    silent = {row.name: partnerships.days_since_contact(row, now, ZONE) for row in Partnership.select()}
    assert (silent["Harbor Analytics"], silent["Northwind Logistics"], silent["Kauri Learning"]) == (13, 14, 15)
    assert silent["Tidewater Schools"] is None


@pytest.mark.parametrize("now", MOMENTS, ids=str)
def test_on_any_day_calls_are_due_and_overdue_this_week(settings, now):
    seeding.seed(settings, now)
    today = local_date(now, ZONE)
    sunday = today + timedelta(days=6 - today.weekday())
    due = [row.next_call_on for row in Partnership.select().where(Partnership.next_call_on.is_null(False))]
    assert len(due) >= 4
    assert max(due) <= sunday
    assert min(due) < today <= max(due)


@pytest.mark.parametrize("now", MOMENTS, ids=str)
def test_on_any_day_one_objective_lags_and_the_others_do_not(settings, now):
    seeding.seed(settings, now)
    lags = [row.title for row in Objective.select() if objectives.behind(row, local_date(now, ZONE))]
    assert (lags, Objective.select().count()) == (["Build the pipeline in Asia-Pacific"], 3)


def test_all_seven_stages_and_every_kind_of_contact_and_mou_are_there(settings):
    seeding.seed(settings, NOON)
    assert {row.stage for row in Partnership.select()} == set(states.STAGES)
    assert {one.kind for one in Activity.select()} >= {*activities.CONTACT, *activities.MOU, "introduction", "note"}
    assert {row.time_zone for row in Partnership.select()} >= {"Pacific/Auckland", "America/Los_Angeles"}


def test_every_move_in_the_samples_is_one_that_the_table_allows(settings):
    seeding.seed(settings, NOON)
    moves = [one.details for one in Activity.select().where(Activity.kind == "stage_change")]
    assert len(moves) > 20
    assert [move for move in moves if move["to"] not in states.stages_after(move["from"])] == []


def test_some_should_move_on_by_what_happened_last(settings):
    seeding.seed(settings, NOON)
    lead, talking, sent = (
        named("Quarry Street Ventures"),
        named("Sunrise Health Network"),
        named("Alder & Pine Research"),
    )
    signed, dormant, quiet = named("Granite Peak Insurance"), named("Prairie Telecom"), named("Copper Ridge Media")
    assert (lead.stage, lead.last_heard_at > lead.stage_changed_at) == ("New Lead", True)
    assert (talking.stage, talking.mou_sent_on is not None) == ("Conversation Active", True)
    assert (sent.stage, sent.mou_signed_on is not None) == ("MOU Sent", True)
    assert (signed.stage, local_date(signed.last_heard_at, ZONE) > signed.mou_signed_on) == ("MOU Signed", True)
    assert (dormant.stage, NOON - dormant.last_heard_at < timedelta(days=30)) == ("Dormant", True)
    assert (quiet.stage, partnerships.days_since_contact(quiet, NOON, ZONE)) == ("Conversation Active", 75)


def test_nothing_in_the_samples_lies_ahead(settings):
    early = datetime(2026, 11, 21, 6, tzinfo=UTC)  # one in the morning of New York
    seeding.seed(settings, early)
    assert [one.summary for one in Activity.select().where(Activity.at > early)] == []
    assert [row.name for row in Partnership.select().where(Partnership.created_at > early)] == []


def test_loading_twice_is_once_and_leaves_what_people_did(settings):
    seeding.seed(settings, NOON)
    partnerships.remove(ANA, named("Old Mill Studios").id, now=NOON)
    row = named("Harbor Analytics")
    partnerships.change(ANA, row.id, partnerships.ChangePartnership(name="Renamed"), now=NOON)
    before = {one.id: one.version for one in Partnership.select()}
    seeding.seed(settings, NOON + timedelta(days=3))
    assert {one.id: one.version for one in Partnership.select()} == before
    assert refresh(row).name == "Renamed"
    assert named("Old Mill Studios").deleted_at == NOON
    assert len(acts("loaded samples")) == 1


def test_the_monitors_word_on_the_tenant_is_newer_than_the_samples(settings):
    replicas.tenants.upsert(seeding.TENANT | {"timeZone": "Europe/Berlin"}, 1)
    seeding.seed(settings, NOON)
    assert replicas.tenants.region("demo").time_zone == "Europe/Berlin"


def test_the_samples_are_complete():
    told = sample_data.partnerships("demo", ZONE, NOON)
    assert len(told) >= 14
    assert all(one.partnership["contacts"] and one.activities for one in told)


@pytest.mark.parametrize(
    "now", [NOON, datetime(2026, 11, 22, 18, tzinfo=UTC), datetime(2026, 11, 23, 14, tzinfo=UTC)], ids=str
)
@pytest.mark.parametrize("template", catalogue.BUILT_IN, ids=lambda one: one.id)
def test_every_step_of_every_built_in_template_shows_something(settings, ask, template, now):
    with time_machine.travel(now):
        seeding.seed(settings, now)
        run = ask("POST", "/api/guided-runs", {"templateId": template.id}).json
        shown = {
            step["key"]: ask("GET", f"/api/guided-runs/{run['id']}/steps/{step['id']}/data").json
            for step in run["steps"]
        }
    assert {key for key, data in shown.items() if not data["items"]} <= {"create-records", "log-decisions"}
    assert all(item["why"] for data in shown.values() for item in data["items"])


def test_the_weekly_pipeline_review_shows_what_the_samples_mean(settings, ask):
    seeding.seed(settings, NOON)
    run = ask("POST", "/api/guided-runs", {"templateId": "weekly-pipeline-review"}).json
    shown = [
        [item["name"] for item in ask("GET", f"/api/guided-runs/{run['id']}/steps/{step['id']}/data").json["items"]]
        for step in run["steps"]
    ]
    at_risk, mou, follow_up, stage, calls = map(set, shown)
    assert "Harbor Analytics" not in at_risk
    assert at_risk >= {
        "Northwind Logistics",
        "Kauri Learning",
        "Mesa Mobility",
        "Copper Ridge Media",
    }
    assert "Tidewater Schools" not in at_risk, "a lead of last week is not silent"
    assert mou == {"Kauri Learning", "Bluefin Marine Data", "Alder & Pine Research"}
    assert follow_up == {"Northwind Logistics", "Harbor Analytics", "Bluefin Marine Data"}
    assert stage == {
        "Quarry Street Ventures", "Sunrise Health Network", "Alder & Pine Research", "Granite Peak Insurance",
        "Prairie Telecom", "Copper Ridge Media",
    }  # fmt: skip
    assert calls == {"Northwind Logistics", "Kauri Learning", "Mesa Mobility", "Cedar Grove Foods"}
