"""A CRM in a SQLite file; it stands in for an external system, and fails on demand."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from services.executor import fault_injection
from services.executor.providers.crm import CrmError, LookUpNotAnswered
from services.executor.providers.sandbox_crm_tables import MESSAGES, TABLES, WITHOUT_TENANT, add_tenants
from services.executor.providers.sqlite_file import SqliteFile
from shared.ground.errors import Unavailable
from shared.ground.json_types import JsonObject

CHANGED_FIELD = "Primary_Contact__c"


class SandboxCrm:
    """See `Crm`. Changes are committed here, between the executor's intent and its outcome, as in any external system.

    It refuses a closed fence, but does not look whether a key was used: a change that is sent twice is stored twice, so
    that a doubled effect can be seen.
    """

    def __init__(self, path: Path, *, read_clock: Callable[[], datetime], answers_lookups: bool = True) -> None:
        self.path = path
        self.read_clock = read_clock
        self.answers_lookups = answers_lookups
        self._file = SqliteFile("The sandbox CRM", path, TABLES, add_tenants)

    def opportunity(self, tenant_id: str, opportunity_id: str) -> JsonObject | None:
        """The record under the CRM's own field names, with its last 100 activities, newest first; None before the
        first change."""
        with self._file.transaction("DEFERRED") as crm:
            row = crm.execute(
                "SELECT primary_contact, previous_contact, modified_at FROM opportunity WHERE tenant_id=? AND id=?",
                (tenant_id, opportunity_id),
            ).fetchone()
            if row is None:
                return None
            activities = crm.execute(
                "SELECT id, subject, description, key, at FROM activity WHERE tenant_id=? AND opportunity_id=?"
                " ORDER BY id DESC LIMIT 100",
                (tenant_id, opportunity_id),
            ).fetchall()
        return {
            "id": opportunity_id,
            "Name": f"Opportunity {opportunity_id}",
            CHANGED_FIELD: row[0],
            "Previous_Contact__c": row[1],
            "LastModifiedDate": row[2],
            "activities": [
                {"id": _task_id(row[0]), "Subject": row[1], "Description": row[2], "key": row[3], "CreatedDate": row[4]}
                for row in activities
            ],
        }

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
        """See `Crm`."""

        def change(crm: sqlite3.Connection) -> JsonObject:
            before = self._touch(crm, tenant_id, opportunity_id)
            changed = before != contact_id
            if changed:
                crm.execute(
                    "UPDATE opportunity SET primary_contact=?, previous_contact=?, modified_at=?"
                    " WHERE tenant_id=? AND id=?",
                    (contact_id, before or previous_id, self._moment(), tenant_id, opportunity_id),
                )
            return {
                "changed": changed,
                "opportunityId": opportunity_id,
                "primaryContact": contact_id,
                "previousContact": (before or previous_id) if changed else previous_id,
                "replaced": before,
                "activityId": self._log(crm, tenant_id, opportunity_id, activity, key, fence) if changed else None,
            }

        return self._change(tenant_id, opportunity_id, key, fence, change)

    def log_activity(
        self, tenant_id: str, opportunity_id: str, *, activity: dict[str, str], key: str, fence: int
    ) -> JsonObject:
        """See `Crm`."""

        def change(crm: sqlite3.Connection) -> JsonObject:
            self._touch(crm, tenant_id, opportunity_id)
            return {
                "opportunityId": opportunity_id,
                "activityId": self._log(crm, tenant_id, opportunity_id, activity, key, fence),
            }

        return self._change(tenant_id, opportunity_id, key, fence, change)

    def look_up(self, tenant_id: str, key: str, fence: int) -> JsonObject | None:
        """See `Crm`. It closes the key for every lesser fence, so that a late sender is refused."""
        if not self.answers_lookups:
            raise LookUpNotAnswered("the sandbox CRM does not answer look-ups (TANDEM_CRM_ANSWERS_LOOKUPS is off)")
        with self._file.transaction() as crm:
            crm.execute(
                "INSERT INTO closed_key_of_tenant (tenant_id, key, fence) VALUES (?, ?, ?)"
                " ON CONFLICT (tenant_id, key) DO UPDATE SET fence=max(fence, excluded.fence)",
                (tenant_id, key, fence),
            )
            row = crm.execute(
                "SELECT body FROM answer WHERE key=? AND tenant_id IN (?, ?) ORDER BY id LIMIT 1",
                (key, tenant_id, WITHOUT_TENANT),
            ).fetchone()
        return json.loads(row[0]) if row else None

    def fail(
        self,
        tenant_id: str,
        opportunity_id: str,
        *,
        error: str,
        times: int,
        after_commit: bool,
        fields: Sequence[str] = (),
    ) -> None:
        """Fail the next `times` changes of this opportunity, before or after their commit. 0 ends it."""
        with self._file.transaction() as crm:
            crm.execute("DELETE FROM fault WHERE tenant_id=? AND opportunity_id=?", (tenant_id, opportunity_id))
            crm.execute(
                "INSERT INTO fault (tenant_id, opportunity_id, error, fields, times_left, after_commit)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (tenant_id, opportunity_id, error, json.dumps(list(fields)), times, after_commit),
            )

    def _change(
        self,
        tenant_id: str,
        opportunity_id: str,
        key: str,
        fence: int,
        change: Callable[[sqlite3.Connection], JsonObject],
    ) -> JsonObject:
        fault = self._next_fault(tenant_id, opportunity_id)
        if fault and not fault[2]:
            raise _error(fault)
        with self._changing() as crm:
            closed = crm.execute(
                "SELECT max(fence) FROM closed_key_of_tenant WHERE key=? AND tenant_id IN (?, ?)",
                (key, tenant_id, WITHOUT_TENANT),
            ).fetchone()[0]
            if closed is not None and fence < closed:
                raise CrmError(
                    "STALE_REQUEST",
                    "A later sender has asked about this key; this request came too late and changed nothing.",
                )
            outcome = change(crm)
            crm.execute(
                "INSERT INTO answer (tenant_id, key, fence, body) VALUES (?, ?, ?, ?)",
                (tenant_id, key, fence, json.dumps(outcome)),
            )
        fault_injection.reached("after-outside-change")
        if fault:
            raise _error(fault)
        return outcome

    @contextmanager
    def _changing(self) -> Iterator[sqlite3.Connection]:
        """One transaction of a change. CrmError when it cannot begin: then it is known that nothing was changed."""
        try:
            with self._file.transaction() as crm:
                yield crm
        except Unavailable as error:
            raise CrmError("SERVER_UNAVAILABLE", error.message) from error

    def _next_fault(self, tenant_id: str, opportunity_id: str) -> tuple[str, str, int] | None:
        with self._changing() as crm:
            return crm.execute(
                "UPDATE fault SET times_left = times_left - 1 WHERE tenant_id=? AND opportunity_id=? AND times_left > 0"
                " RETURNING error, fields, after_commit",
                (tenant_id, opportunity_id),
            ).fetchone()

    def _touch(self, crm: sqlite3.Connection, tenant_id: str, opportunity_id: str) -> str | None:
        """Create the opportunity if needed. Returns its primary contact."""
        crm.execute(
            "INSERT INTO opportunity (tenant_id, id, modified_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
            (tenant_id, opportunity_id, self._moment()),
        )
        return crm.execute(
            "SELECT primary_contact FROM opportunity WHERE tenant_id=? AND id=?", (tenant_id, opportunity_id)
        ).fetchone()[0]

    def _log(
        self,
        crm: sqlite3.Connection,
        tenant_id: str,
        opportunity_id: str,
        activity: dict[str, str],
        key: str,
        fence: int,
    ) -> str:
        cursor = crm.execute(
            "INSERT INTO activity (tenant_id, opportunity_id, subject, description, key, fence, at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (tenant_id, opportunity_id, activity["subject"], activity["description"], key, fence, self._moment()),
        )
        return _task_id(cursor.lastrowid or 0)

    def _moment(self) -> str:
        return self.read_clock().isoformat().replace("+00:00", "Z")


def _task_id(number: int) -> str:
    """An id as the CRM's own tasks have: the prefix 00T and 15 more."""
    return f"00T{number:015d}"


def _error(fault: tuple[str, str, int]) -> CrmError:
    code, fields, _ = fault
    return CrmError(code, MESSAGES.get(code, "The CRM refused the request."), json.loads(fields))
