"""The guided runs of the samples: walked by the verbs, once, gone on with where they broke off, and removed with the samples."""

from __future__ import annotations

import pytest

from services.runs import lifecycle, models, partnerships, sample_data, sample_removal, sample_work, seeding
from services.runs.models import GuidedRun, GuidedStep, Objective, Partnership, Recurrence, StepRow, feed
from services.runs.partnerships import ChangePartnership
from shared.feed.consumer import Change
from shared.ground import ids
from tests.conftest import NOON
from tests.runs.conftest import ANA, OTHER, acts, make_partnership

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture(autouse=True)
def samples(settings, database):
    """The sample partnerships and objectives."""
    seeding.seed(settings, NOON)


def load():
    sample_work.load(lambda: NOON)


def remove(tenant="demo", by=ANA):
    subject = ids.named("r", tenant)
    data = {"id": subject, "tenantId": tenant, "by": by.as_json()}
    with feed.transaction(), feed.savepoint():
        sample_removal.apply(Change("monitor", "sample-removal-request", subject, 1, 1, tenant, False, data, NOON))


def everything():
    return {model: {row.id for row in model.select()} for model in (GuidedRun, GuidedStep, StepRow, Recurrence)}


def there():
    return {row.name for row in Partnership.select().where(Partnership.deleted_at.is_null())}


def test_one_run_is_finished_one_is_at_work_and_one_recurs():
    load()
    states = {row.template_id: (row.status, bool(row.outcome)) for row in GuidedRun.select()}
    assert states == {"seasonal-planning-check": ("completed", True), "weekly-pipeline-review": ("in_progress", False)}
    assert {"completed", "skipped"} == {
        step.status
        for step in GuidedStep.select()
        if step.run_id == sample_data.run_id("demo", "seasonal-planning-check")
    }
    assert StepRow.select().where(StepRow.mark == "needs attention").count() == 1
    assert Recurrence.select().count() == 1


def test_a_second_time_adds_nothing_and_what_was_broken_off_goes_on():
    template, run_id = "seasonal-planning-check", sample_data.run_id("demo", "seasonal-planning-check")
    lifecycle.start(ANA, lifecycle.StartRun(template_id=template), run_id=run_id, now=NOON)
    load()
    assert models.runs.find("demo", run_id).status == "completed"
    before = everything()
    load()
    models.DoneOnce.delete().execute()
    load()
    assert everything() == before


def test_the_removal_leaves_what_is_somebody_s_own(settings):
    load()
    mine, theirs = make_partnership("Mine"), make_partnership("Theirs", by=OTHER)
    adopted = Partnership.get(Partnership.name == "Lumen Energy")
    partnerships.change(ANA, adopted.id, ChangePartnership(external_id="hubspot-7"), now=NOON)
    own = lifecycle.start(ANA, lifecycle.StartRun(template_id="mou-sprint"), run_id=ids.new_id(), now=NOON)
    overview = sample_removal.overview("demo")
    assert (overview.partnerships, overview.guided_runs, overview.objectives) == (15, 2, 3)
    assert (overview.kept, overview.own_partnerships) == (["Lumen Energy"], True)
    remove()
    assert there() == {mine.name, theirs.name, "Lumen Energy"}
    assert {row.id for row in GuidedRun.select()} == {own.id}
    assert {step.run_id for step in GuidedStep.select()} == {own.id}
    assert (Objective.select().count(), Recurrence.select().count()) == (0, 0)
    published = feed.changes(0, ["guided-run"], 100)["changes"]
    assert {event["subject"] for event in published if event["deleted"]} == set(sample_data.run_ids("demo"))
    remove()
    seeding.seed(settings, NOON)
    assert not sample_work.is_wanted()
    assert there() == {mine.name, theirs.name, "Lumen Energy"}
    assert Objective.select().count() == 0
    assert len(acts("removed samples")) == 1


def test_the_removal_of_another_tenant_leaves_the_samples_here():
    remove("acme", OTHER)
    assert len(there()) == len(sample_data.partnership_ids("demo"))


def test_the_overview_over_rest_is_that_of_one_s_own_tenant(ask):
    assert ask("GET", "/api/samples").json == {
        "partnerships": 16, "guidedRuns": 0, "objectives": 3, "kept": [], "ownPartnerships": False,
    }  # fmt: skip
    assert ask("GET", "/api/samples", by=OTHER).json["partnerships"] == 0
    assert ask("GET", "/api/samples", by=None).status_code == 401
