"""What people are told and what was done: notifications, who has read them, and the trail of all contexts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import peewee
from peewee import CompositeKey, TextField, fn

from services.monitor.models import Table, feed, within
from shared import clock, statements
from shared.columns import IdField, JsonField, UtcDateTime


class Notification(Table):
    """One thing that a person should know; without a recipient it is for everybody of the tenant."""

    id = IdField()
    tenant_id = TextField()
    recipient_id = TextField(null=True)
    kind = TextField()
    title = TextField()
    body = TextField()
    link = TextField(null=True)
    source = TextField()
    created_at = UtcDateTime()

    def as_row(self) -> dict[str, Any]:
        """What a live change carries."""
        return {
            "id": self.id,
            "tenantId": self.tenant_id,
            "recipientId": self.recipient_id,
            "kind": self.kind,
            "title": self.title,
            "body": self.body,
            "link": self.link,
            "createdAt": clock.rfc3339(self.created_at),
        }


class NotificationRead(Table):
    """That a person has read a notification."""

    person_id = TextField()
    notification_id = TextField()
    tenant_id = TextField()
    at = UtcDateTime()

    class Meta:
        primary_key = CompositeKey("person_id", "notification_id")


class TrailAct(Table):
    """One act of any context, as it was done; never changed."""

    id = IdField()
    tenant_id = TextField()
    at = UtcDateTime()
    source = TextField()
    by_kind = TextField()
    by_id = TextField()
    by_name = TextField()
    verb = TextField()
    subject_kind = TextField()
    subject_id = TextField()
    reason = TextField(null=True)
    details = JsonField(null=True)
    request_id = TextField()

    @property
    def by(self) -> dict[str, str]:
        """Who did it, as acts travel."""
        return {"kind": self.by_kind, "id": self.by_id, "name": self.by_name}


Notification.add_index(
    Notification.index(Notification.tenant_id, Notification.created_at, Notification.id, name="notification_newest")
)
Notification.add_index(
    Notification.index(
        Notification.tenant_id,
        Notification.recipient_id,
        Notification.created_at,
        Notification.id,
        name="notification_of_person",
    )
)
TrailAct.add_index(TrailAct.index(TrailAct.tenant_id, TrailAct.at, TrailAct.id, name="trail_act_newest"))
TrailAct.add_index(TrailAct.index(TrailAct.tenant_id, TrailAct.subject_id, TrailAct.at, name="trail_act_of_subject"))

NEWEST_FIRST = [(Notification.created_at, "desc"), (Notification.id, "desc")]
TRAIL_NEWEST_FIRST = [(TrailAct.at, "desc"), (TrailAct.id, "desc")]


def tell(**values: Any) -> None:
    """Write a notification and mark it, unless the one of this id is there already."""
    if statements.insert_if_new(Notification, values):
        feed.mark("notification", values["id"], values["tenant_id"])


def _for(tenant_id: str, person_id: str) -> Any:
    """The notifications that a person of this tenant may see."""
    return within(Notification, tenant_id) & (
        (Notification.recipient_id == person_id) | Notification.recipient_id.is_null()
    )


def of_person(tenant_id: str, person_id: str, *, unread: bool) -> Any:
    """The query behind a person's notifications, each row with its `read_at`."""
    query = (
        Notification.select(Notification, NotificationRead.at.alias("read_at"))
        .join(NotificationRead, peewee.JOIN.LEFT_OUTER, on=_read_by(person_id))
        .where(_for(tenant_id, person_id))
        .objects()
    )
    return query.where(NotificationRead.at.is_null()) if unread else query


def unread(tenant_id: str, person_id: str, most: int) -> int:
    """How many notifications a person has not read, counted up to `most`."""
    return _unread(tenant_id, person_id).limit(most).count()


def _unread(tenant_id: str, person_id: str) -> Any:
    seen = NotificationRead.select(NotificationRead.person_id).where(_read_by(person_id))
    return Notification.select(Notification.id).where(_for(tenant_id, person_id), ~fn.EXISTS(seen))


def _read_by(person_id: str) -> Any:
    return (NotificationRead.notification_id == Notification.id) & (NotificationRead.person_id == person_id)


def visible(tenant_id: str, person_id: str, notification_id: str) -> Notification | None:
    """This notification, if it is for this person."""
    return Notification.get_or_none(_for(tenant_id, person_id), Notification.id == notification_id)


def read(tenant_id: str, person_id: str, notification_ids: Sequence[str], now: datetime) -> None:
    """Note that a person has read these; what was read before stays read since then."""
    rows = [
        {"person_id": person_id, "notification_id": each, "tenant_id": tenant_id, "at": now}
        for each in notification_ids
    ]
    for start in range(0, len(rows), 500):
        NotificationRead.insert_many(rows[start : start + 500]).on_conflict_ignore().execute()


def unread_ids(tenant_id: str, person_id: str) -> list[str]:
    """The ids of all that a person has not read."""
    return [row.id for row in _unread(tenant_id, person_id)]


def copy_act(**values: Any) -> None:
    """Add an act to the trail, unless it is there already."""
    statements.insert_if_new(TrailAct, values)


def trail(tenant_id: str, *, subject_id: str | None = None, by_id: str | None = None) -> Any:
    """The query behind the trail: of one subject or one actor, if asked."""
    query = TrailAct.select().where(within(TrailAct, tenant_id))
    if subject_id:
        query = query.where(TrailAct.subject_id == subject_id)
    if by_id:
        query = query.where(TrailAct.by_id == by_id)
    return query


@feed.snapshot("notification")
def _snapshots(wanted: list[str]) -> dict[str, dict[str, Any]]:
    return {row.id: row.as_row() for row in Notification.select().where(Notification.id.in_(wanted))}
