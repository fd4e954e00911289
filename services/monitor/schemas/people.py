"""The REST schemas of people, their profiles and invitations."""

from __future__ import annotations

from marshmallow import fields, validate

from services.monitor.profiles import THEMES
from services.monitor.schemas.shapes import Moment, TenantArgs
from shared.contracts.camel import CamelSchema
from shared.contracts.email_addresses import LONGEST, IsAddress
from shared.contracts.paging import PageArgs, page_of
from shared.contracts.strict import Flag, StrictSchema, line
from shared.ground.principal import ROLES


class PersonSchema(CamelSchema):
    """A person of the tenant; an `owner` anywhere is a person's id."""

    id = fields.String(required=True)
    tenant_id = fields.String(required=True)
    name = fields.String(required=True)
    email = fields.String(required=True)
    role = fields.String(required=True)
    roles = fields.List(fields.String(), required=True)
    active = fields.Boolean(required=True)
    created_at = Moment(required=True)
    version = fields.Integer(required=True)


PersonPage = page_of(PersonSchema)


class PeopleArgs(PageArgs, TenantArgs):
    """Which people."""


class NewPerson(StrictSchema):
    """A person to add."""

    name = line(200, required=True)
    email = fields.String(
        required=True, validate=[validate.Length(max=LONGEST), IsAddress()], metadata={"format": "email"}
    )
    role = fields.String(load_default="member", validate=validate.OneOf(ROLES))


class PersonChange(StrictSchema):
    """What to change about a person."""

    name = line(200)
    role = fields.String(validate=validate.OneOf(ROLES))
    active = Flag()


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


class InvitationSchema(CamelSchema):
    """An invitation; `link` is in the answer that made it, and null afterwards. `mail` is the AI task that sends it."""

    person_id = fields.String(required=True)
    sent_at = Moment(required=True)
    expires_at = Moment(required=True)
    used_at = Moment(required=True, allow_none=True)
    state = fields.String(required=True, validate=validate.OneOf(("open", "used", "expired")))
    mail = fields.String(required=True)
    link = fields.String(required=True, allow_none=True)
