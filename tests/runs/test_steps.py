"""The life of a step and of a run: every verb in every state, what completing expects, and what a reset leaves."""

from __future__ import annotations

import pytest

from services.runs import lifecycle, models, steps
from services.runs.models import Partnership, feed, replicas
from services.runs.step_rows.step_counts import recount
from shared.ground.errors import Conflict, Invalid, NotFound, Stale
from tests.conftest import NOON
from tests.runs.conftest import ANA, MAX, OTHER, acts, happened, know, make_partnership, notification_requests, refresh
from tests.runs.walking import CONTACTS, act, now_of, only_step, rows_of, run_of, started, step

pytestmark = pytest.mark.usefixtures("database")

VERBS = {
    "start": lambda one: steps.start(ANA, one.run_id, one.id, now=NOON),
    "skip": lambda one: steps.skip(ANA, one.run_id, one.id, now=NOON),
    "complete": lambda one: steps.complete(ANA, one.run_id, one.id, now=NOON),
    "reset": lambda one: steps.reset(ANA, one.run_id, one.id, now=NOON)[0],
}
LEGAL = {
    "pending": {"start": "in_progress", "skip": "skipped"},
    "in_progress": {"complete": "completed", "skip": "skipped", "reset": "pending"},
    "completed": {"reset": "pending"},
    "skipped": {"start": "in_progress", "reset": "pending"},
}
PATHS = {"pending": (), "in_progress": ("start",), "completed": ("start", "complete"), "skipped": ("skip",)}


def step_that_is(state):
    one = only_step(run_of(step("review")))
    for verb in PATHS[state]:
        VERBS[verb](one)
    return now_of(one)


@pytest.mark.parametrize("state", LEGAL)
@pytest.mark.parametrize("verb", VERBS)
def test_each_verb_in_each_state(state, verb):
    one = step_that_is(state)
    if verb in LEGAL[state]:
        assert VERBS[verb](one).status == LEGAL[state][verb]
        return
    with pytest.raises(Conflict) as refused:
        VERBS[verb](one)
    assert refused.value.details["allowed"] == sorted(LEGAL[state])
    assert now_of(one).status == state


@pytest.mark.parametrize("status", ["paused", "cancelled"])
@pytest.mark.parametrize("verb", VERBS)
def test_nothing_moves_in_a_run_that_does_not_go_on(status, verb):
    one = step_that_is("in_progress")
    lifecycle.change(ANA, one.run_id, lifecycle.ChangeRun(status=status), now=NOON)
    with pytest.raises(Conflict) as refused:
        VERBS[verb](one)
    assert refused.value.details["allowed"] == (["resume"] if status == "paused" else [])


def test_a_step_of_another_run_is_not_found():
    one, other = step_that_is("pending"), run_of(step())
    with pytest.raises(NotFound):
        steps.start(ANA, other.id, one.id, now=NOON)


def test_two_who_start_a_step_at_once_are_told_apart():
    one = step_that_is("pending")
    steps.start(ANA, one.run_id, one.id, now=NOON, expected=one.version)
    with pytest.raises(Stale):
        steps.start(MAX, one.run_id, one.id, now=NOON, expected=one.version)


def test_completing_is_earned():
    for name in ("Harbor", "Summit"):
        make_partnership(name)
    one = started("review", filter={"stage": "New Lead"})
    with pytest.raises(Conflict) as refused:
        steps.complete(ANA, one.run_id, one.id, now=NOON)
    assert refused.value.details["left"] == ["2 of 2 are not reviewed yet: Harbor, Summit."]
    assert refused.value.details["allowed"] == ["complete with a reason"]
    harbor, summit = rows_of(one)
    act(one, "review_row", row_id=harbor.id, mark="fine")
    act(one, "set_aside", row_id=summit.id, note="On holiday")
    done = steps.complete(ANA, one.run_id, one.id, now=NOON)
    assert (done.status, done.result) == ("completed", {"partnershipsReviewed": 1, "setAside": 1})
    assert done.summary == "1 partnership reviewed, 1 set aside"


def test_completing_with_work_left_takes_a_reason_that_stays():
    make_partnership("Harbor")
    one = started("review", filter={"stage": "New Lead"})
    done = steps.complete(ANA, one.run_id, one.id, now=NOON, reason="No time today")
    assert (done.reason, done.done_by["name"]) == ("No time today", "Ana Alvarez")
    (told,) = acts("completed step")
    assert (told.reason, told.details["left"]) == ("No time today", ["1 of 1 is not reviewed yet: Harbor."])
    run = models.runs.find("demo", one.run_id)
    assert lifecycle.complete(ANA, run.id, now=NOON).outcome == "1 of 1 steps done. Left in review: No time today."


def test_a_reason_for_completing_where_nothing_is_left_is_in_the_log_and_says_of_no_work_that_it_is_left():
    make_partnership("Harbor")
    one = started("review", filter={"stage": "New Lead"})
    act(one, "review_row", row_id=rows_of(one)[0].id, mark="fine")
    assert steps.complete(ANA, one.run_id, one.id, now=NOON, reason="All is well").reason is None
    (told,) = acts("completed step")
    assert (told.reason, "left" in told.details) == ("All is well", False)
    assert lifecycle.complete(ANA, one.run_id, now=NOON).outcome == "1 of 1 steps done. 1 partnership reviewed."


@pytest.mark.parametrize(
    ("expect", "left"),
    [("each", 1), ("any", 0), ("nothing", 0), (1, 0), (2, 1), (200, 1)],
)
def test_what_a_step_expects_is_each_any_nothing_or_so_many(expect, left):
    for name in ("Harbor", "Summit", "Lark"):
        make_partnership(name)
    one = started("review", filter={"stage": "New Lead"}, expect=expect)
    act(one, "review_row", row_id=rows_of(one)[0].id, mark="fine")
    assert len(steps.left_of(now_of(one))) == left


@pytest.mark.parametrize("action_type", ["review", "email", "update_stage", "schedule", "create_task"])
def test_a_step_that_shows_nothing_to_do_is_complete_at_once(action_type):
    one = started(action_type)
    assert rows_of(one) == []
    assert steps.complete(ANA, one.run_id, one.id, now=NOON).status == "completed"


def test_a_step_reset_forgets_its_marks_and_says_what_it_cannot_take_back(ask):
    partner = make_partnership("Harbor", contacts=CONTACTS)
    other = make_partnership("Summit")
    one = started("review", filter={"stage": "New Lead"})
    mine = next(row for row in rows_of(one) if row.subject_id == partner.id)
    theirs = next(row for row in rows_of(one) if row.subject_id == other.id)
    act(one, "review_row", row_id=theirs.id, mark="fine")
    act(one, "send_email", row_id=mine.id)
    act(one, "update_stage", row_id=mine.id, stage="Conversation Active")
    act(one, "create_task", row_id=mine.id, title="Call them")
    act(one, "add_note", row_id=mine.id, text="They sounded keen")
    before = now_of(one)
    told, standing = steps.reset(ANA, one.run_id, one.id, now=NOON, dry_run=True)
    assert now_of(one).status == "in_progress"
    assert (told.version, len(rows_of(one))) == (before.version, 2)
    after, stands = steps.reset(ANA, one.run_id, one.id, now=NOON)
    assert stands == standing
    assert standing[0].startswith("On its way: “")
    assert standing[1:] == [
        "1 partnership moved to another stage; undo each in its row.",
        "1 task created and handed over.",
        "1 note written down.",
    ]
    assert [row.id for row in rows_of(one)] == [mine.id]
    assert (after.status, after.started_at, after.completed_at) == ("pending", None, None)
    assert after.result == {"emailsQueued": 1, "partnershipsUpdated": 1, "tasksCreated": 1, "notesAdded": 1}
    data = ask("GET", f"/api/guided-runs/{one.run_id}/steps/{one.id}/data").json
    assert (data["preview"], [item["name"] for item in data["items"]]) == (True, ["Harbor", "Summit"])
    again = steps.start(ANA, one.run_id, one.id, now=NOON)
    assert {row.subject_id for row in rows_of(again)} == {partner.id, other.id}


def test_a_completed_step_that_is_reset_opens_its_run_again():
    one = step_that_is("completed")
    assert models.runs.find("demo", one.run_id).steps_done == 1
    VERBS["reset"](one)
    run = models.runs.find("demo", one.run_id)
    assert (run.steps_done, run.steps_total) == (0, 1)
    assert not lifecycle.can_complete(run, models.runs.steps_of(run))


def test_a_step_is_handed_to_somebody_who_is_told_of_it():
    know(MAX)
    one = step_that_is("pending")
    steps.change(ANA, one.run_id, one.id, steps.ChangeStep(owner=MAX.id, reason="Ana is away"), now=NOON)
    (told,) = notification_requests()
    assert (told.recipient_id, told.link, told.kind) == (MAX.id, f"/app/runs/{one.run_id}", "assigned")
    (kept,) = acts("assigned step")
    assert (kept.reason, kept.details["owner"]) == ("Ana is away", MAX.id)
    with pytest.raises(Invalid):
        steps.change(ANA, one.run_id, one.id, steps.ChangeStep(owner="nobody"), now=NOON)
    with pytest.raises(Invalid):
        know(OTHER)
        steps.change(ANA, one.run_id, one.id, steps.ChangeStep(owner=OTHER.id), now=NOON)


def test_what_is_typed_is_kept_and_two_never_overwrite_each_other(ask):
    one = step_that_is("in_progress")
    path = f"/api/guided-runs/{one.run_id}/steps/{one.id}"
    first = ask("PATCH", path, {"draft": {"text": "All is"}}, headers={"If-Match": f'"v{one.version}"'})
    assert (first.status_code, first.json["draft"]) == (200, {"text": "All is"})
    late = ask("PATCH", path, {"draft": {"text": "mine"}}, headers={"If-Match": f'"v{one.version}"'})
    assert late.status_code == 412
    assert now_of(one).draft == {"text": "All is"}


def test_a_row_is_typed_in_by_its_own_version(ask):
    make_partnership("Harbor", contacts=CONTACTS)
    one = started("email")
    (row,) = rows_of(one)
    path = f"/api/guided-runs/{one.run_id}/steps/{one.id}/rows/{row.id}"
    answer = ask("PATCH", path, {"draft": {"to": ["still typ"], "body": "Hi"}}, headers={"If-Match": '"v1"'})
    assert (answer.status_code, answer.headers["ETag"]) == (200, '"v2"')
    assert answer.json["draft"] == row.draft | {"to": ["still typ"], "body": "Hi"}
    assert ask("PATCH", path, {"note": "x"}, headers={"If-Match": '"v1"'}).status_code == 412
    assert ask("PATCH", path, {"draft": {"subject": "a\nb"}}).status_code == 422
    assert ask("PATCH", path, {"draft": {"cc": []}}).status_code == 422


def test_reviewing_takes_the_steps_own_marks():
    make_partnership("Harbor")
    one = started("review", filter={"stage": "New Lead"}, marks=["hot", "cold"])
    (row,) = rows_of(one)
    with pytest.raises(Invalid) as refused:
        act(one, "review_row", row_id=row.id, mark="fine")
    assert refused.value.errors == {"mark": ["One of: hot, cold."]}
    act(one, "review_row", row_id=row.id, mark="hot", note="Very")
    assert (refresh(row).mark, refresh(row).note, refresh(row).state) == ("hot", "Very", "done")
    act(one, "reopen_row", row_id=row.id)
    assert (refresh(row).state, refresh(row).mark, now_of(one).result) == ("open", None, None)


def test_a_row_that_something_came_of_is_not_simply_opened_again():
    make_partnership("Harbor", contacts=CONTACTS)
    one = started("email")
    (row,) = rows_of(one)
    act(one, "send_email", row_id=row.id)
    with pytest.raises(Conflict):
        act(one, "reopen_row", row_id=row.id)


def test_a_recount_changes_nothing_of_what_people_guard():
    one = started("note")
    version = now_of(one).version
    act(one, "add_note", text="Hello")
    assert (now_of(one).version, now_of(one).result["notesAdded"]) == (version, 1)
    with models.feed.transaction():
        recount(now_of(one))
    assert now_of(one).result["notesAdded"] == 1


def test_a_note_stands_with_every_partnership_of_the_run_and_counts_once():
    first, second = make_partnership("Harbor"), make_partnership("Summit")
    run = run_of(step("note"), linked_partnership_ids=[first.id, second.id])
    one = steps.start(ANA, run.id, only_step(run).id, now=NOON)
    steps.change(ANA, run.id, one.id, steps.ChangeStep(draft={"text": "All is"}), now=NOON)
    act(one, "add_note", text="All is well.\nMore of it.")
    notes = list(models.Activity.select().where(models.Activity.kind == "note"))
    assert {note.partnership_id for note in notes} == {first.id, second.id}
    assert {note.summary for note in notes} == {"All is well."}
    told = now_of(one)
    assert (told.result["notesAdded"], told.result["notes"][0]["text"]) == (1, "All is well.\nMore of it.")
    assert told.draft is None
    snapshot = models.feed.snapshots["guided-run"]([run.id])[run.id]
    assert snapshot["steps"][0]["result"] == {"notesAdded": 1}


def test_a_note_stands_with_a_partnership_that_was_made_in_the_run_and_with_none_that_was_only_touched():
    first, touched = make_partnership("Harbor"), make_partnership("Summit")
    run = run_of(step("custom", "Make", does="create_partnership"), step("note"), linked_partnership_ids=[first.id])
    making, noting = (steps.start(ANA, run.id, one.id, now=NOON) for one in models.runs.steps_of(run))
    act(making, "create_partnership", name="Alder")
    act(noting, "add_note", text="Only here.", partnership_id=touched.id)
    act(noting, "add_note", text="All is well.")
    made = Partnership.get(Partnership.name == "Alder")
    notes = models.Activity.select().where(models.Activity.summary == "All is well.")
    assert {note.partnership_id for note in notes} == {first.id, made.id}
    assert models.runs.linked_to(run) == [first.id, made.id]
    snapshot = models.feed.snapshots["guided-run"]([run.id])[run.id]
    assert snapshot["linkedPartnershipIds"] == [first.id, made.id]


def test_a_note_is_not_contact():
    partner = make_partnership("Harbor")
    one = started("note")
    act(one, "add_note", text="Hm", partnership_id=partner.id)
    assert Partnership.get_by_id(partner.id).last_contact_at == models.NEVER
    assert now_of(one).result == {"notesAdded": 1}


def test_a_stage_is_changed_in_place_and_taken_back():
    partner = make_partnership("Harbor")
    happened(partner, "email_received")
    one = started("update_stage")
    (row,) = rows_of(one)
    act(one, "update_stage", row_id=row.id, stage="Conversation Active")
    assert (refresh(partner).stage, refresh(row).state) == ("Conversation Active", "done")
    assert now_of(one).result == {"partnershipsUpdated": 1}
    act(one, "undo_stage", row_id=row.id)
    assert (refresh(partner).stage, refresh(row).state, now_of(one).result) == ("New Lead", "open", None)


def test_a_stage_that_somebody_has_moved_since_is_not_taken_back():
    from services.runs import partnerships

    partner = make_partnership("Harbor")
    happened(partner, "email_received")
    one = started("update_stage")
    (row,) = rows_of(one)
    act(one, "update_stage", row_id=row.id, stage="Conversation Active")
    partnerships.change(MAX, partner.id, partnerships.ChangePartnership(stage="MOU Sent"), now=NOON)
    with pytest.raises(Conflict):
        act(one, "undo_stage", row_id=row.id)
    assert refresh(partner).stage == "MOU Sent"


def test_a_stage_that_the_table_does_not_lead_to_is_refused_with_those_that_it_does():
    partner = make_partnership("Harbor")
    happened(partner, "email_received")
    one = started("update_stage")
    with pytest.raises(Conflict) as refused:
        act(one, "update_stage", row_id=rows_of(one)[0].id, stage="Active")
    assert refused.value.details["allowed"] == ["Conversation Active", "MOU Sent", "Dormant", "Lost"]
    assert refresh(partner).stage == "New Lead"
    assert now_of(one).result is None


def test_moving_to_where_it_is_already_finishes_the_row_and_moves_nothing():
    from services.runs import partnerships

    partner = make_partnership("Harbor")
    happened(partner, "email_received")
    one = started("update_stage")
    partnerships.change(MAX, partner.id, partnerships.ChangePartnership(stage="Conversation Active"), now=NOON)
    act(one, "update_stage", row_id=rows_of(one)[0].id, stage="Conversation Active")
    assert (rows_of(one)[0].state, now_of(one).result) == ("done", None)


def test_a_wrong_action_is_422_and_names_its_fields(ask):
    one = started("note")
    path = f"/api/guided-runs/{one.run_id}/steps/{one.id}/actions"
    for body, fields in (
        ({"type": "fly"}, {"type"}),
        ({"type": "add_note"}, {"text"}),
        ({"type": "add_note", "text": "x", "stage": "Active"}, {"stage"}),
        ({"type": "update_stage", "rowId": "x", "stage": "Asleep"}, {"stage"}),
        ({"type": "update_stage", "stage": "active"}, {"rowId"}),
        ({"type": "create_partnership", "name": ""}, {"name"}),
        ({"type": "update_objective", "objectiveId": "o", "keyResultId": "k", "current": "much"}, {"current"}),
        ({"type": "schedule_meeting", "rowId": "x", "startsAt": "tomorrow"}, {"startsAt"}),
    ):
        answer = ask("POST", path, body)
        assert (answer.status_code, set(answer.json["errors"])) == (422, fields), body


def test_an_action_that_is_refused_changes_nothing(ask):
    one = started("note")
    path = f"/api/guided-runs/{one.run_id}/steps/{one.id}/actions"
    assert ask("POST", path, {"type": "add_note", "text": "x", "rowId": "nothing"}).status_code == 404
    assert now_of(one).result is None
    assert acts("added note") == []


def test_a_change_may_repeat_the_owner_who_has_left_since(ask):
    know(MAX)
    given = step_that_is("in_progress")
    steps.change(ANA, given.run_id, given.id, steps.ChangeStep(owner=MAX.id), now=NOON)
    left = {"id": MAX.id, "tenantId": "demo", "name": MAX.name, "email": "max@demo.test", "active": False}
    with feed.transaction():
        replicas.people.upsert(left, 2)
    path = f"/api/guided-runs/{given.run_id}/steps/{given.id}"
    kept = ask("PATCH", path, {"owner": MAX.id, "draft": {"text": "All is well"}})
    assert (kept.status_code, kept.json["owner"], kept.json["draft"]) == (200, MAX.id, {"text": "All is well"})
    assert len(acts("assigned step")) == 1
    again = ask("PATCH", path, {"owner": MAX.id, "draft": {"text": "All is well"}})
    assert (again.status_code, again.json["version"]) == (200, kept.json["version"])
    assert ask("PATCH", path, {"owner": None}).json["owner"] is None
    assert ask("PATCH", path, {"owner": MAX.id}).status_code == 422
