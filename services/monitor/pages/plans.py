"""The pages of an action plan under review: generate, approve or reject its items, take that back, finalize."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from services.monitor.pages import (
    api_client,
    failures,
    flash,
    forms,
    frame,
    plan_edits,
    plan_view,
    questions,
    renewal,
    wording,
)
from services.monitor.pages.questions import Question
from services.monitor.pages.toasts import Undo
from shared.contracts.action_plans import ITEM_LISTS
from shared.ground.errors import Conflict, Invalid, Stale, TandemError
from shared.web import callers, error_responses

blueprint = frame.page_blueprint("plans", __name__)


@blueprint.post("/app/renewals/<execution_id>/generate")
@callers.needs("member")
def generate(execution_id: str) -> Any:
    """Generate the plan from the results of the steps."""
    try:
        api_client.send("workflows", "POST", plan_view.path(execution_id) + "/generate", {})
    except Conflict as error:
        return renewal.page(execution_id, problem=failures.problem_of(error)), error_responses.status_of(error)
    return flash.redirect_to(f"/app/renewals/{execution_id}", "The draft is ready. Review it, then finalize.")


@blueprint.post("/app/renewals/<execution_id>/items/<item_id>/<any(approve, undecide):move>")
@callers.needs("member")
def decide(execution_id: str, item_id: str, move: str) -> Any:
    """Approve one item, or take back what was decided about it."""
    if move == "undecide":
        return _decided(execution_id, item_id, "Undecided again", decision="proposed")
    return _decided(execution_id, item_id, "Approved", decision="approved")


@blueprint.get("/app/renewals/<execution_id>/items/<item_id>/reject")
@callers.needs("member")
def ask_reject(execution_id: str, item_id: str) -> Any:
    """The page that asks for the reason before an item is rejected."""
    return _reject_form(execution_id, item_id)


@blueprint.post("/app/renewals/<execution_id>/items/<item_id>/reject")
@callers.needs("member")
def reject(execution_id: str, item_id: str) -> Any:
    """Reject one item, with the reason."""
    reason = request.form.get("reason", "").strip()
    if not reason:
        return _reject_form(execution_id, item_id, {"reason": ["Say why, for whoever asks later."]}), 422
    return _decided(execution_id, item_id, "Rejected", decision="rejected", reason=reason)


def _decided(execution_id: str, item_id: str, said: str, **fields: Any) -> Any:
    """Send a decision, and go on to the next item that waits for one; the page as it is now if somebody was first."""
    try:
        plan = plan_edits.change(execution_id, item_id, **fields)
    except (plan_edits.ItemChanged, Conflict, Invalid) as error:
        return _as_it_is(execution_id, item_id, error)
    _, item = plan_edits.item_of(plan, item_id)
    taken_back = fields["decision"] == "proposed"
    shown = item_id if taken_back else plan_view.next_open(plan, item_id)
    back = Undo(f"/app/renewals/{execution_id}/items/{item_id}/undecide", [("version", ""), ("seen", "")])
    return flash.redirect_to(
        f"/app/renewals/{execution_id}?item={shown}", f"{said}: “{item['title']}”.", undo=None if taken_back else back
    )


def _as_it_is(execution_id: str, item_id: str, error: TandemError) -> Any:
    is_changed = isinstance(error, plan_edits.ItemChanged)
    detail = f"{error.message} Nothing was written." if is_changed else _faults(error)
    problem = failures.problem_of(error, detail)
    return renewal.page(execution_id, item_id, problem=problem), problem.status


def _faults(error: TandemError) -> str:
    """What finalize would refuse of the items, as sentences."""
    named = {wording.words(path.split(".", 2)[-1]): forms.reasons(reasons) for path, reasons in error.errors.items()}
    return " ".join(f"{field}: {' '.join(reasons)}" for field, reasons in named.items())


@blueprint.get("/app/renewals/<execution_id>/approve-all")
@callers.needs("member")
def ask_approve_all(execution_id: str) -> Any:
    """The page that lists what each undecided item will do before all of them are approved."""
    return _approve_form(execution_id)


@blueprint.post("/app/renewals/<execution_id>/approve-all")
@callers.needs("member")
def approve_all(execution_id: str) -> Any:
    """Approve the items that were listed."""
    plan, listed = plan_edits.plan_of(execution_id), set(request.form.getlist("item"))
    edits = {
        name: [
            {"id": item["id"], "decision": "approved"}
            for item in plan[name]
            if item["id"] in listed and plan_view.is_open(item)
        ]
        for name in ITEM_LISTS
    }
    try:
        plan_edits.patch(execution_id, edits, request.form.get("version"))
    except (Stale, Conflict, Invalid) as error:
        return _approve_form(execution_id, error), error_responses.status_of(error)
    number = sum(len(items) for items in edits.values())
    return flash.redirect_to(f"/app/renewals/{execution_id}", f"{wording.many(number, 'item')} approved.")


@blueprint.get("/app/renewals/<execution_id>/finalize")
@callers.needs("member")
def ask_finalize(execution_id: str) -> Any:
    """The page that asks for confirmation before the plan is finalized, with the number of new tasks."""
    return _finalize_form(execution_id)


@blueprint.post("/app/renewals/<execution_id>/finalize")
@callers.needs("member")
def finalize(execution_id: str) -> Any:
    """Finalize the plan: make its tasks, queue the AI tasks, complete the workflow. A second press changes nothing.
    While an AI item is not decided it is refused, and the form names it."""
    path, body = plan_view.path(execution_id) + "/finalize", {"approveOpen": False}
    try:
        made = api_client.send("workflows", "POST", path, body, version=request.form.get("version"))
    except (Conflict, Stale) as error:
        return _finalize_form(execution_id, error), error_responses.status_of(error)
    failed = made.get("failed") or []
    said = f"Finalized: {_made(made['created'])}."
    if failed:
        said += (
            " Not made: "
            + "; ".join(f"{item.get('title') or item['item']} ({item['reason']})" for item in failed[:5])
            + "."
        )
    return flash.redirect_to(f"/app/renewals/{execution_id}", said, tone="wait" if failed else "good")


def _made(created: dict[str, int]) -> str:
    return ", ".join(
        wording.many(created.get(key, 0), name)
        for key, name in (("aiTasks", "AI task"), ("csmTasks", "CSM task"), ("subTasks", "sub-task"))
    )


def _reject_form(execution_id: str, item_id: str, errors: dict[str, list[str]] | None = None) -> str:
    plan = plan_edits.plan_of(execution_id)
    _, item = plan_edits.item_of(plan, item_id)
    question = Question(
        crumb=("Renewals", "/app/renewals"),
        title=f"Reject “{item['title']}”?",
        text="It stays in the plan as rejected, with your reason, and no task is made of it.",
        button="Reject",
        action=f"/app/renewals/{execution_id}/items/{item_id}/reject",
        back=f"/app/renewals/{execution_id}?item={item_id}",
        danger=True,
        with_reason=True,
        reason_needed=True,
        version=forms.version(plan.get("version")),
        hidden={"seen": request.form.get("seen") or plan_view.mark_of(item)},
    )
    return questions.render(question, errors)


def _approve_form(execution_id: str, error: TandemError | None = None) -> str:
    plan = plan_edits.plan_of(execution_id)
    return render_template(
        "renewals/approve_all.html",
        execution=api_client.get("workflows", f"/api/workflows/executions/{execution_id}"),
        plan=plan,
        review=plan_view.review(plan),
        problem=failures.problem_of(error, _faults(error)) if error else None,
    )


def _finalize_form(execution_id: str, error: TandemError | None = None) -> str:
    plan = plan_edits.plan_of(execution_id)
    kept = {name: [item for item in plan[name] if item.get("decision") != "rejected"] for name in ITEM_LISTS}
    review = plan_view.review(plan)
    counts = {
        "ai": len(kept["aiTasks"]),
        "csm": len(kept["csmTasks"]),
        "sub": sum(len(item.get("subTasks") or ()) for item in kept["csmTasks"]),
        "rejected": review.rejected,
        "open": len(review.waiting),
    }
    return render_template(
        "renewals/finalize.html",
        execution=api_client.get("workflows", f"/api/workflows/executions/{execution_id}"),
        plan=plan,
        review=review,
        counts=counts,
        problem=failures.problem_of(error) if error else None,
    )
