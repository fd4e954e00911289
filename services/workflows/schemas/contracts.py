"""The REST schemas of contracts, their files, and what is read in them."""

from __future__ import annotations

from typing import ClassVar

from marshmallow import fields, validate

from services.workflows import commands
from services.workflows.clauses.text import LONGEST_TEXT
from services.workflows.schemas.customers import CURRENCY, FEW, LANGUAGE, is_day
from services.workflows.states import CONTRACT_TEXT
from shared.contracts.camel import CamelSchema, StoredSchema
from shared.contracts.commands import CommandSchema
from shared.contracts.customers import CONTRACT_KINDS, CONTRACT_RELATIONS, CONTRACT_STATES, CONTRACT_WINDOWS, SIDES
from shared.contracts.paging import page_of
from shared.contracts.strict import an_id, line, optional_line, prose
from shared.contracts.values import Moment, Money


def is_amount(value: str | None) -> None:
    """ValidationError when it is not an amount such as 248127.00."""
    if value is not None:
        Money().deserialize(value)


class PriceStepSchema(StoredSchema):
    """A price that a contract sets from a day on: an amount a year, or a change in percent."""

    on = fields.String(required=True, validate=is_day)
    amount = fields.String(allow_none=True, load_default=None, validate=is_amount)
    percent = fields.Float(allow_none=True, load_default=None, validate=validate.Range(-100, 1_000))
    note = optional_line(200)


class WindowSchema(StoredSchema):
    """A time in which one side may do something by contract: take up an option, lower the quantity."""

    kind = fields.String(required=True, validate=validate.OneOf(CONTRACT_WINDOWS))
    opens_on = fields.String(allow_none=True, load_default=None, validate=is_day)
    closes_on = fields.String(required=True, validate=is_day)
    holder = fields.String(allow_none=True, load_default=None, validate=validate.OneOf(SIDES))
    note = optional_line(200)


class ContractIn(CommandSchema):
    """A contract's text, and its dates where they are known."""

    command: ClassVar[type] = commands.AddContract

    title = line(200, required=True)
    text = prose(LONGEST_TEXT, required=True)
    effective_on = fields.Date(allow_none=True, load_default=None)
    ends_on = fields.Date(allow_none=True, load_default=None)
    kind = fields.String(load_default="main_agreement", validate=validate.OneOf(CONTRACT_KINDS))
    relates_to_id = an_id(allow_none=True, load_default=None)
    relation = fields.String(allow_none=True, load_default=None, validate=validate.OneOf(CONTRACT_RELATIONS))
    state = fields.String(load_default="signed", validate=validate.OneOf(CONTRACT_STATES))
    language = fields.String(allow_none=True, load_default=None, validate=LANGUAGE)
    parties = fields.List(line(200), load_default=list, validate=FEW)
    amount = Money(allow_none=True, load_default=None)
    currency = fields.String(allow_none=True, load_default=None, validate=CURRENCY)
    products = fields.List(line(200), load_default=list, validate=FEW)
    committed_until = fields.Date(allow_none=True, load_default=None)
    anniversary_on = fields.Date(allow_none=True, load_default=None)
    price_steps = fields.List(fields.Nested(PriceStepSchema), load_default=list, validate=FEW)
    windows = fields.List(fields.Nested(WindowSchema), load_default=list, validate=FEW)


class ContractPatch(ContractIn):
    """What changes of a contract."""

    command = commands.ChangeContract


class ContractFileIn(CommandSchema):
    """A contract's file: PDF, DOCX, TXT or EML; without a title it has the file's name."""

    command: ClassVar[type] = commands.AddContractFile

    file = fields.Raw(required=True, metadata={"type": "string", "format": "binary"})
    title = line(200)
    effective_on = fields.Date()
    ends_on = fields.Date()


class FileOfContract(CamelSchema):
    """The file that a contract came as; the executor hands it out by its hash (`GET /api/files/{sha256}`)."""

    name = fields.String(required=True)
    media_type = fields.String(required=True)
    size = fields.Integer(required=True)
    sha256 = fields.String(required=True)
    pages = fields.Integer(required=True, allow_none=True)


class ContractSchema(CamelSchema):
    """A contract as lists show it; `textProblem` says why its file has no text, or which parts were not read."""

    id = fields.String(required=True)
    customer_id = fields.String(required=True)
    title = fields.String(required=True)
    effective_on = fields.Date(required=True, allow_none=True)
    ends_on = fields.Date(required=True, allow_none=True)
    kind = fields.String(required=True)
    relates_to_id = fields.String(required=True, allow_none=True)
    relation = fields.String(required=True, allow_none=True)
    state = fields.String(required=True)
    language = fields.String(required=True, allow_none=True)
    parties = fields.List(fields.String(), required=True)
    amount = Money(required=True, allow_none=True)
    currency = fields.String(required=True, allow_none=True)
    products = fields.List(fields.String(), required=True)
    committed_until = fields.Date(required=True, allow_none=True)
    anniversary_on = fields.Date(required=True, allow_none=True)
    price_steps = fields.List(fields.Nested(PriceStepSchema), required=True)
    windows = fields.List(fields.Nested(WindowSchema), required=True)
    file = fields.Nested(FileOfContract, required=True, allow_none=True)
    text_state = fields.String(required=True, validate=validate.OneOf(CONTRACT_TEXT.states))
    text_problem = fields.String(required=True, allow_none=True)
    created_at = Moment(required=True)
    version = fields.Integer(required=True)


class ContractDetail(ContractSchema):
    """A contract with its text, and the AI task that reads it or has read it."""

    text = fields.String(required=True)
    run_id = fields.String(required=True, allow_none=True)


class ContractFindings(StoredSchema):
    """What is read in one contract: a finding a clause, each with its `status` and its `sentence`; what stands in the
    way of a renewal; and what a person should read."""

    contract_id = fields.String(required=True)
    term_end = fields.Dict(required=True)
    notice = fields.Dict(required=True)
    auto_renewal = fields.Dict(required=True)
    price_cap = fields.Dict(required=True)
    termination_for_convenience = fields.Dict(required=True)
    termination_for_cause = fields.Dict(required=True)
    service_credits = fields.Dict(required=True)
    data_return = fields.Dict(required=True)
    obstacles = fields.List(fields.Dict(), required=True)
    unread = fields.List(fields.Dict(), required=True)
    summary = fields.String(required=True)


ContractPage = page_of(ContractSchema)
