"""The REST schemas of profiles and invitations."""

from __future__ import annotations

from marshmallow import fields, validate

from services.monitor.profiles import THEMES
from services.monitor.schemas import Moment, Out, PersonSchema
from shared.contracts.strict import StrictSchema, line


class HoursSchema(StrictSchema):
    """From when until when somebody works, as `09:00` and `17:00`."""

    start = line(20, required=True, data_key="from", attribute="from")
    end = line(20, required=True, data_key="to", attribute="to")


class ProfileSchema(PersonSchema):
    """The caller, with what they say of themselves; null is the tenant's."""

    time_zone = fields.String(required=True, allow_none=True)
    working_hours = fields.Nested(HoursSchema, required=True, allow_none=True)
    theme = fields.String(required=True, validate=validate.OneOf(THEMES))


class ProfileChange(StrictSchema):
    """What changes of the caller's profile."""

    name = line(200)
    time_zone = line(64, allow_none=True, data_key="timeZone")
    working_hours = fields.Nested(HoursSchema, allow_none=True, data_key="workingHours")
    theme = fields.String(validate=validate.OneOf(THEMES))


class InvitationSchema(Out):
    """An invitation; `link` is in the answer that made it, and null afterwards. `mail` is the AI task that sends it."""

    person_id = fields.String(required=True)
    sent_at = Moment(required=True)
    expires_at = Moment(required=True)
    used_at = Moment(required=True, allow_none=True)
    state = fields.String(required=True, validate=validate.OneOf(("open", "used", "expired")))
    mail = fields.String(required=True)
    link = fields.String(required=True, allow_none=True)
