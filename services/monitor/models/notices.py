"""Notifications, and who has read them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import peewee
from peewee import CompositeKey, TextField, fn

from services.monitor.models import Table, database, feed
from shared.database import statements
from shared.database.fields import IdField, UtcDateTime
from shared.database.model import Columns
from shared.ground import clock
from shared.ground.json_types import JsonObject
from shared.ground.settings import Settings
from shared.process.retention import Retention

ONE = peewee.SQL("1")


class Notification(Table):
    """One notification. Without a recipient it is for every person of the tenant."""

    id = IdField()
    tenant_id = TextField()
    recipient_id = TextField(null=True)
    kind = TextField()
    title = TextField()
    body = TextField()
    link = TextField(null=True)
    source = TextField()
    created_at = UtcDateTime()
    by_id = TextField(null=True)  #: Who caused it, and is not told of it.
    group_id = TextField(null=True)  #: The run that it is of, if those of one run are told in one line.

    def as_row(self) -> JsonObject:
        """The notification as a live event carries it."""
        return {
            "id": self.id,
            "tenantId": self.tenant_id,
            "recipientId": self.recipient_id,
            "kind": self.kind,
            "title": self.title,
            "body": self.body,
            "link": self.link,
            "createdAt": clock.rfc3339(self.created_at),
            "groupId": self.group_id,
            "byId": self.by_id,
        }


class NotificationRead(Table):
    """Records that a person has read a notification."""

    person_id = TextField()
    notification_id = TextField()
    tenant_id = TextField()
    at = UtcDateTime()

    class Meta:
        primary_key = CompositeKey("person_id", "notification_id")


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
Notification.add_index(
    Notification.index(
        Notification.tenant_id,
        Notification.group_id,
        where=Notification.group_id.is_null(False),
        name="notification_of_group",
    )
)
Notification.add_index(Notification.index(Notification.created_at, name="notification_age"))
NotificationRead.add_index(NotificationRead.index(NotificationRead.at, name="notification_read_age"))

NEWEST_FIRST = [(Notification.created_at, "desc"), (Notification.id, "desc")]


def publish(rows: Sequence[Columns]) -> None:
    """Write notifications and mark them as changed, except those whose id exists already."""
    tenants = {row["id"]: row["tenant_id"] for row in rows}
    for notification_id in statements.insert_all_new(Notification, rows, "id"):
        feed.mark("notification", notification_id, tenants[notification_id])


def _for(tenant_id: str, person_id: str, *columns: Any) -> Any:
    """The query for the notifications that a person of this tenant may see."""
    theirs = (Notification.recipient_id == person_id) | _everybodys(person_id)
    return Notification.for_tenant(tenant_id, *columns).where(theirs)


def _everybodys(person_id: str) -> Any:
    """The condition of those for the whole tenant that this person has not caused."""
    by_another = Notification.by_id.is_null() | (Notification.by_id != person_id)
    return Notification.recipient_id.is_null() & by_another


def of_person(tenant_id: str, person_id: str, *, unread: bool, muted: Sequence[str] = ()) -> Any:
    """The query behind a person's notifications, without those of the `muted` kinds, each row with its `read_at`."""
    query = (
        _for(tenant_id, person_id, Notification, NotificationRead.at.alias("read_at"))
        .join(NotificationRead, peewee.JOIN.LEFT_OUTER, on=_read_by(person_id))
        .objects()
    )
    query = query.where(Notification.kind.not_in(list(muted))) if muted else query
    return query.where(NotificationRead.at.is_null()) if unread else query


def came_between(
    tenant_id: str, person_id: str, kinds: Sequence[str], after: datetime, until: datetime, most: int
) -> list[Notification]:
    """The newest notifications of these kinds that came to a person in this time, and that they have not read."""
    query = of_person(tenant_id, person_id, unread=True).where(
        Notification.created_at > after, Notification.created_at <= until, Notification.kind.in_(list(kinds))
    )
    return list(query.order_by(Notification.created_at.desc()).limit(most))


def unread(tenant_id: str, person_id: str, among: int, most: int, muted: Sequence[str] = ()) -> int:
    """How many a person has not read of their newest `among` notifications and of the newest `among` for the whole
    tenant, counted up to `most`; those of one kind and one run count once. The bounds keep this cheap, because the bell
    is on every page."""
    newest = _newest(tenant_id, person_id, among, muted).alias("newest")
    seen = NotificationRead.for_tenant(tenant_id, ONE).where(
        NotificationRead.notification_id == newest.c.id, NotificationRead.person_id == person_id
    )
    left = peewee.Select([newest], [newest.c.kind, newest.c.group_id, newest.c.id]).where(~fn.EXISTS(seen))
    lines = {(kind, group or own) for kind, group, own in left.bind(database).tuples()}
    return min(len(lines), most)


def _newest(tenant_id: str, person_id: str, most: int, muted: Sequence[str]) -> Any:
    """The newest of a person's own notifications and the newest of those for the whole tenant, each read from its index."""
    columns = Notification.id.alias("id"), Notification.kind.alias("kind"), Notification.group_id.alias("group_id")
    parts = [
        Notification.for_tenant(tenant_id, *columns)
        .where(whose, Notification.kind.not_in(list(muted) or [""]))
        .order_by(Notification.created_at.desc(), Notification.id.desc())
        .limit(most)
        .alias(f"of_{place}")
        for place, whose in enumerate((Notification.recipient_id == person_id, _everybodys(person_id)))
    ]
    own, everybodys = (peewee.Select([part], [part.c.id, part.c.kind, part.c.group_id]) for part in parts)
    return own + everybodys


def _unread(tenant_id: str, person_id: str) -> Any:
    seen = NotificationRead.for_tenant(tenant_id, ONE).where(_read_by(person_id))
    return _for(tenant_id, person_id, Notification.id).where(~fn.EXISTS(seen))


def _read_by(person_id: str) -> Any:
    return (NotificationRead.notification_id == Notification.id) & (NotificationRead.person_id == person_id)


def visible(tenant_id: str, person_id: str, notification_id: str) -> Notification | None:
    """This notification if it is for this person, else None."""
    return _for(tenant_id, person_id).where(Notification.id == notification_id).first()


def read(tenant_id: str, person_id: str, notification_ids: Sequence[str], now: datetime) -> None:
    """Mark these as read by a person; those that were read already keep their time."""
    rows = [
        {"person_id": person_id, "notification_id": each, "tenant_id": tenant_id, "at": now}
        for each in notification_ids
    ]
    for start in range(0, len(rows), 500):
        NotificationRead.insert_many(rows[start : start + 500]).on_conflict_ignore().execute()


def of_group(tenant_id: str, person_id: str, notice: Notification) -> list[str]:
    """The ids of the notifications to this person that are told in one line with this one, itself included."""
    if notice.group_id is None:
        return [notice.id]
    same = (Notification.group_id == notice.group_id) & (Notification.kind == notice.kind)
    return [row.id for row in _for(tenant_id, person_id, Notification.id).where(same)]


def unread_ids(tenant_id: str, person_id: str) -> list[str]:
    """The ids of all notifications that a person has not read."""
    return [row.id for row in _unread(tenant_id, person_id)]


@feed.snapshot("notification")
def _snapshots(wanted: list[str]) -> dict[str, JsonObject]:
    # The feed reads the notifications of all tenants, and each snapshot says whose it is.
    return {row.id: row.as_row() for row in Notification.of_all_tenants().where(Notification.id.in_(wanted))}


def retention_rules(settings: Settings) -> tuple[Retention, ...]:
    """The retention of notifications and read marks."""
    return (
        Retention(Notification.created_at, settings.keep_notifications_days, "notification"),
        Retention(NotificationRead.at, settings.keep_notifications_days),
    )
