"""What a step shows: its rows by its config, counted in the tenant's days, each with why it is there."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from services.runs import models, partnerships, steps
from services.runs.action_types.registry import context_of
from services.runs.days import Today, today_of
from services.runs.models import StepRow, feed
from services.runs.step_rows import row_queries, row_reasons
from services.runs.step_rows.row_candidates import candidates_of
from shared.ground import ids
from tests.conftest import NOON
from tests.runs.conftest import ANA, MAX, happened, live_in, make_objective, make_partnership
from tests.runs.walking import CONTACTS, act, now_of, only_step, row_about, rows_of, run_of, started, step

pytestmark = pytest.mark.usefixtures("database")

TODAY = NOON.date()


def shown(action_type="review", *, by=ANA, now=NOON, linked=(), **config):
    """The names that a step of this config shows."""
    run = run_of(step(action_type, **config), by=by, now=now, linked_partnership_ids=list(linked))
    return [one.shown["name"] for one in candidates_of(context_of(by, run, only_step(run), now=now)).items]


def silent(name, days, *, now=NOON, **told):
    partner = make_partnership(name, now=now - timedelta(days=days + 30), **told)
    happened(partner, "call", days_ago=days, now=now)
    return partner


def test_fourteen_days_or_more_is_exactly_fourteen_and_not_thirteen():
    for days in (13, 14, 15):
        silent(f"{days} days", days)
    for days in (0, 13, 14):
        make_partnership(f"added {days} days ago", now=NOON - timedelta(days=days))
    assert shown(filter={"noContactDays": 14}) == ["added 14 days ago", "15 days", "14 days"]


def test_a_review_looks_for_fourteen_days_without_contact_when_it_does_not_say():
    silent("long ago", 20)
    silent("just now", 2)
    assert shown() == ["long ago"]


def test_each_row_says_why_it_is_there():
    silent("Harbor", 17)
    (row,) = rows_of(started())
    assert row.why == "No contact for 17 days, since 4 November."


@pytest.mark.parametrize("zone", ["America/New_York", "Europe/Berlin", "Pacific/Auckland"])
@pytest.mark.parametrize("now", [datetime(2026, 11, 2, 12, tzinfo=UTC), datetime(2026, 3, 30, 12, tzinfo=UTC)])
@pytest.mark.parametrize(("days", "expected"), [(13, []), (14, ["Harbor"]), (15, ["Harbor"])])
def test_days_are_dates_of_the_tenant_over_a_change_of_the_clocks(zone, now, days, expected):
    """At one minute to midnight of the day so many dates ago: 24 hours times days would be off by one on either side."""
    live_in(zone=zone)
    here = now.astimezone(ZoneInfo(zone))
    then = datetime.combine(here.date() - timedelta(days=days), datetime.min.time(), ZoneInfo(zone))
    partner = make_partnership("Harbor", now=now - timedelta(days=60))
    with feed.transaction():
        at = (then + timedelta(hours=23, minutes=59)).astimezone(UTC)
        models.partnerships.change(models.partnerships.lock(partner), last_contact_at=at)
    assert shown(now=now, filter={"noContactDays": 14}) == expected


def test_follow_up_is_the_most_important_first_and_then_the_longest_silent():
    silent("low", 30, priority=4)
    silent("first", 9, priority=1)
    silent("longer", 12, priority=2)
    silent("shorter", 8, priority=2)
    silent("too soon", 6, priority=1)
    silent("dormant", 50, stage="Dormant", priority=1)
    assert shown("email") == ["first", "longer", "shorter"]
    assert shown("email", filter={"needs": "follow_up"}) == ["first", "longer", "shorter", "low"]


@pytest.mark.parametrize(
    ("told", "happenings", "proposed"),
    [
        ({"stage": "New Lead"}, [("email_received", 1)], "Conversation Active"),
        ({"stage": "New Lead"}, [("email_sent", 1)], None),
        ({"stage": "Conversation Active", "mou_sent_on": TODAY - timedelta(days=3)}, [], "MOU Sent"),
        ({"stage": "Conversation Active"}, [("email_received", 1)], None),
        ({"stage": "MOU Sent", "mou_signed_on": TODAY - timedelta(days=2)}, [], "MOU Signed"),
        ({"stage": "MOU Sent", "mou_viewed_on": TODAY - timedelta(days=2)}, [("call", 1)], None),
        ({"stage": "MOU Signed", "mou_signed_on": TODAY - timedelta(days=5)}, [("call", 2)], "Active"),
        ({"stage": "MOU Signed", "mou_signed_on": TODAY - timedelta(days=5)}, [("call", 9), ("email_sent", 1)], None),
        ({"stage": "Dormant"}, [("email_received", 30)], "Conversation Active"),
        ({"stage": "Dormant"}, [("email_received", 31)], None),
        ({"stage": "Active"}, [("call", 60)], "Dormant"),
        ({"stage": "Active"}, [("call", 59)], None),
        ({"stage": "Lost"}, [("call", 100)], None),
    ],
)
def test_a_stage_is_proposed_by_the_latest_activity(told, happenings, proposed):
    mou = {name: told[name] for name in told if name.startswith("mou")}
    partner = make_partnership("Harbor", now=NOON - timedelta(days=40), stage=told["stage"])
    partnerships.change(ANA, partner.id, partnerships.ChangePartnership(**mou), now=NOON)
    for kind, days in happenings:
        happened(partner, kind, days_ago=days)
    run = run_of(step("update_stage"))
    found = candidates_of(context_of(ANA, run, only_step(run), now=NOON)).items
    assert [one.subject_id for one in found] == ([partner.id] if proposed else [])
    if proposed:
        today = today_of("demo", NOON)
        talks = row_queries.last_talks("demo", [partner])
        stage, why = row_reasons.stage_proposed(
            models.partnerships.find("demo", partner.id), talks.get(partner.id), today
        )
        assert (stage, why + ".") == (proposed, found[0].why)


def test_a_new_lead_that_nobody_has_called_yet_is_not_dormant():
    make_partnership("Fresh", now=NOON - timedelta(days=1))
    make_partnership("Forgotten", now=NOON - timedelta(days=60))
    assert shown("update_stage") == ["Forgotten"]


def test_calls_of_this_week_are_those_due_by_sunday_with_the_overdue_first():
    """NOON is a Saturday."""
    for name, days in (("Monday", 2), ("Sunday", 1), ("Saturday", 0), ("overdue", -9)):
        make_partnership(name, next_call_on=TODAY + timedelta(days=days), contacts=CONTACTS)
    make_partnership("lost", next_call_on=TODAY, stage="Lost")
    assert shown("schedule") == ["overdue", "Saturday", "Sunday"]


def test_whoever_has_a_call_booked_this_week_needs_none():
    live_in(zone="UTC")
    now = datetime(2026, 11, 18, 12, tzinfo=UTC)
    soon = make_partnership("soon", now=now, next_call_on=now.date(), contacts=CONTACTS)
    later = make_partnership("later", now=now, next_call_on=now.date(), contacts=CONTACTS)
    one = started("schedule", now=now)
    act(one, "schedule_meeting", now=now, row_id=row_about(one, soon).id, starts_at=now + timedelta(days=1))
    act(one, "schedule_meeting", now=now, row_id=row_about(one, later).id, starts_at=now + timedelta(days=6))
    assert shown("schedule", now=now) == ["later"]


def test_a_filter_by_stage_owner_priority_and_age_holds_in_all_its_parts():
    make_partnership("mine", stage="MOU Sent", priority=1)
    make_partnership("theirs", by=MAX, stage="MOU Sent", priority=1)
    make_partnership("old", stage="MOU Sent", priority=1, now=NOON - timedelta(days=20))
    make_partnership("unimportant", stage="MOU Sent", priority=3)
    make_partnership("elsewhere", stage="Active", priority=1)
    told = {"stage": ["MOU Sent", "MOU Signed"], "owner": "me", "priorityUpTo": 2, "newWithinDays": 14}
    assert shown(filter=told) == ["mine"]
    assert shown(filter=told | {"owner": MAX.id}) == ["theirs"]


def test_named_partnerships_are_shown_and_those_that_are_gone_as_gone():
    there, gone = make_partnership("there"), make_partnership("gone")
    partnerships.remove(ANA, gone.id, now=NOON)
    one = started(partnershipIds=[there.id, gone.id])
    assert [(row.subject_id, row.shown["name"]) for row in rows_of(one)] == [(there.id, "there"), (gone.id, gone.id)]


def test_named_partnerships_with_a_filter_hold_both():
    one, other = silent("one", 20), silent("other", 2)
    assert shown(partnershipIds=[one.id, other.id], filter={"noContactDays": 14}) == ["one"]


def test_the_runs_partnerships_narrow_a_step_only_where_it_says_so():
    linked = silent("linked", 20)
    silent("not linked", 20)
    assert sorted(shown(linked=[linked.id])) == ["linked", "not linked"]
    assert shown(linked=[linked.id], filter={"noContactDays": 14}, onlyLinked=True) == ["linked"]


def test_a_limit_cuts_and_says_so(ask):
    for number in range(4):
        silent(f"{number}", 20 + number)
    one = started(limit=3, filter={"noContactDays": 14})
    assert len(rows_of(one)) == 3
    data = ask("GET", f"/api/guided-runs/{one.run_id}/steps/{one.id}/data").json
    assert data["truncated"] is True


@pytest.mark.parametrize(("limit", "more"), [(2, True), (3, False), (4, False)])
def test_a_limit_of_objectives_says_so_before_and_after_the_start(ask, limit, more):
    for number in range(3):
        make_objective(title=f"Grow {number}")
    run = run_of(step("custom", does="update_objective", limit=limit))
    one = only_step(run)
    path = f"/api/guided-runs/{run.id}/steps/{one.id}/data"
    preview = ask("GET", path).json
    steps.start(ANA, run.id, one.id, now=NOON)
    begun = ask("GET", path).json
    assert [(data["preview"], data["truncated"]) for data in (preview, begun)] == [(True, more), (False, more)]


def test_another_tenants_partnerships_are_shown_to_nobody():
    from tests.runs.conftest import OTHER

    make_partnership("foreign", by=OTHER, now=NOON - timedelta(days=90))
    assert shown(filter={"noContactDays": 14}) == []


def test_objectives_that_are_behind_are_shown_with_how_far_they_are():
    behind = {"title": "All", "unit": "", "start": "0", "current": "2", "target": "9"}
    make_objective(title="Behind", key_results=[behind])
    make_objective(
        title="Done", key_results=[{"title": "All", "unit": "", "start": "0", "current": "9", "target": "9"}]
    )
    assert shown("custom", does="update_objective", filter={"behind": True}) == ["Behind"]
    assert shown(show="objectives") == ["Behind", "Done"]


def test_what_was_shown_stays_as_it_was_and_data_shows_what_holds_now(ask):
    partner = silent("Harbor", 20, stage="Active")
    one = started()
    partnerships.change(ANA, partner.id, partnerships.ChangePartnership(stage="Dormant"), now=NOON)
    happened(partner, "call", days_ago=0)
    (item,) = ask("GET", f"/api/guided-runs/{one.run_id}/steps/{one.id}/data").json["items"]
    assert (item["shownStage"], item["stage"], item["stillMatches"]) == ("Active", "Dormant", False)
    assert item["why"] == "No contact for 20 days, since 1 November."
    assert item["daysSinceContact"] == 0


def test_a_partnership_that_vanished_shows_as_gone_and_is_expected_of_nobody(ask):
    partner = silent("Harbor", 20)
    one = started()
    partnerships.remove(ANA, partner.id, now=NOON)
    data = ask("GET", f"/api/guided-runs/{one.run_id}/steps/{one.id}/data").json
    assert [(item["name"], item["gone"], item["stillMatches"]) for item in data["items"]] == [("Harbor", True, None)]
    assert data["expected"] == {"count": 0, "done": 0, "left": []}
    assert steps.complete(ANA, one.run_id, one.id, now=NOON).status == "completed"


def test_a_refresh_adds_what_matches_by_now_and_keeps_what_is_there():
    silent("first", 20)
    one = started()
    act(one, "review_row", row_id=rows_of(one)[0].id, mark="fine")
    silent("second", 15)
    done = act(one, "refresh")
    assert [row.shown["name"] for row in rows_of(one)] == ["first", "second"]
    assert [item.row_id for item in done.items] == [rows_of(one)[1].id]
    assert rows_of(one)[0].state == "done"


def test_a_preview_writes_nothing(ask):
    partner = silent("Harbor", 20)
    run = run_of(step())
    data = ask("GET", f"/api/guided-runs/{run.id}/steps/{only_step(run).id}/data").json
    assert data["preview"] is True
    assert [(item["id"], item["state"], item["version"]) for item in data["items"]] == [(partner.id, "open", 0)]
    assert data["expected"]["left"] == ["1 of 1 is not reviewed yet: Harbor."]
    assert StepRow.select().count() == 0


def test_a_step_asks_few_questions_however_many_rows_it_shows(ask):
    for number in range(30):
        silent(f"Partner {number:02}", 20, contacts=CONTACTS)
    one = started("email", filter={"needs": "follow_up"})
    statements = []
    execute = models.db.obj.execute_sql

    def counting(sql, *told, **more):
        statements.append(sql)
        return execute(sql, *told, **more)

    models.db.obj.execute_sql = counting
    try:
        data = ask("GET", f"/api/guided-runs/{one.run_id}/steps/{one.id}/data").json
    finally:
        models.db.obj.execute_sql = execute
    assert len(data["items"]) == 30
    assert len([sql for sql in statements if "SELECT" in sql]) <= 30


def test_a_run_of_another_tenant_is_404(ask):
    from tests.runs.conftest import OTHER

    run = run_of(step())
    path = f"/api/guided-runs/{run.id}/steps/{only_step(run).id}"
    assert ask("GET", f"{path}/data", by=OTHER).status_code == 404
    assert ask("POST", f"{path}/start", {}, by=OTHER).status_code == 404
    assert ask("GET", f"/api/guided-runs/{run.id}/steps/{ids.new_id()}/data").status_code == 404


def test_dates_are_said_as_people_say_them():
    today = Today(NOON, "UTC")
    assert today.said(date(2026, 11, 4)) == "4 November"
    assert today.said(date(2025, 12, 31)) == "31 December 2025"
    assert now_of(started("note")).status == "in_progress"
