"""The REST schemas of receipts of imports that are done at once."""

from __future__ import annotations

from marshmallow import fields, validate

from shared.contracts.camel import CamelSchema
from shared.csv_import.importer import OUTCOMES


class ReceiptRow(CamelSchema):
    """What became of one row of a file; the header is row 1."""

    row = fields.Integer(required=True)
    outcome = fields.String(required=True, validate=validate.OneOf(OUTCOMES))
    name = fields.String(required=True, allow_none=True)
    reason = fields.String(required=True, allow_none=True)


class ImportRow(ReceiptRow):
    """What became of one row of a file of customers."""

    customer_id = fields.String(required=True, allow_none=True)


class ImportReceipt(CamelSchema):
    """The receipt of an import."""

    dry_run = fields.Boolean(required=True)
    import_id = fields.String(required=True, allow_none=True, metadata={"description": "Null for a dry run."})
    rows = fields.List(fields.Nested(ImportRow), required=True)
    counts = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)


class ContactImportRow(ReceiptRow):
    """What became of one row of a file of contacts."""

    contact_id = fields.String(required=True, allow_none=True)


class ContactImportReceipt(ImportReceipt):
    """The receipt of an import of contacts."""

    rows = fields.List(fields.Nested(ContactImportRow), required=True)


class UsageImportRow(ReceiptRow):
    """What became of one row of a file of usage readings."""

    reading_id = fields.String(required=True, allow_none=True)


class UsageImportReceipt(ImportReceipt):
    """The receipt of an import of usage readings."""

    rows = fields.List(fields.Nested(UsageImportRow), required=True)
