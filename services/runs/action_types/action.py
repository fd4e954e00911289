"""Defines an action of a step: its command, the request fields of the command, and the function that performs it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from marshmallow.fields import Field

from services.runs import models, states
from services.runs.models import Partnership, StepRow
from services.runs.step_rows import stored_rows
from services.runs.step_rows.step_context import StepContext
from services.runs.step_rows.step_records import StepRecords
from services.runs.wording import plural
from shared.contracts.strict import an_id
from shared.database.model import Columns
from shared.ground.errors import Conflict, NotFound
from shared.ground.json_types import JsonObject

Errors = dict[str, list[str]]


def posted(field: Field, default: Any = dataclasses.MISSING) -> Any:
    """A field of a command, with the marshmallow field that reads it from a request; required if it has no default.

    A name means the same in every command: the OpenAPI document shows the first field of each name.
    """
    return dataclasses.field(default=default, metadata={"posted": field})


@dataclass(frozen=True, kw_only=True)
class Command:
    """The command for an action: about a row, about a partnership, or for `all` open rows."""

    row_id: str | None = None
    partnership_id: str | None = None
    all: bool = False


@dataclass(frozen=True, kw_only=True)
class RowCommand(Command):
    """A command about a row."""

    row_id: str = posted(an_id())


@dataclass(frozen=True, kw_only=True)
class SubjectCommand(Command):
    """A command that may be about a row, or about a partnership, whether the step shows it or not."""

    row_id: str | None = posted(an_id(), None)
    partnership_id: str | None = posted(an_id(), None)


@dataclass(frozen=True)
class Item:
    """The outcome of an action for one row: `id` is the id of what was created; `reason` says why it was refused."""

    status: str
    row_id: str | None = None
    partnership_id: str | None = None
    id: str | None = None
    reason: str | None = None


@dataclass(frozen=True)
class LogEntry:
    """An entry of the run's log for an action, such as "booked call"."""

    verb: str
    details: Mapping[str, Any]
    reason: str | None = None


@dataclass(frozen=True)
class Done:
    """The result of an action: done, queued (requested from the executor) or refused. Without `log` nothing is
    counted or logged."""

    status: str
    items: list[Item] = dataclasses.field(default_factory=list)
    log: LogEntry | None = dataclasses.field(default=None, compare=False)


@dataclass(kw_only=True)
class ActionContext(StepContext):
    """What an action works on: a step in progress, and the row and the partnership that the command names, if any.

    `new_id` is the id of what is created, `finished_by` the action that finished the row. What goes to the outside
    leaves after `send_delay`, and can be taken back until then.
    """

    new_id: str
    send_delay: timedelta = timedelta()
    row: StepRow | None = None
    finished_by: Action | None = None
    partnership: Partnership | None = None

    @property
    def leaves_at(self) -> datetime | None:
        """When a mail of this action leaves; None for at once."""
        return self.now + self.send_delay if self.send_delay else None

    @property
    def row_as_it_is(self) -> JsonObject:
        """The state and the outcome of the row, to be restored when the action is taken back."""
        return {"row": {"state": self.row.state, "outcome": self.row.outcome}} if self.row else {}

    @property
    def origin(self) -> Columns:
        """The columns of an activity or a request that name its run and step."""
        return {"run_id": self.run.id, "step_id": self.step.id}

    def require_partnership(self) -> Partnership:
        """The partnership that the action is about. Conflict when it was removed, NotFound when none was named."""
        if self.partnership is None:
            if self.row is not None and self.row.subject_kind == "partnership":
                raise Conflict(f"{self.row.shown['name']} is there no more.", allowed=["set_aside"])
            raise NotFound("The action names no partnership.")
        return self.partnership

    def require_row(self) -> StepRow:
        """The row of the action. NotFound when none was named."""
        if self.row is None:
            raise NotFound("The action names no row.")
        return self.row

    def row_for_partnership(self) -> StepRow:
        """The row of the action; a new one for a partnership that the step did not show."""
        if self.row is None:
            self.row = stored_rows.add_for_partnership(self, self.require_partnership())
        return self.row

    def finish_row(
        self, action: str, *, added: bool = False, columns: Mapping[str, Any] | None = None, **outcome: Any
    ) -> None:
        """Record the action on the row and change `columns`, in a guarded write. The row is finished if the action is
        of the step's own type or if the action added it (`added`)."""
        if self.row is None:
            return
        values: Columns = {"by": self.by.as_json(), **(columns or {})}
        if added or any(own.name == action for own in self.config.action_type.actions):
            values |= {"state": states.ROW.after("do", self.row.state), "outcome": {"type": action} | outcome}
        models.rows.change(self.row, self.now, **values)

    def done(self, log: LogEntry | None = None, *, made_id: str | None = None, status: str = "done") -> Done:
        """The answer to an action on this row and partnership."""
        row_id = self.row.id if self.row else None
        partnership_id = self.partnership.id if self.partnership else None
        return Done(status, [Item(status, row_id, partnership_id, made_id)], log)


@dataclass(frozen=True)
class Count:
    """Something that is counted in a step: `of` counts it, `singular` and `many` follow the number in a text.

    `kept_after_reset` is set if a reset does not take it back: a sentence in which {} is the number with `noun`.
    """

    name: str
    singular: str
    many: str
    of: Callable[[StepRecords], int]
    noun: str = ""
    kept_after_reset: str = ""

    def said(self, number: int) -> str:
        """ "3 e-mails sent"."""
        return plural(number, self.singular, self.many)


def no_errors(values: Mapping[str, Any]) -> Errors:
    """The check of an action that needs none."""
    return {}


def names_subject(values: Mapping[str, Any]) -> Errors:
    """Check that the values name a row or a partnership."""
    named = values.get("row_id") or values.get("partnership_id")
    return {} if named else {"rowId": ["Give a rowId or a partnershipId."]}


@dataclass(frozen=True)
class Action:
    """One action: the command that is posted for it, and the function that performs it. `check` finds errors that
    concern several fields.

    `survives_reset`: a reset of the step does not take it back, and keeps the rows that it finished. `taken_back_by`:
    the actions that take it back; unless it is None, a row that it finished cannot be reopened.
    """

    name: str
    command: type[Command]
    perform: Callable[[ActionContext, Any], Done]
    check: Callable[[Mapping[str, Any]], Errors] = no_errors
    counts: tuple[Count, ...] = ()
    survives_reset: bool = False
    taken_back_by: tuple[str, ...] | None = None

    @property
    def fields(self) -> dict[str, Field]:
        """The request fields of the action, by the names of the command."""
        return {
            item.name: item.metadata["posted"] for item in dataclasses.fields(self.command) if "posted" in item.metadata
        }

    @property
    def needed(self) -> list[str]:
        """The names of the required fields."""
        return [item.name for item in dataclasses.fields(self.command) if item.default is dataclasses.MISSING]
