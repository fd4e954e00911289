"""The life of a run: from templates and own steps, paused, resumed, cancelled, completed, handed over, kept as a template."""

from __future__ import annotations

import pytest

from services.runs import lifecycle, models, steps, templates
from services.runs.models import GuidedRun, RunPartnership
from shared.ground import ids
from shared.ground.errors import Conflict, Invalid, NotFound, Stale
from shared.ground.principal import Principal
from tests.conftest import NOON
from tests.runs.conftest import ANA, MAX, acts, know, make_partnership, notification_requests, refresh
from tests.runs.walking import act, only_step, run_of, started, step

pytestmark = pytest.mark.usefixtures("database")

VERBS = {
    "pause": lambda run: lifecycle.change(ANA, run.id, lifecycle.ChangeRun(status="paused"), now=NOON),
    "resume": lambda run: lifecycle.change(ANA, run.id, lifecycle.ChangeRun(status="in_progress"), now=NOON),
    "cancel": lambda run: lifecycle.change(ANA, run.id, lifecycle.ChangeRun(status="cancelled"), now=NOON),
    "complete": lambda run: lifecycle.complete(ANA, run.id, now=NOON),
}
LEGAL = {
    "in_progress": {"pause": "paused", "cancel": "cancelled", "complete": "completed"},
    "paused": {"resume": "in_progress", "cancel": "cancelled"},
    "completed": {},
    "cancelled": {},
}
PATHS = {"in_progress": (), "paused": ("pause",), "completed": ("complete",), "cancelled": ("cancel",)}


def run_that_is(status):
    run = run_of(step("review"))
    steps.skip(ANA, run.id, only_step(run).id, now=NOON)
    for verb in PATHS[status]:
        VERBS[verb](run)
    return GuidedRun.get_by_id(run.id)


@pytest.mark.parametrize("status", LEGAL)
@pytest.mark.parametrize("verb", VERBS)
def test_each_verb_in_each_status(status, verb):
    run = run_that_is(status)
    same = {"pause": "paused", "resume": "in_progress", "cancel": "cancelled"}.get(verb) == status
    if verb in LEGAL[status] or same:
        assert VERBS[verb](run).status == LEGAL[status].get(verb, status)
        return
    with pytest.raises(Conflict) as refused:
        VERBS[verb](run)
    assert refused.value.details["allowed"] == sorted(LEGAL[status])
    assert refresh(run).status == status


def test_a_run_from_a_template_has_its_steps_and_its_version():
    run = lifecycle.start(ANA, lifecycle.StartRun(template_id="weekly-pipeline-review"), run_id=ids.new_id(), now=NOON)
    told = templates.version_of("demo", "weekly-pipeline-review")
    assert [one.title for one in models.runs.steps_of(run)] == [one["title"] for one in told.steps]
    assert (run.template_version, run.owner, run.steps_total) == (told.number, ANA.id, 5)


def test_steps_are_combined_from_several_templates_and_own_ones():
    own = step("note", "Log")
    weekly = templates.version_of("demo", "weekly-pipeline-review").steps
    sprint = templates.version_of("demo", "mou-sprint").steps
    run = run_of(
        own,
        from_templates=[
            lifecycle.TakenSteps(template_id="weekly-pipeline-review", step_keys=[weekly[2]["key"], weekly[0]["key"]]),
            lifecycle.TakenSteps(template_id="mou-sprint"),
        ],
    )
    titles = [one.title for one in models.runs.steps_of(run)]
    assert titles == [weekly[0]["title"], weekly[2]["title"], *[one["title"] for one in sprint], "Log"]
    keys = [one.key for one in models.runs.steps_of(run)]
    assert len(set(keys)) == len(keys)
    assert run.template_id is None


def test_the_same_template_twice_keeps_its_steps_apart():
    run = run_of(
        from_templates=[lifecycle.TakenSteps(template_id="mou-sprint"), lifecycle.TakenSteps(template_id="mou-sprint")]
    )
    keys = [one.key for one in models.runs.steps_of(run)]
    assert len(keys) == len(set(keys)) == 2 * len(templates.version_of("demo", "mou-sprint").steps)


def test_a_run_of_nothing_and_one_of_what_is_not_there_are_refused():
    with pytest.raises(Invalid) as refused:
        run_of()
    assert list(refused.value.errors) == ["steps"]
    with pytest.raises(NotFound):
        run_of(template_id="no-such-template")
    with pytest.raises(Invalid) as refused:
        run_of(from_templates=[lifecycle.TakenSteps(template_id="mou-sprint", step_keys=["no-such-step"])])
    assert list(refused.value.errors) == ["fromTemplates.0.stepKeys"]
    with pytest.raises(Invalid) as refused:
        run_of(step(), linked_partnership_ids=["nobody"])
    assert list(refused.value.errors) == ["linkedPartnershipIds.0"]
    assert GuidedRun.select().count() == 0


def test_a_linked_partnership_that_is_not_there_is_named_by_its_place_in_the_list(ask):
    there = make_partnership().id
    told = {"name": "R", "steps": [step()], "linkedPartnershipIds": [there, there, "nothing", "nothing"]}
    answer = ask("POST", "/api/guided-runs", told)
    assert answer.status_code == 422
    assert sorted(answer.json["errors"]) == ["linkedPartnershipIds.2", "linkedPartnershipIds.3"]


def test_a_step_with_an_unknown_filter_is_422_and_names_it(ask):
    own = {"actionType": "review", "title": "x", "config": {"filter": {"noContactDay": 14}}}
    answer = ask("POST", "/api/guided-runs", {"steps": [own]})
    assert answer.status_code == 422
    assert "steps.0.config.filter.noContactDay" in answer.json["errors"]
    assert ask("POST", "/api/guided-runs", {"name": "Empty"}).status_code == 422


def test_the_same_key_starts_one_run(ask):
    body = {"templateId": "mou-sprint"}
    answers = [ask("POST", "/api/guided-runs", body, headers={"Idempotency-Key": "k"}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json["id"] == answers[1].json["id"]
    assert GuidedRun.select().count() == 1


def test_a_list_of_runs_has_progress_and_owners_and_is_filtered(ask):
    know(ANA, MAX)
    mine = run_of(step("review"), step("note"))
    run_of(step("review"), by=MAX)
    steps.skip(ANA, mine.id, only_step(mine).id, now=NOON)
    (row,) = ask("GET", "/api/guided-runs?owner=me").json["items"]
    assert (row["ownerName"], row["progress"], row["stepsDone"], row["stepsTotal"]) == ("Ana Alvarez", 50, 1, 2)
    assert "steps" not in row


def test_a_run_is_listed_with_a_partnership_once_something_was_done_about_it(ask):
    partner = make_partnership("Harbor")
    one = started("note")
    assert ask("GET", f"/api/guided-runs?partnership_id={partner.id}").json["items"] == []
    for _ in range(2):
        act(one, "add_note", text="Hello", partnership_id=partner.id)
    (row,) = ask("GET", f"/api/guided-runs?partnership_id={partner.id}").json["items"]
    assert row["id"] == one.run_id
    assert RunPartnership.select().count() == 1


def test_completing_a_run_needs_every_step_done_and_says_which_are_not(ask):
    run = run_of(step("review", "Look"), step("note", "Log"))
    steps.skip(ANA, run.id, only_step(run).id, now=NOON, reason="Nothing to see")
    answer = ask("POST", f"/api/guided-runs/{run.id}/complete", {})
    assert (answer.status_code, answer.json["left"]) == (409, ["Log is pending."])
    detail = ask("GET", f"/api/guided-runs/{run.id}").json
    assert (detail["canComplete"], detail["outcomeDraft"], detail["allowed"]) == (False, None, ["cancel", "pause"])
    steps.skip(ANA, run.id, only_step(run, 2).id, now=NOON)
    done = ask("POST", f"/api/guided-runs/{run.id}/complete", {}).json
    assert done["outcome"] == "0 of 2 steps done. Skipped: Look (Nothing to see). Skipped: Log."


def test_an_outcome_that_a_person_wrote_is_kept():
    run = run_of(step())
    steps.skip(ANA, run.id, only_step(run).id, now=NOON)
    assert lifecycle.complete(ANA, run.id, now=NOON, outcome="All well").outcome == "All well"


def test_a_run_is_handed_over_without_stopping_it():
    know(MAX)
    run = run_of(step())
    lifecycle.change(ANA, run.id, lifecycle.ChangeRun(owner=MAX.id, reason="Ana is away"), now=NOON)
    assert (refresh(run).owner, refresh(run).status) == (MAX.id, "in_progress")
    assert notification_requests()[0].recipient_id == MAX.id
    assert acts("assigned run")[0].reason == "Ana is away"
    lifecycle.change(MAX, run.id, lifecycle.ChangeRun(owner=MAX.id), now=NOON)
    assert len(notification_requests()) == 1
    with pytest.raises(Invalid):
        lifecycle.change(ANA, run.id, lifecycle.ChangeRun(owner="nobody"), now=NOON)


def test_a_schedule_starts_a_run_for_somebody_who_has_left():
    clockwork = Principal("schedule", "recurrence", "Recurrence", "demo")
    run = run_of(step(), by=clockwork, owner="left-long-ago")
    assert (run.owner, run.status) == ("left-long-ago", "in_progress")
    with pytest.raises(Invalid):
        run_of(step(), owner="left-long-ago")


def test_a_stale_change_is_refused(ask):
    run = run_of(step())
    etag = ask("GET", f"/api/guided-runs/{run.id}").headers["ETag"]
    assert ask("PATCH", f"/api/guided-runs/{run.id}", {"name": "Mine"}, headers={"If-Match": etag}).status_code == 200
    assert ask("PATCH", f"/api/guided-runs/{run.id}", {"name": "Theirs"}, headers={"If-Match": etag}).status_code == 412
    assert refresh(run).name == "Mine"
    with pytest.raises(Stale):
        lifecycle.complete(ANA, run.id, now=NOON, expected=1)


def test_completed_is_no_status_to_patch(ask):
    run = run_of(step())
    assert ask("PATCH", f"/api/guided-runs/{run.id}", {"status": "completed"}).status_code == 422
    assert ask("PATCH", f"/api/guided-runs/{run.id}", {"name": " "}).status_code == 422


def test_a_run_is_kept_as_a_template_that_starts_the_same_steps(ask):
    run = run_of(step("review", "Look", filter={"noContactDays": 30}), step("note", "Log"))
    made = ask("POST", f"/api/guided-runs/{run.id}/save-as-template", {"name": "Our way"})
    assert (made.status_code, made.json["name"], made.json["version"], made.json["builtIn"]) == (
        201,
        "Our way",
        1,
        False,
    )
    again = ask("POST", "/api/guided-runs", {"templateId": made.json["id"]}).json
    assert [(one["key"], one["title"], one["config"]) for one in again["steps"]] == [
        (one.key, one.title, one.config) for one in models.runs.steps_of(run)
    ]


def saved(template_id, *own):
    return templates.save(ANA, templates.SaveTemplate(name="Ours", steps=list(own)), template_id=template_id, now=NOON)


def keyed(key, title, **config):
    return {"key": key, **step("review", title, **config)}


def titles(run):
    return [one.title for one in models.runs.steps_of(run)]


def test_a_run_takes_a_newer_version_and_leaves_what_was_begun_alone(ask):
    template_id = ids.new_id()
    saved(template_id, *(keyed(key, key.upper()) for key in ("a", "b", "c", "d")))
    run = run_of(template_id=template_id)
    steps.start(ANA, run.id, only_step(run, 1).id, now=NOON)
    steps.skip(ANA, run.id, only_step(run, 2).id, now=NOON)
    saved(template_id, keyed("a", "A new"), keyed("e", "E"), keyed("d", "D new", limit=5))
    assert ask("GET", f"/api/guided-runs/{run.id}").json["newerTemplate"] == {"version": 2}
    found = ask("GET", f"/api/guided-runs/{run.id}/template-changes").json
    told = {name: [one["key"] for one in found[name]] for name in ("add", "change", "drop", "kept")}
    assert (found["from"], found["to"], told) == (
        1,
        2,
        {"add": ["e"], "change": ["d"], "drop": ["c"], "kept": ["a", "b"]},
    )
    taken = ask("POST", f"/api/guided-runs/{run.id}/take-template", {}).json
    assert [(one["title"], one["status"], one["orderIndex"]) for one in taken["steps"]] == [
        ("A", "in_progress", 1),
        ("B", "skipped", 2),
        ("E", "pending", 3),
        ("D new", "pending", 4),
    ]
    assert taken["steps"][3]["config"] == {"limit": 5}
    assert (taken["templateVersion"], taken["newerTemplate"], taken["stepsTotal"]) == (2, None, 4)
    assert ask("POST", f"/api/guided-runs/{run.id}/take-template", {}).status_code == 409


def test_own_steps_of_a_run_stay_where_they_are_when_it_takes_a_newer_version():
    from services.runs import template_upgrade

    template_id = ids.new_id()
    saved(template_id, keyed("a", "A"), keyed("b", "B"))
    run = run_of(keyed("mine", "Mine"), template_id=template_id)
    saved(template_id, keyed("b", "B"), keyed("a", "A"), keyed("c", "C"))
    template_upgrade.take(ANA, run.id, now=NOON)
    assert titles(run) == ["B", "Mine", "A", "C"]


def test_an_own_step_is_not_overwritten_by_a_new_one_of_the_same_key():
    from services.runs import template_upgrade

    template_id = ids.new_id()
    saved(template_id, keyed("a", "A"))
    run = run_of(keyed("look", "My look", limit=7), template_id=template_id)
    for version in (
        [keyed("a", "A"), keyed("look", "Their look")],
        [keyed("a", "A"), keyed("look", "Their other look")],
        [keyed("a", "A")],
        [keyed("a", "A"), keyed("look", "Their look again")],
    ):
        saved(template_id, *version)
        template_upgrade.take(ANA, run.id, now=NOON)
        theirs = [one["title"] for one in version]
        assert sorted(titles(run)) == sorted([*theirs, "My look"])
        assert [one.config for one in models.runs.steps_of(run) if one.title == "My look"] == [{"limit": 7}]
    keys = [one.key for one in models.runs.steps_of(run)]
    assert sorted(keys) == ["a", "look", "look-2"]


def test_a_run_without_a_template_has_nothing_to_take(ask):
    run = run_of(step())
    assert ask("GET", f"/api/guided-runs/{run.id}/template-changes").status_code == 409
    assert ask("GET", f"/api/guided-runs/{run.id}").json["newerTemplate"] is None


def test_a_run_whose_template_was_removed_goes_on(ask):
    template_id = ids.new_id()
    saved(template_id, keyed("a", "A"))
    run = run_of(template_id=template_id)
    templates.remove(ANA, template_id, now=NOON)
    assert ask("GET", f"/api/guided-runs/{run.id}").json["newerTemplate"] is None
    assert steps.start(ANA, run.id, only_step(run).id, now=NOON).status == "in_progress"


def test_the_log_says_who_what_when_and_why_of_the_whole_run(ask):
    one = started("note")
    act(one, "add_note", text="Hello", by=MAX)
    steps.complete(ANA, one.run_id, one.id, now=NOON)
    told = ask("GET", f"/api/guided-runs/{one.run_id}/activity").json["items"]
    assert [(entry["verb"], entry["by"]["name"]) for entry in reversed(told)] == [
        ("started run", "Ana Alvarez"),
        ("started step", "Ana Alvarez"),
        ("added note", "Max Weber"),
        ("completed step", "Ana Alvarez"),
    ]
    assert told[1]["details"] == {"stepId": one.id, "step": "note", "note": "Hello"}
