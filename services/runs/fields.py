"""Marshmallow fields for the schemas of runs: a stage, a person, an address, an exact number."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from marshmallow import ValidationError, fields, validate

from services.runs import addresses
from services.runs.states import STAGES, stage_named
from shared.contracts.camel import StoredSchema
from shared.contracts.email_addresses import IsAddress
from shared.contracts.strict import line, line_or_empty

NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,6})?")
MOST_RECIPIENTS = 20


class Stage(fields.String):
    """A stage of the pipeline; read in any case and with underscores, written as in STAGES."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.metadata = {"description": f"One of {', '.join(STAGES)}; mou_sent means MOU Sent.", **self.metadata}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        stage = stage_named(super()._deserialize(value, attr, data, **kwargs))
        if stage is None:
            raise ValidationError(f"Not a stage: one of {', '.join(STAGES)}.")
        return stage


class PartnerSchema(StoredSchema):
    """Somebody at a partnership."""

    name = line(200, required=True)
    email = fields.String(allow_none=True, load_default=None, validate=[validate.Length(max=254), IsAddress()])
    title = line_or_empty(200, load_default="")


class Recipients(fields.Field):
    """One address, "Name <a@b.org>" or plain, or a list of them; loaded as a list."""

    def __init__(self, *, checked: bool = True, **options: Any) -> None:
        super().__init__(**options)
        self.metadata = {"description": "An address, “Name <a@b.org>” or plain, or a list of them.", **self.metadata}
        self.checked = checked

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[str]:
        entries = [value] if isinstance(value, str) else value
        if not isinstance(entries, list) or not all(isinstance(entry, str) for entry in entries):
            raise ValidationError("Not an address, or a list of addresses.")
        entries = [entry.strip(" ") for entry in entries if entry.strip()]
        if len(entries) > MOST_RECIPIENTS:
            raise ValidationError(f"At most {MOST_RECIPIENTS} recipients.")
        if self.checked:
            _refuse_bad(entries)
        elif any(len(entry) > 2 * addresses.LONGEST or addresses.CONTROL.search(entry) for entry in entries):
            raise ValidationError("Not an address.")
        return entries


def _refuse_bad(entries: list[str]) -> None:
    if not entries:
        raise ValidationError("It has no recipient.")
    bad = [f"Not an e-mail address: {entry}." for entry in entries if addresses.parsed(entry) is None]
    if bad:
        raise ValidationError(bad)


class Figure(fields.Field):
    """An exact number: a decimal string with at most six places; a JSON number is accepted too."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.metadata = {"type": "string", "pattern": "^" + NUMBER.pattern + "$", **self.metadata}

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else str(value)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Decimal:
        text = str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""
        if not NUMBER.fullmatch(text):
            raise ValidationError('Not a number, such as "12.5".')
        return Decimal(text)


def web_address() -> fields.String:
    """The address of a web page, or null."""
    address = validate.URL(schemes={"http", "https"}, error="Not a web address such as https://example.org.")
    return fields.String(allow_none=True, validate=[validate.Length(max=500), address])
