"""Request fields that several actions share."""

from __future__ import annotations

from marshmallow import fields, validate

from services.runs.fields import Stage
from shared.contracts.strict import an_id, line, prose, whole

LONGEST_NOTE = 5_000
LONGEST_BODY = 20_000
LONGEST_REASON = 1_000

NOTE = prose(LONGEST_NOTE)
STAGE = Stage()
TITLE = line(200)
DESCRIPTION = fields.String(validate=validate.Length(max=LONGEST_BODY))
PRIORITY = whole(1, 5)
OWNER = an_id(allow_none=True)
REASON = fields.String(allow_none=True, validate=validate.Length(max=LONGEST_REASON))
