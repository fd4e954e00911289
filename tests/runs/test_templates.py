"""Templates: the built-in four as the founding document has them, own ones in versions, and configs that are refused by name."""

from __future__ import annotations

import pytest
from marshmallow import ValidationError

from services.runs import catalogue, models, templates
from services.runs.action_types.registry import ACTION_TYPES_BY_NAME
from services.runs.schemas.configs import StepIn
from shared.ground import ids
from shared.ground.errors import Conflict, NotFound, Stale
from shared.web.error_responses import by_path
from tests.conftest import NOON
from tests.runs.conftest import ANA, OTHER, acts

pytestmark = pytest.mark.usefixtures("database")

STEPS = [{"actionType": "review", "title": "Look"}, {"actionType": "note", "title": "Log"}]


def saved(name="Mine", steps=STEPS, by=ANA):
    return templates.save(by, templates.SaveTemplate(name=name, steps=steps), template_id=ids.new_id(), now=NOON)


def errors_of(action_type, **config):
    with pytest.raises(ValidationError) as refused:
        StepIn().load({"actionType": action_type, "title": "x", "config": config})
    return set(by_path(refused.value.messages))


def test_the_weekly_pipeline_review_is_the_founding_documents():
    steps = catalogue.built_in("weekly-pipeline-review").steps
    assert [(step["title"], step["actionType"]) for step in steps] == [
        ("Review at-risk partnerships", "review"),
        ("Check MOU status", "review"),
        ("Draft follow-up emails", "email"),
        ("Update pipeline stages", "update_stage"),
        ("Schedule weekly calls", "schedule"),
    ]


def test_the_four_built_in_ones_use_all_seven_action_types():
    assert [one.name for one in catalogue.BUILT_IN] == [
        "Weekly Pipeline Review",
        "MOU Sprint",
        "New Lead Intake",
        "Seasonal Planning Check",
    ]
    assert {step["actionType"] for one in catalogue.BUILT_IN for step in one.steps} == set(ACTION_TYPES_BY_NAME)


@pytest.mark.parametrize("template", catalogue.BUILT_IN, ids=lambda one: one.id)
def test_a_built_in_template_would_be_accepted_as_it_stands(template):
    for step in template.steps:
        assert StepIn().load(step) == step
    assert len({step["key"] for step in template.steps}) == len(template.steps)


def test_a_change_is_a_new_version_and_the_old_one_stays():
    row = saved()
    templates.save_next(ANA, templates.SaveTemplate(name="Mine too", steps=STEPS[:1]), template_id=row.id, now=NOON)
    newest, first = templates.version_of("demo", row.id), templates.version_of("demo", row.id, 1)
    assert (newest.number, newest.name, [step["key"] for step in newest.steps]) == (2, "Mine too", ["look"])
    assert (first.number, first.name, [step["key"] for step in first.steps]) == (1, "Mine", ["look", "log"])
    assert [act.details["version"] for act in acts("saved template")] == [1, 2]


def test_steps_of_the_same_title_get_keys_that_differ():
    steps = [
        {"actionType": "note", "title": "Log"},
        {"actionType": "note", "title": "Log!"},
        {"actionType": "note", "title": "日本"},
    ]
    assert [step["key"] for step in templates.keyed(steps)] == ["log", "log-2", "step"]
    assert [step["key"] for step in templates.keyed([steps[0], steps[1] | {"key": "log"}])] == ["log-2", "log"]


def test_a_removed_template_is_gone_but_for_the_runs_that_have_it():
    row = saved()
    templates.remove(ANA, row.id, now=NOON)
    with pytest.raises(NotFound):
        templates.version_of("demo", row.id)
    assert templates.version_of("demo", row.id, 1).name == "Mine"
    assert models.templates.listed("demo") == []


def test_a_built_in_one_cannot_be_changed_or_removed():
    for verb in (
        lambda: templates.save(ANA, templates.SaveTemplate(name="x", steps=STEPS), template_id="mou-sprint", now=NOON),
        lambda: templates.save_next(
            ANA, templates.SaveTemplate(name="x", steps=STEPS), template_id="mou-sprint", now=NOON
        ),
        lambda: templates.remove(ANA, "mou-sprint", now=NOON),
    ):
        with pytest.raises(Conflict, match="built-in"):
            verb()


def test_another_tenants_template_is_not_there():
    row = saved(by=OTHER)
    for verb in (
        lambda: templates.version_of("demo", row.id),
        lambda: templates.version_of("demo", row.id, 1),
        lambda: templates.save_next(ANA, templates.SaveTemplate(name="x", steps=STEPS), template_id=row.id, now=NOON),
        lambda: templates.remove(ANA, row.id, now=NOON),
    ):
        with pytest.raises(NotFound):
            verb()


def test_a_change_of_a_version_that_is_no_longer_is_stale():
    row = saved()
    told = templates.SaveTemplate(name="Again", steps=STEPS)
    templates.save_next(ANA, told, template_id=row.id, now=NOON, expected=1)
    with pytest.raises(Stale):
        templates.save_next(ANA, told, template_id=row.id, now=NOON, expected=1)


@pytest.mark.parametrize(
    ("action_type", "config", "path"),
    [
        ("review", {"filter": {"noContactDay": 14}}, "config.filter.noContactDay"),
        ("review", {"filter": {"noContactDays": 0}}, "config.filter.noContactDays"),
        ("review", {"filter": {"noContactDays": "14"}}, "config.filter.noContactDays"),
        ("review", {"filter": {"stage": "Signed"}}, "config.filter.stage"),
        ("review", {"filter": {"stage": ["Active", "Signed"]}}, "config.filter.stage"),
        ("review", {"filter": {"needs": "love"}}, "config.filter.needs"),
        ("review", {"filter": {"behind": True}}, "config.filter.behind"),
        ("review", {"show": "objectives", "filter": {"stage": "Active"}}, "config.filter.stage"),
        ("note", {"show": "nothing", "filter": {"stage": "Active"}}, "config.filter.stage"),
        ("review", {"filters": {}}, "config.filters"),
        ("review", {"limit": 0}, "config.limit"),
        ("review", {"limit": 201}, "config.limit"),
        ("review", {"expect": "most"}, "config.expect"),
        ("review", {"expect": True}, "config.expect"),
        ("review", {"expect": 0}, "config.expect"),
        ("review", {"show": "mails"}, "config.show"),
        ("review", {"marks": []}, "config.marks"),
        ("review", {"does": "create_partnership"}, "config.does"),
        ("custom", {}, "config.does"),
        ("custom", {"does": "fly"}, "config.does"),
        ("custom", {"does": "update_objective", "fields": ["name"]}, "config.fields"),
        ("custom", {"does": "create_partnership", "fields": ["shoeSize"]}, "config.fields.0"),
        ("custom", {"does": "create_partnership", "partnershipIds": ["x"]}, "config.partnershipIds"),
        ("email", {"email": {"subject": "Hello\nBcc: x@y.z"}}, "config.email.subject"),
        ("email", {"email": {"body": "Dear {friend}"}}, "config.email.body"),
        ("email", {"meeting": {"minutes": 30}}, "config.meeting"),
        ("schedule", {"meeting": {"minutes": 5}}, "config.meeting.minutes"),
        ("create_task", {"task": {"dueInDays": 0}}, "config.task.dueInDays"),
        ("review", {"onlyLinked": "yes"}, "config.onlyLinked"),
        ("dance", {}, "actionType"),
    ],
)
def test_a_config_that_is_not_one_is_refused_and_names_the_field(action_type, config, path):
    assert errors_of(action_type, **config) == {path}


def test_a_config_is_kept_with_stages_as_the_pipeline_spells_them():
    told = {
        "actionType": "review",
        "title": "x",
        "config": {"filter": {"stage": "mou_sent", "owner": "me"}, "limit": 3},
    }
    assert StepIn().load(told)["config"] == {"filter": {"stage": ["MOU Sent"], "owner": "me"}, "limit": 3}


def test_the_door_names_the_step_and_the_field(ask):
    body = {
        "name": "Mine",
        "steps": [{"actionType": "review", "title": "x", "config": {"filter": {"noContactDay": 3}}}],
    }
    answer = ask("POST", "/api/run-templates", body)
    assert (answer.status_code, list(answer.json["errors"])) == (422, ["steps.0.config.filter.noContactDay"])
    twice = {"actionType": "note", "title": "x", "key": "x"}
    answer = ask("POST", "/api/run-templates", {"name": "Mine", "steps": [twice, twice]})
    assert (answer.status_code, list(answer.json["errors"])) == (422, ["steps.1.key"])


def test_the_list_has_the_built_in_ones_first_and_pages(ask):
    made = ask("POST", "/api/run-templates", {"name": "Mine", "steps": STEPS}).json
    assert (made["version"], made["builtIn"], made["stepsTotal"]) == (1, False, 2)
    first = ask("GET", "/api/run-templates?limit=3").json
    assert [one["builtIn"] for one in first["items"]] == [True, True, True]
    rest = ask("GET", f"/api/run-templates?limit=3&cursor={first['pagination']['next']}").json
    assert [one["name"] for one in rest["items"]] == ["Seasonal Planning Check", "Mine"]
    assert rest["pagination"]["next"] is None
    assert "steps" not in rest["items"][0]


def test_a_template_is_changed_and_removed_through_the_door(ask):
    made = ask("POST", "/api/run-templates", {"name": "Mine", "steps": STEPS})
    path = f"/api/run-templates/{made.json['id']}"
    changed = ask("PUT", path, {"name": "Ours", "steps": STEPS}, headers={"If-Match": made.headers["ETag"]})
    assert (changed.status_code, changed.json["version"]) == (200, 2)
    assert (
        ask("PUT", path, {"name": "x", "steps": STEPS}, headers={"If-Match": made.headers["ETag"]}).status_code == 412
    )
    assert ask("GET", path).json["steps"][0]["orderIndex"] == 1
    assert ask("DELETE", path).status_code == 204
    assert ask("GET", path).status_code == 404
    assert ask("PUT", "/api/run-templates/mou-sprint", {"name": "x", "steps": STEPS}).status_code == 409
    assert ask("DELETE", "/api/run-templates/mou-sprint").status_code == 409
    assert ask("GET", "/api/run-templates/mou-sprint").json["builtIn"] is True
