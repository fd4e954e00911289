"""A person's notifications: listed, counted, read."""

from __future__ import annotations

from datetime import datetime

from services.monitor.models import feed, notices
from services.monitor.models.notices import Notification
from shared import keyset
from shared.acts import By
from shared.contracts.paging import Page
from shared.errors import NotFound

UNREAD_UP_TO = 100
"""The bell counts no further."""


def find_all(by: By, *, unread: bool = False, limit: int = 20, offset: int = 0, cursor: str | None = None) -> Page:
    """A page of what this person was told, newest first; each with `read_at`."""
    query = notices.of_person(by.tenant_id, by.id, unread=unread)
    return keyset.page(query, notices.NEWEST_FIRST, limit=limit, offset=offset, cursor=cursor)


def unread(by: By) -> int:
    """How much of it this person has not read, counted up to UNREAD_UP_TO."""
    return notices.unread(by.tenant_id, by.id, UNREAD_UP_TO)


def read(by: By, notification_id: str, *, now: datetime) -> Notification:
    """Note that this person has read it; a second time changes nothing. NotFound when it is not for them."""
    found = notices.visible(by.tenant_id, by.id, notification_id)
    if found is None:
        raise NotFound("There is no such notification.")
    with feed.transaction():
        notices.read(by.tenant_id, by.id, [found.id], now)
    return found


def read_all(by: By, *, now: datetime) -> int:
    """Note that this person has read all there is; how many they had not."""
    with feed.transaction():
        left = notices.unread_ids(by.tenant_id, by.id)
        notices.read(by.tenant_id, by.id, left, now)
    return len(left)
