"""The pages of an action plan under review: generate, approve, edit or reject its items, finalize."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from services.monitor.pages import api_client, failures, flash, forms, frame, plan_view, questions, renewal, wording
from services.monitor.pages.questions import Question
from shared.contracts.action_plans import ITEM_LISTS, TYPED_ITEM_FIELDS
from shared.ground.errors import Conflict, Invalid, NotFound, Stale, TandemError
from shared.web import application, error_responses

blueprint = frame.page_blueprint("plans", __name__)


@blueprint.post("/app/renewals/<execution_id>/generate")
@application.needs("member")
def generate(execution_id: str) -> Any:
    """Generate the plan from the results of the steps."""
    try:
        api_client.send("workflows", "POST", plan_view.path(execution_id) + "/generate", {})
    except Conflict as error:
        return renewal.page(execution_id, problem=failures.problem_of(error)), 409
    return flash.redirect_to(f"/app/renewals/{execution_id}", "The draft stands below. Review it, then finalize.")


@blueprint.post("/app/renewals/<execution_id>/items/<item_id>/approve")
@application.needs("member")
def approve(execution_id: str, item_id: str) -> Any:
    """Approve one item."""
    _change(execution_id, item_id, decision="approved")
    return flash.redirect_to(f"/app/renewals/{execution_id}")


@blueprint.post("/app/renewals/<execution_id>/approve-all")
@application.needs("member")
def approve_all(execution_id: str) -> Any:
    """Approve every item that is still open."""
    plan = _plan(execution_id)
    edits = {name: [_approved(item) for item in plan[name] if plan_view.is_open(item)] for name in ITEM_LISTS}
    _patch(execution_id, edits)
    number = sum(len(items) for items in edits.values())
    return flash.redirect_to(f"/app/renewals/{execution_id}", f"{wording.many(number, 'item')} approved.")


@blueprint.get("/app/renewals/<execution_id>/items/<item_id>/reject")
@application.needs("member")
def ask_reject(execution_id: str, item_id: str) -> Any:
    """The page that asks for the reason before an item is rejected."""
    return _reject_form(execution_id, item_id)


@blueprint.post("/app/renewals/<execution_id>/items/<item_id>/reject")
@application.needs("member")
def reject(execution_id: str, item_id: str) -> Any:
    """Reject one item, with the reason."""
    reason = request.form.get("reason", "").strip()
    if not reason:
        return _reject_form(execution_id, item_id, {"reason": ["Say why, for whoever asks later."]}), 422
    _change(execution_id, item_id, decision="rejected", reason=reason)
    return flash.redirect_to(f"/app/renewals/{execution_id}")


@blueprint.get("/app/renewals/<execution_id>/items/<item_id>/edit")
@application.needs("member")
def ask_edit(execution_id: str, item_id: str) -> Any:
    """The form for changing an item."""
    plan, item = _item(execution_id, item_id)
    return _edit_form(execution_id, plan, item, item)


@blueprint.post("/app/renewals/<execution_id>/items/<item_id>/edit")
@application.needs("member")
def edit(execution_id: str, item_id: str) -> Any:
    """Change an item. If the plan was changed meanwhile, the form says how the item reads now and keeps what was typed;
    saving it again overwrites."""
    fields: dict[str, Any] = {name: request.form[name].strip() for name in TYPED_ITEM_FIELDS if name in request.form}
    if fields.get("dueDate") == "":
        fields["dueDate"] = None
    try:
        _change(execution_id, item_id, **fields, priority=forms.number(request.form.get("priority")))
    except (Invalid, Stale) as error:
        plan, item = _item(execution_id, item_id)
        errors = forms.by_field(error.errors) if isinstance(error, Invalid) else {}
        return _edit_form(execution_id, plan, item, request.form.to_dict(), errors, error), error_responses.status_of(
            error
        )
    return flash.redirect_to(f"/app/renewals/{execution_id}", "Saved.")


@blueprint.get("/app/renewals/<execution_id>/finalize")
@application.needs("member")
def ask_finalize(execution_id: str) -> Any:
    """The page that asks for confirmation before the plan is finalized, with the number of new tasks."""
    return _finalize_form(execution_id)


@blueprint.post("/app/renewals/<execution_id>/finalize")
@application.needs("member")
def finalize(execution_id: str) -> Any:
    """Finalize the plan: make its tasks, queue the AI tasks, complete the workflow. A second press changes nothing."""
    try:
        made = api_client.send(
            "workflows", "POST", plan_view.path(execution_id) + "/finalize", {}, version=request.form.get("version")
        )
    except Conflict as error:
        return _finalize_form(execution_id, error), 409
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


def _change(execution_id: str, item_id: str, **fields: Any) -> None:
    """Change one item in any section of the plan."""
    plan, _ = _item(execution_id, item_id)
    name = next(name for name in ITEM_LISTS if any(item["id"] == item_id for item in plan[name]))
    _patch(execution_id, {name: [{"id": item_id, **fields}]})


def _patch(execution_id: str, edits: dict[str, Any]) -> None:
    """Send the edits. Stale if the plan is no longer what the form showed."""
    api_client.send("workflows", "PATCH", plan_view.path(execution_id), edits, version=request.form.get("version"))


def _approved(item: dict[str, Any]) -> dict[str, Any]:
    return {"id": item["id"], "decision": "approved"}


def _plan(execution_id: str) -> dict[str, Any]:
    plan = plan_view.find(application.by(), execution_id)
    if plan is None:
        raise NotFound("This renewal has no action plan yet.")
    return plan


def _item(execution_id: str, item_id: str) -> tuple[dict[str, Any], dict[str, Any]]:
    plan = _plan(execution_id)
    item = next((item for item in plan_view.items(plan) if item["id"] == item_id), None)
    if item is None:
        raise NotFound("The plan has no such item.")
    return plan, item


def _reject_form(execution_id: str, item_id: str, errors: dict[str, list[str]] | None = None) -> str:
    plan, item = _item(execution_id, item_id)
    question = Question(
        crumb=("Renewals", "/app/renewals"),
        title=f"Reject “{item['title']}”?",
        text="It stays in the plan as rejected, with your reason, and no task is made of it.",
        button="Reject",
        action=f"/app/renewals/{execution_id}/items/{item_id}/reject",
        back=f"/app/renewals/{execution_id}",
        danger=True,
        with_reason=True,
        reason_needed=True,
        version=plan.get("version"),
    )
    return questions.render(question, errors)


def _edit_form(
    execution_id: str,
    plan: dict[str, Any],
    item: dict[str, Any],
    form: dict[str, Any],
    errors: dict[str, list[str]] | None = None,
    error: TandemError | None = None,
) -> str:
    problem = failures.problem_of(error) if error and not errors else None
    if problem and isinstance(error, Stale):
        problem["detail"] = (
            f"Somebody changed it meanwhile; it now reads “{item['title']}”, priority {item['priority']}. "
            "Saving puts yours in its place."
        )
    return render_template(
        "renewals/edit_item.html",
        execution={"id": execution_id},
        version=forms.version(plan.get("version", ""), error),
        item=item,
        form=form,
        errors=errors or {},
        problem=problem,
    )


def _finalize_form(execution_id: str, error: TandemError | None = None) -> str:
    plan, execution = _plan(execution_id), api_client.get("workflows", f"/api/workflows/executions/{execution_id}")
    kept = {name: [item for item in plan[name] if item.get("decision") != "rejected"] for name in ITEM_LISTS}
    review = plan_view.review(plan)
    counts = {
        "ai": len(kept["aiTasks"]),
        "csm": len(kept["csmTasks"]),
        "sub": sum(len(item.get("subTasks") or ()) for item in kept["csmTasks"]),
        "rejected": review["rejected"],
        "open": review["open"],
    }
    return render_template(
        "renewals/finalize.html",
        execution=execution,
        plan=plan,
        counts=counts,
        problem=failures.problem_of(error) if error else None,
    )
