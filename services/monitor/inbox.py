"""A person's notifications: listed, counted, read."""

from __future__ import annotations

from datetime import datetime

from services.monitor import notifying
from services.monitor.models import feed, notices
from services.monitor.models.notices import Notification
from shared.contracts.paging import Page
from shared.database import pagination
from shared.ground.errors import NotFound
from shared.ground.principal import Principal

UNREAD_UP_TO = 100
"""The number up to which the bell counts; it shows this one as "99+"."""

UNREAD_AMONG = 500
"""The bell is on every page, so it only counts among this many of the newest of a person's own notifications, and as
many of those for the whole tenant."""


def find_all(
    by: Principal,
    *,
    unread: bool = False,
    limit: int = 20,
    offset: int = 0,
    cursor: str | None = None,
    counted: bool = True,
) -> Page:
    """A page of this person's notifications, newest first, each with `read_at`; with `counted=False` without their
    number."""
    query = notices.of_person(by.tenant_id, by.id, unread=unread, muted=notifying.muted(by.tenant_id, by.id))
    return pagination.page(query, notices.NEWEST_FIRST, limit=limit, offset=offset, cursor=cursor, counted=counted)


def unread(by: Principal) -> int:
    """How many of a person's newest notifications (UNREAD_AMONG) are unread, counted up to UNREAD_UP_TO."""
    muted = notifying.muted(by.tenant_id, by.id)
    return notices.unread(by.tenant_id, by.id, UNREAD_AMONG, UNREAD_UP_TO, muted)


def read(by: Principal, notification_id: str, *, now: datetime) -> Notification:
    """Mark a notification as read by this person, with those that are told in one line with it; a second time changes
    nothing. NotFound when it is not for them."""
    notification = notices.visible(by.tenant_id, by.id, notification_id)
    if notification is None:
        raise NotFound("There is no such notification.")
    with feed.transaction():
        notices.read(by.tenant_id, by.id, notices.of_group(by.tenant_id, by.id, notification), now)
    return notification


def read_all(by: Principal, *, now: datetime) -> int:
    """Mark all notifications as read by this person. Returns how many were unread."""
    with feed.transaction():
        left = notices.unread_ids(by.tenant_id, by.id)
        notices.read(by.tenant_id, by.id, left, now)
    return len(left)
