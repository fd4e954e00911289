"""What people want to be told, in the console and by the daily digest."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from peewee import SQL, IntegerField, TextField

from services.monitor.models import Table, feed
from shared.database.fields import IdField, JsonField, UtcDateTime
from shared.database.model import Columns
from shared.process.scheduling import DueRows


class NotificationSetting(Table):
    """The settings of one person; who has no row is told everything in the console, and nothing by e-mail."""

    person_id = IdField()
    tenant_id = TextField()
    muted = JsonField()  #: The kinds that are not shown in the console.
    mailed = JsonField()  #: The kinds that the digest tells.
    digest_hour = IntegerField(null=True)  #: The hour of the day at which the digest is sent; None for no digest.
    time_zone = TextField()
    told_until = UtcDateTime()  #: What came until then was in a digest, or is too old for one.
    next_due_at = UtcDateTime(null=True)
    failures = IntegerField()
    not_before = UtcDateTime(null=True)


DUE = SQL("next_due_at IS NOT NULL")
NotificationSetting.add_index(
    NotificationSetting.index(NotificationSetting.next_due_at, where=DUE, name="notification_setting_due")
)
due_digests = DueRows(NotificationSetting, feed, only=DUE)


def of_person(tenant_id: str, person_id: str) -> NotificationSetting | None:
    """The settings of a person; None if they have chosen nothing."""
    return NotificationSetting.for_tenant(tenant_id).where(NotificationSetting.person_id == person_id).first()


def write(tenant_id: str, person_id: str, now: datetime, **columns: Any) -> None:
    """Write a person's settings. What came before the first of them is in no digest."""
    row: Columns = {"failures": 0, "not_before": None, **columns}
    new = {"person_id": person_id, "tenant_id": tenant_id, "told_until": now, **row}
    NotificationSetting.insert(new).on_conflict(
        conflict_target=[NotificationSetting.person_id],
        update={getattr(NotificationSetting, name): value for name, value in row.items()},
        where=NotificationSetting.tenant_id == tenant_id,
    ).execute()
