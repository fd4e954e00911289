"""The REST schemas of recurrences."""

from __future__ import annotations

from typing import Any, ClassVar

from marshmallow import ValidationError, fields, validate, validates_schema

from services.runs.recurrence_timing import LAST
from services.runs.recurrences import ChangeRecurrence, CreateRecurrence
from services.runs.schemas.configs import MOST_PARTNERSHIPS
from shared.contracts.camel import CamelSchema
from shared.contracts.commands import CommandSchema
from shared.contracts.paging import page_of
from shared.contracts.recurrences import TIMING, WEEKDAYS
from shared.contracts.strict import Flag, an_id, line
from shared.contracts.values import Moment


class MonthDay(fields.Field):
    """A day of the month that every month has, or its last."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.metadata = {"description": "1 to 28, or `last`.", **self.metadata}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int | str:
        if value == LAST or (type(value) is int and 1 <= value <= 28):
            return value
        raise ValidationError("A day from 1 to 28, or last.")


class RecurrencePatch(CommandSchema):
    """What changes of a recurrence; another `every` needs its whole timing."""

    command: ClassVar[type[Any]] = ChangeRecurrence

    template_id = an_id()
    name = line(200, allow_none=True)
    every = fields.String(validate=validate.OneOf(tuple(TIMING)))
    weekday = fields.String(validate=validate.OneOf(WEEKDAYS))
    day = MonthDay()
    at = fields.String(
        validate=validate.Regexp(r"([01]\d|2[0-3]):[0-5]\d\Z", error="Not a time of day such as 09:00."),
        metadata={"description": "A time of day such as 09:00, in the tenant's time zone."},
    )
    cron = line(100)
    owner = an_id(allow_none=True)
    linked_partnership_ids = fields.List(an_id(), validate=validate.Length(max=MOST_PARTNERSHIPS))
    active = Flag()

    @validates_schema
    def timing_is_whole(self, data: dict[str, Any], **_: object) -> None:
        """Check that exactly the fields that `every` needs are given, if it is given itself."""
        every = data.get("every")
        if every is None:
            return
        timing = [name for name in ("weekday", "day", "at", "cron") if name in data]
        errors: dict[str, list[str]] = {
            name: [f"Every {every} has none."] for name in timing if name not in TIMING[every]
        }
        errors |= {name: ["It is missing."] for name in TIMING[every] if name not in data}
        if errors:
            raise ValidationError(errors)


class RecurrenceIn(RecurrencePatch):
    """A recurrence as it is given."""

    command = CreateRecurrence

    template_id = an_id(required=True)
    every = fields.String(required=True, validate=validate.OneOf(tuple(TIMING)))


class RecurrenceSchema(CamelSchema):
    """A recurrence; `nextDates` are the moments of its next runs, `inWords` says when it starts one."""

    id = fields.String(required=True)
    template_id = fields.String(required=True)
    template_name = fields.String(required=True)
    name = fields.String(required=True, allow_none=True)
    every = fields.String(required=True)
    weekday = fields.String(required=True, allow_none=True)
    day = fields.Raw(required=True, allow_none=True)
    at = fields.String(required=True, allow_none=True)
    cron = fields.String(required=True)
    owner = fields.String(required=True, allow_none=True)
    linked_partnership_ids = fields.List(fields.String(), required=True)
    active = fields.Boolean(required=True)
    in_words = fields.String(required=True)
    next_dates = fields.List(Moment(), required=True)
    time_zone = fields.String(required=True)
    last_due_at = Moment(required=True, allow_none=True)
    last_run_id = fields.String(required=True, allow_none=True)
    created_at = Moment(required=True)
    version = fields.Integer(required=True)


RecurrencePage = page_of(RecurrenceSchema)
