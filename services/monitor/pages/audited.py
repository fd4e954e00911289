"""What the acts of the audit trail are about: a name for each, and a link to its page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple
from urllib.parse import quote

from services.monitor import people
from services.monitor.models import runs, trail
from services.monitor.pages import wording
from shared.ground.json_types import JsonObject

PAGES = {
    "ai-task": "/app/monitor/runs/{}",
    "guided-run": "/app/runs/{}",
    "workflow-execution": "/app/renewals/{}",
    "task": "/app/tasks/{}",
    "customer": "/app/customers/{}",
    "contact": "/app/contacts/{}",
    "partnership": "/app/partnerships/{}",
    "template": "/app/templates/{}",
    "recurrence": "/app/recurrences/{}/edit",
    "objective": "/app/objectives/{}/edit",
    "person": "/app/admin/people#person-{}",
    "queue": "/app/admin/queues",
}
"""The page of each kind of subject that has one."""

OF_SAMPLES = "samples"
"""What acts on the sample data name as their subject; it has no page."""

NAMES = ("name", "title", "customer", "template")
"""The details of an act that name what it is about, the best first."""


class Subject(NamedTuple):
    """What an act is about; `href` is "" where that has no page of its own."""

    name: str
    href: str


def shown(tenant_id: str, acts: Sequence[JsonObject]) -> list[JsonObject]:
    """The acts, each with the name and the address of what it is about, in six queries at most."""
    wanted = sorted({act["subjectId"] for act in acts})
    steps = runs.steps_named(tenant_id, wanted)
    names = (
        _given(trail.details_of(tenant_id, wanted))
        | runs.subject_names(tenant_id, wanted)
        | people.names(tenant_id)
        | runs.names_of(tenant_id, wanted)
        | {step.id: step.name for step in steps.values()}
    )
    return [act | {"object": _subject(act, names, steps)} for act in acts]


def source_of(source: JsonObject | None) -> Subject | None:
    """What an AI task was asked for by, as its snapshot has it, by the name of its kind; None where that has no page."""
    page = PAGES.get(source["kind"]) if source else None
    if source is None or page is None:
        return None
    return Subject(wording.words(source["kind"]), page.format(quote(source["id"], safe="")))


def _given(details: Sequence[tuple[str, JsonObject]]) -> dict[str, str]:
    """The names that acts gave to their subjects; the newest of the best of NAMES."""
    return {
        subject_id: of_subject[name]
        for name in reversed(NAMES)
        for subject_id, of_subject in details
        if isinstance(of_subject, dict) and isinstance(of_subject.get(name), str)
    }


def _subject(act: JsonObject, names: Mapping[str, str], steps: Mapping[str, runs.RunStep]) -> Subject:
    kind, subject_id = act["subjectKind"], act["subjectId"]
    name = names.get(subject_id) or f"{wording.words(kind)} {wording.short(subject_id)}"
    if subject_id in steps:
        return Subject(
            name, f"/app/monitor/runs/{quote(steps[subject_id].run_id, safe='')}#step-{quote(subject_id, safe='')}"
        )
    page = "" if subject_id == OF_SAMPLES else PAGES.get(kind, "")
    return Subject(name, page.format(quote(subject_id, safe="")))
