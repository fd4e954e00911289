"""The interface of a CRM, and its errors. Each CRM is a module beside this one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from shared.ground.json_types import JsonObject


class CrmError(Exception):
    """An error of the CRM: its code, its message, and the fields that it blames.

    After a TIMEOUT it is unknown whether the change was made; with any other code the CRM says that it was not.
    """

    def __init__(self, code: str, message: str, fields: Sequence[str] = ()) -> None:
        super().__init__(f"{code}: {message}" + (f" (field {', '.join(fields)})" if fields else ""))
        self.code = code
        self.fields = tuple(fields)


class LookUpNotAnswered(Exception):
    """The CRM cannot be asked by key whether a change was made."""


class Crm(Protocol):
    """A CRM. `key` and `fence` are those of the effect: the CRM stores the key with the change, and refuses a fence
    that it has closed."""

    def opportunity(self, tenant_id: str, opportunity_id: str) -> JsonObject | None:
        """The opportunity with its fields and activities, or None."""

    def change_primary_contact(
        self,
        tenant_id: str,
        opportunity_id: str,
        *,
        contact_id: str,
        previous_id: str,
        activity: dict[str, str],
        key: str,
        fence: int,
    ) -> JsonObject:
        """In one transaction: the new primary contact, the previous one, and an activity for the audit trail.

        Writes nothing when the contact is primary already. Returns `{changed, opportunityId, primaryContact,
        previousContact, replaced, activityId}`. CrmError.
        """

    def log_activity(
        self, tenant_id: str, opportunity_id: str, *, activity: dict[str, str], key: str, fence: int
    ) -> JsonObject:
        """Log an activity; returns `{opportunityId, activityId}`. CrmError."""

    def look_up(self, tenant_id: str, key: str, fence: int) -> JsonObject | None:
        """What the tenant's change with this key returned, or None when there was none.

        None also promises that later changes with a smaller fence are refused. LookUpNotAnswered, CrmError.
        """
