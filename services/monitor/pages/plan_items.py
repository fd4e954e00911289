"""The forms of a plan's items: change one with its arguments or sub-tasks, add another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import render_template, request

from services.monitor.pages import (
    api_client,
    customers,
    failures,
    flash,
    forms,
    frame,
    plan_edits,
    plan_view,
    refusals,
    schema_forms,
    typed_values,
    wording,
)
from shared.contracts.action_plans import TYPED_ITEM_FIELDS
from shared.ground.errors import Conflict, Invalid, NotFound, Stale, TandemError
from shared.ground.json_types import JsonObject
from shared.web import callers

ITSELF = ("customerId", "executionId")
"""The arguments that follow from the plan, and are not typed."""

BLANK_PARTS = 2
"""How many empty rows the sub-tasks end with, for new ones."""

NEW_ITEM: JsonObject = {"title": "", "description": "", "priority": 3}
LISTS = {"ai": "aiTasks", "csm": "csmTasks"}

blueprint = frame.page_blueprint("plan_items", __name__)


@blueprint.get("/app/renewals/<execution_id>/items/<item_id>/edit")
@callers.needs("member")
def ask_edit(execution_id: str, item_id: str) -> Any:
    """The form for changing an item."""
    plan = plan_edits.plan_of(execution_id)
    name, item = plan_edits.item_of(plan, item_id)
    return _form(execution_id, plan, name, item)


@blueprint.post("/app/renewals/<execution_id>/items/<item_id>/edit")
@callers.needs("member")
def edit(execution_id: str, item_id: str) -> Any:
    """Change an item. If somebody changed it meanwhile, the form says how it reads now and keeps what was typed; saving
    it again overwrites."""
    plan = plan_edits.plan_of(execution_id)
    name, item = plan_edits.item_of(plan, item_id)
    try:
        plan_edits.change(execution_id, item_id, **_typed(execution_id, name, item))
    except (Invalid, Stale, Conflict) as error:
        again = plan_edits.plan_of(execution_id)
        return _form(execution_id, again, *plan_edits.item_of(again, item_id), error)
    return flash.redirect_to(
        f"/app/renewals/{execution_id}?item={item_id}", f"Saved: “{request.form.get('title', item['title'])}”."
    )


@blueprint.get("/app/renewals/<execution_id>/items/new")
@callers.needs("member")
def ask_new(execution_id: str) -> Any:
    """The form for another item; for an AI item after the choice of what it does."""
    plan, name = plan_edits.plan_of(execution_id), LISTS.get(request.args.get("kind", ""), "csmTasks")
    processor = request.args.get("processor")
    if name == "aiTasks" and not processor:
        return render_template("renewals/new_ai_item.html", execution={"id": execution_id}, processors=_processors())
    return _form(execution_id, plan, name, _new(name, processor))


@blueprint.post("/app/renewals/<execution_id>/items/new")
@callers.needs("member")
def add(execution_id: str) -> Any:
    """Add an item to the plan."""
    name = LISTS.get(request.form.get("kind", ""), "csmTasks")
    item = _new(name, request.form.get("processor"))
    typed = _typed(execution_id, name, item)
    if name == "aiTasks":
        typed["processor"] = item["processor"]
    try:
        plan = plan_edits.patch(execution_id, {name: [typed]}, request.form.get("version"))
    except (Invalid, Stale, Conflict) as error:
        plan = plan_edits.plan_of(execution_id)
        return _form(execution_id, plan, name, item, error)
    added = plan[name][-1]
    return flash.redirect_to(f"/app/renewals/{execution_id}?item={added['id']}", f"Added: “{added['title']}”.")


def _new(name: str, processor: str | None) -> JsonObject:
    if name == "csmTasks":
        return NEW_ITEM | {"dueDate": None, "owner": None, "subTasks": []}
    _schema_of(processor)
    return NEW_ITEM | {"processor": processor, "metadata": {}}


def _processors() -> list[JsonObject]:
    listed: list[JsonObject] = api_client.get("workflows", "/api/workflows/processors")["items"]
    return listed


def _schema_of(processor: str | None) -> JsonObject:
    """The schema of a processor's arguments; any object before workflows has heard of the executor. NotFound for a
    name that the executor does not have."""
    known = {listed["name"]: listed["metadataSchema"] for listed in _processors()}
    if known and processor not in known:
        raise NotFound(f"There is no AI task of the kind “{wording.words(processor)}”.")
    schema = known.get(processor or "", {})
    shown = {key: inner for key, inner in schema.get("properties", {}).items() if key not in ITSELF}
    return schema | {"properties": shown} if shown else schema


def _typed(execution_id: str, name: str, item: Mapping[str, Any]) -> JsonObject:
    """The fields of an edit as the form has them. A text that is no number stays one, and is refused as such."""
    form = request.form
    fields: JsonObject = {field: form[field].strip() for field in TYPED_ITEM_FIELDS if field in form}
    fields |= {field: None for field in ("dueDate", "owner") if fields.get(field) == ""}
    fields["priority"] = forms.number(form.get("priority"))
    if "part-title" in form:
        fields["subTasks"] = _parts()
    if name == "aiTasks" and item.get("processor"):
        fields["metadata"] = _metadata(execution_id, item)
    return fields | ({"decision": "approved"} if form.get("do") == "approve" else {})


def _parts() -> list[JsonObject]:
    """The sub-tasks that were typed; one whose title was emptied is taken out."""
    columns = (request.form.getlist(f"part-{name}") for name in ("id", "title", "dueDate", "owner"))
    return [
        {"title": title.strip(), "dueDate": day or None, "owner": owner or None} | ({"id": part} if part else {})
        for part, title, day, owner in zip(*columns, strict=False)
        if title.strip()
    ]


def _metadata(execution_id: str, item: Mapping[str, Any]) -> Any:
    typed = typed_values.whole(_schema_of(item["processor"]), request.form, "metadata")
    if not isinstance(typed, dict):
        return typed or {}
    return (_own(item) if item.get("id") else _new_own(execution_id, item["processor"])) | typed


def _own(item: Mapping[str, Any]) -> JsonObject:
    """The arguments of an item that follow from its plan."""
    metadata = item.get("metadata") or {}
    return {name: metadata[name] for name in ITSELF if name in metadata}


def _new_own(execution_id: str, processor: str) -> JsonObject:
    """The arguments of a new item that follow from its plan, as far as its processor has them."""
    execution = api_client.get("workflows", f"/api/workflows/executions/{execution_id}")
    own = {"customerId": execution["customerId"], "executionId": execution_id}
    schemas = {listed["name"]: listed["metadataSchema"] for listed in _processors()}
    takes = schemas.get(processor, {}).get("properties", {})
    return {name: value for name, value in own.items() if name in takes}


def _form(execution_id: str, plan: JsonObject, name: str, item: JsonObject, error: TandemError | None = None) -> Any:
    """The form with the item as it is, or with what was typed and why that is refused."""
    people = customers.owners()
    arguments: list[schema_forms.Field] = []
    if name == "aiTasks" and item.get("processor"):
        schema = _schema_of(item["processor"])
        metadata = typed_values.whole(schema, request.form, "metadata") if error else item.get("metadata")
        arguments = schema_forms.fields(schema, metadata, "metadata", people=people)
    parts = _parts() if error else item.get("subTasks") or []
    refusal = _refusal(error, arguments)
    page = render_template(
        "renewals/item_form.html",
        execution={"id": execution_id},
        version=forms.version(plan.get("version", ""), error),
        seen=_seen(item, error),
        kind=next(kind for kind, listed in LISTS.items() if listed == name),
        item=item,
        form=request.form if error else item,
        arguments=arguments,
        parts=[*parts, *[{} for _ in range(BLANK_PARTS)]],
        people=people,
        errors=refusal.errors,
        problem=refusal.problem,
    )
    return (page, refusal.status) if error else page


def _seen(item: JsonObject, error: TandemError | None) -> str:
    """The mark of the item that its person has seen: after Stale, which says how it reads, the present one."""
    sees_present = error is None or isinstance(error, Stale)
    return plan_view.mark_of(item) if sees_present else request.form.get("seen", "")


def _refusal(error: TandemError | None, arguments: list[schema_forms.Field]) -> refusals.Refusal:
    """Why the item was refused: the error at `aiTasks.0.title` belongs to the field `title`."""
    errors = {path.split(".", 2)[-1]: reasons for path, reasons in error.errors.items()} if error else {}
    refusal = refusals.of(error, arguments, others=(*TYPED_ITEM_FIELDS, "priority"), errors=errors)
    if isinstance(error, plan_edits.ItemChanged):
        problem = failures.problem_of(error, f"{error.message} Saving puts yours in its place.")
        return replace(refusal, problem=problem)
    return refusal
