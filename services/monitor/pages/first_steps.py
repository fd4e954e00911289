"""The first steps on the home page, which lead from the samples to one's own data, and the page that removes the samples."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import render_template

from services.monitor import samples
from services.monitor.pages import admin, api_client, flash, frame, questions
from services.monitor.pages.questions import Question
from shared.ground import clock
from shared.ground.principal import Principal
from shared.web import callers

PAGE = "/app/admin/samples"
WORKFLOWS, RUNS = ("workflows", "/api/workflows/samples"), ("runs", "/api/samples")
MOST_NAMED = 5

blueprint = frame.page_blueprint("first_steps", __name__)
blueprint.context_processor(admin.rooms)


@dataclass(frozen=True)
class FirstStep:
    """A step towards one's own data; `done` is what is really so, None where nothing shows it."""

    title: str
    text: str
    href: str
    done: bool | None = None


@dataclass(frozen=True)
class FirstSteps:
    """The steps, and whether the samples are still there, or are being removed."""

    steps: Sequence[FirstStep]
    has_samples: bool
    removing: bool


def asked() -> list[Callable[[], Any]]:
    """The questions to the services about the samples and one's own data: each answer, and who is away."""
    return [functools.partial(api_client.optional, "", question, {}) for question in _questions()]


def _questions() -> list[Callable[[], dict[str, Any]]]:
    return [functools.partial(api_client.get, *place) for place in (WORKFLOWS, RUNS)]


def of(by: Principal, customers: Mapping[str, Any], partnerships: Mapping[str, Any]) -> FirstSteps | None:
    """The first steps of a person whose tenant has samples, or nothing of its own. None for others, and while one of the
    services does not answer."""
    if not customers or not partnerships:
        return None
    has_own = customers["ownCustomers"] or partnerships["ownPartnerships"]
    has_samples = are_there(customers, partnerships)
    if has_own and not has_samples:
        return None
    return FirstSteps(_steps(by, has_own=has_own), has_samples, has_samples and samples.is_requested(by.tenant_id))


def are_there(customers: Mapping[str, Any], partnerships: Mapping[str, Any]) -> bool:
    """Whether a removal would remove anything."""
    return bool(
        customers["customers"] or any(partnerships[name] for name in ("partnerships", "guidedRuns", "objectives"))
    )


def _steps(by: Principal, *, has_own: bool) -> list[FirstStep]:
    steps = [
        FirstStep(
            "Import your customers or partnerships",
            "A CSV file, or an export of HubSpot, Salesforce or Pipedrive. A dry run says what would happen.",
            "/app/import",
            has_own,
        ),
    ]
    if by.may("admin"):
        steps.append(
            FirstStep(
                "Invite your people",
                "They get a mail with a link; the link is shown to you as well.",
                "/app/admin/people",
                samples.has_other_people(by),
            )
        )
    steps.append(
        FirstStep(
            "See where mail goes",
            "Nothing leaves Tandem yet: mail stays in its own mailbox, and the CRM is a sandbox, until others are connected.",
            "/app/admin/mailbox",
        )
    )
    return steps


@blueprint.post("/app/first-steps/hide")
@callers.needs("member")
def hide() -> Any:
    """Hide the first steps from the caller for good."""
    samples.hide_first_steps(callers.by())
    return flash.redirect_to("/app", "The first steps are hidden from you.")


@blueprint.get(PAGE)
@callers.needs("admin")
def show() -> Any:
    """What there is of the samples, and the button that removes them."""
    customers, partnerships = _overviews()
    return render_template(
        "admin/samples.html",
        customers=customers,
        partnerships=partnerships,
        has_samples=are_there(customers, partnerships),
        removing=samples.is_requested(callers.by().tenant_id),
        kept=customers["kept"] + partnerships["kept"],
    )


@blueprint.get(f"{PAGE}/remove")
@callers.needs("admin")
def ask() -> Any:
    """The question before the samples are removed: what goes, and what stays, by number."""
    return questions.render(
        Question(
            crumb=("Admin", PAGE),
            title="Remove the samples?",
            text=_what_happens(*_overviews()),
            button="Remove the samples",
            action=f"{PAGE}/remove",
            back=PAGE,
            danger=True,
        )
    )


@blueprint.post(f"{PAGE}/remove")
@callers.needs("admin")
def remove() -> Any:
    """Have the samples removed."""
    if samples.remove(callers.by(), now=clock.now()):
        return flash.redirect_to(PAGE, "The samples are being removed; that takes some seconds.")
    return flash.redirect_to(PAGE, "The removal of the samples was asked for before.")


def _overviews() -> tuple[dict[str, Any], dict[str, Any]]:
    customers, partnerships = api_client.together(*_questions())
    return customers, partnerships


def _what_happens(customers: Mapping[str, Any], partnerships: Mapping[str, Any]) -> str:
    """The sentences of the question."""
    going = _listed(
        [
            _counted(customers["customers"], "sample customer"),
            _counted(customers["contacts"], "contact"),
            _counted(customers["contracts"], "contract"),
            _counted(customers["workflows"], "renewal workflow"),
            _counted(customers["tasks"], "task"),
            _counted(partnerships["partnerships"], "sample partnership"),
            _counted(partnerships["guidedRuns"], "guided run"),
            _counted(partnerships["objectives"], "objective"),
        ]
    )
    added = _listed(
        [_counted(customers["addedWorkflows"], "workflow"), _counted(customers["addedTasks"], "task")], nothing=""
    )
    kept = [*customers["kept"], *partnerships["kept"]]
    sentences = [
        f"{going} go, with their AI tasks, the notifications of their runs, and all that was added to a sample customer"
        f"{f', among it {added} of your people' if added else ''}. That cannot be taken back."
    ]
    if kept:
        more = f" and {len(kept) - MOST_NAMED} more" if len(kept) > MOST_NAMED else ""
        sentences.append(
            f"{_counted(len(kept), 'sample')} that you renamed or imported over stay as your own: {', '.join(kept[:MOST_NAMED])}{more}."
        )
    sentences.append(
        "Your own customers and partnerships, the guided runs that you started, the people, the mails in the mailbox and the audit trail stay."
    )
    return " ".join(sentences)


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}" if count else ""


def _listed(parts: Sequence[str], nothing: str = "0 samples") -> str:
    named = [part for part in parts if part]
    return " and ".join(filter(None, (", ".join(named[:-1]), named[-1]))) if named else nothing
