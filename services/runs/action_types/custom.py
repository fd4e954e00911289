"""Custom steps, whose config says what they do: create partnerships or update objectives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from marshmallow import fields, validate

from services.runs import models, objectives, partnerships
from services.runs.action_types import action_fields
from services.runs.action_types.action import Action, ActionContext, Command, Count, Done, Errors, LogEntry, posted
from services.runs.action_types.action_type import ActionType, Purpose
from services.runs.fields import Figure, PartnerSchema, web_address
from services.runs.step_rows import stored_rows
from shared.contracts.email_addresses import IsAddress
from shared.contracts.strict import an_id, line, line_or_empty
from shared.ground.errors import NotFound
from shared.ground.json_types import JsonObject

COLUMNS = ("name", "stage", "priority", "source", "description", "website", "owner")
FORM_FIELDS = ("name", "contactName", "contactEmail", "stage", "priority", "source", "description", "website")
USUAL_FORM_FIELDS = ("contactName", "contactEmail", "source")


@dataclass(frozen=True, kw_only=True)
class AddPartnership(Command):
    """Add a partnership. Its contacts are given as `contacts`, or as one name and address."""

    name: str = posted(line(200))
    stage: str | None = posted(action_fields.STAGE, None)
    priority: int | None = posted(action_fields.PRIORITY, None)
    contacts: list[JsonObject] | None = posted(
        fields.List(fields.Nested(PartnerSchema), validate=validate.Length(max=20)), None
    )
    contact_name: str | None = posted(line_or_empty(200, allow_none=True), None)
    contact_email: str | None = posted(
        fields.String(allow_none=True, validate=[validate.Length(max=254), IsAddress()]), None
    )
    source: str | None = posted(line_or_empty(200, allow_none=True), None)
    description: str | None = posted(action_fields.DESCRIPTION, None)
    website: str | None = posted(web_address(), None)
    owner: str | None = posted(action_fields.OWNER, None)


@dataclass(frozen=True, kw_only=True)
class UpdateObjective(Command):
    """Set the current figure of a key result. The objective is given by `objective_id` or by the row that is about
    it."""

    row_id: str | None = posted(an_id(), None)
    objective_id: str | None = posted(an_id(), None)
    key_result_id: str = posted(an_id())
    current: Decimal = posted(Figure())
    note: str | None = posted(action_fields.NOTE, None)


def create_partnership(context: ActionContext, command: AddPartnership) -> Done:
    """Make a partnership, link it to the run and add a row for it to the step. Invalid names the wrong field."""
    columns = {name: value for name in COLUMNS if (value := getattr(command, name)) is not None} | _contacts(command)
    creation = partnerships.CreatePartnership(**columns)
    made = partnerships.create(context.by, creation, partnership_id=context.new_id, now=context.now, **context.origin)
    context.partnership = made
    models.runs.link(context.run, made.id, context.now)
    outcome = {"type": "create_partnership", "partnershipId": made.id}
    context.row = stored_rows.add_for_partnership(context, made, outcome)
    return context.done(LogEntry("created partnership", {}), made_id=made.id)


def _contacts(command: AddPartnership) -> dict[str, list[JsonObject]]:
    if command.contacts:
        return {"contacts": command.contacts}
    name, email = command.contact_name, command.contact_email
    return {"contacts": [{"name": name or email, "email": email, "title": ""}]} if name or email else {}


def update_objective(context: ActionContext, command: UpdateObjective) -> Done:
    """Set the current figure of a key result. Its row is finished if it is new or if this is an action of the step's
    own type. NotFound for an unknown objective or key result, Conflict for an objective that is not open."""
    objective_id = command.objective_id or (context.row.subject_id if context.row else None)
    if objective_id is None:
        raise NotFound("The action names no objective.")
    objective = objectives.set_current(
        context.by, objective_id, command.key_result_id, command.current, now=context.now
    )
    row = models.rows.about(context.step, "objective", objective.id)
    context.row = row or stored_rows.add_for_objective(context, objective)
    outcome = {"keyResultId": command.key_result_id, "current": str(command.current)}
    columns = {"note": command.note} if command.note else {}
    context.finish_row("update_objective", added=row is None, columns=columns, **outcome)
    log = LogEntry("updated objective", {"objective": objective.title, **outcome}, command.note)
    return context.done(log, made_id=objective.id)


def _names_objective(values: Mapping[str, Any]) -> Errors:
    named = values.get("objective_id") or values.get("row_id")
    return {} if named else {"objectiveId": ["Give an objectiveId or a rowId."]}


CREATED = Count(
    "partnershipsCreated",
    "partnership created",
    "partnerships created",
    of=lambda records: sum(activity.kind == "created" for activity in records.activities),
    noun="partnership",
    kept_after_reset="{} created.",
)
UPDATED = Count(
    "objectivesUpdated",
    "objective updated",
    "objectives updated",
    of=lambda records: records.rows_done_by("update_objective"),
    noun="objective",
    kept_after_reset="{} updated.",
)
PURPOSES = {
    "create_partnership": Purpose(
        (CREATED.name,),
        "No partnership has been created yet.",
        shows="nothing",
        explanation="Add each new organisation as a partnership.",
    ),
    "update_objective": Purpose((UPDATED.name,), "No objective has been updated yet.", shows="objectives"),
}
"""The purpose of a custom step, by the value of `does` in its config."""


class Custom(ActionType):
    """A step that creates partnerships or updates objectives, by `does` in its config."""

    name = "custom"
    actions = (
        Action(
            "create_partnership",
            AddPartnership,
            create_partnership,
            counts=(CREATED,),
            survives_reset=True,
            taken_back_by=(),
        ),
        Action(
            "update_objective",
            UpdateObjective,
            update_objective,
            check=_names_objective,
            counts=(UPDATED,),
            survives_reset=True,
        ),
    )
    purpose = Purpose((), "Nothing has been done here yet.")
    open_rows_phrase = "still to be updated"
    config_fields = {
        "does": fields.String(validate=validate.OneOf(tuple(PURPOSES))),
        "fields": fields.List(
            fields.String(validate=validate.OneOf(FORM_FIELDS)), validate=validate.Length(1, len(FORM_FIELDS))
        ),
    }

    def purpose_of(self, options: Mapping[str, Any]) -> Purpose:
        """The purpose for the config's `does`; the type's own without it."""
        return PURPOSES.get(options.get("does", ""), self.purpose)

    def config_errors(self, options: Mapping[str, Any], *, own: bool) -> Errors:
        """`does` is required in a custom step and forbidden in others. `fields` is allowed only where `does` is
        create_partnership."""
        errors: Errors = {}
        if own and "does" not in options:
            errors["does"] = [f"A custom step says what it does: one of {', '.join(PURPOSES)}."]
        if not own and "does" in options:
            errors["does"] = ["Only a custom step has it."]
        if "fields" in options and options.get("does") != "create_partnership":
            errors["fields"] = ["Only a step that creates partnerships asks for fields."]
        return errors

    def form_fields(self, options: Mapping[str, Any]) -> tuple[str, ...]:
        """The fields of the form for a new partnership, always with its name."""
        if options.get("does") != "create_partnership":
            return ()
        return ("name", *(name for name in options.get("fields") or USUAL_FORM_FIELDS if name != "name"))
