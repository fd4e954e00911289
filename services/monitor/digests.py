"""The daily digest: what a person was told since the last one and has not read, as one mail that the executor sends."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from services.monitor import notifying
from services.monitor.models import feed, notices, outgoing_requests, people
from services.monitor.models.notices import Notification
from services.monitor.models.notification_settings import NotificationSetting, due_digests
from services.monitor.models.people import Person
from services.monitor.notifying import Settings
from shared.ground import ids
from shared.ground.principal import Principal

PROCESSOR = "send-email"
PRIORITY = 3
MOST = 100
"""How many notifications one digest tells of, the newest."""

LONGEST_LINE = 200


def send_due(now: datetime, console_url: str) -> int:
    """Ask for the digests that are due, each once, whoever else is doing so. Returns how many people's hour had come."""
    return due_digests.fire(now, lambda row: _send(row, now, console_url))


def _send(row: NotificationSetting, now: datetime, console_url: str) -> bool:
    """Take this due time and ask for the mail, in one transaction; no mail when there is nothing to tell, or when the
    person may no longer come in. False when another worker was first."""
    settings = Settings(tuple(row.muted), tuple(row.mailed), row.digest_hour, row.time_zone)
    following = notifying.next_digest(settings, now) or now
    with feed.transaction():
        if not due_digests.take(row, following, told_until=now):
            return False
        person = people.person(row.tenant_id, row.person_id)
        unread = _untold(row, now) if person is not None and person.active else []
        if person is not None and unread:
            outgoing_requests.request_ai_tasks([_mail(row, person, unread, now, console_url)])
    return True


def _untold(row: NotificationSetting, now: datetime) -> list[Notification]:
    """What came since the last digest, of the kinds that it tells, and was not read."""
    query = notices.of_person(row.tenant_id, row.person_id, unread=True)
    since = query.where(Notification.created_at > row.told_until, Notification.created_at <= now)
    return list(
        since.where(Notification.kind.in_(list(row.mailed))).order_by(Notification.created_at.desc()).limit(MOST)
    )


def _mail(
    row: NotificationSetting, person: Person, unread: Sequence[Notification], now: datetime, console_url: str
) -> dict[str, Any]:
    """The request for the mail. Its id follows from the person and the due time, so that it is one mail."""
    due = str(row.next_due_at)
    return {
        "id": ids.named("digest", person.id, due),
        "tenant_id": row.tenant_id,
        "title": f"Daily digest for {person.name}",
        "processor": PROCESSOR,
        "metadata": {
            "to": [{"name": person.name, "email": person.email}],
            "subject": f"Tandem: {len(unread)} new {'notification' if len(unread) == 1 else 'notifications'}",
            "body": body(unread, console_url),
        },
        "priority": PRIORITY,
        "subject": None,
        "source_kind": "digest",
        "source_id": person.id,
        "retry_of": None,
        "by": Principal.service("monitor", row.tenant_id).as_json(),
        "created_at": now,
    }


def body(unread: Sequence[Notification], console_url: str) -> str:
    """The text of the mail: what happened by kind, the newest first, with addresses in the console."""
    parts = []
    for kind, name in notifying.KINDS.items():
        lines = [_line(notice, console_url) for notice in unread if notice.kind == kind]
        if lines:
            parts.append("\n".join([f"{name} ({len(lines)})", *lines]))
    foot = f"All of them: {console_url}/app/notifications\nWhat is mailed, and when: {console_url}/app/notifications/settings"
    return "\n\n".join([*parts, foot])


def _line(notice: Notification, console_url: str) -> str:
    text = f"{notice.title}. {notice.body}".strip()[:LONGEST_LINE]
    return f"- {text}" + (f"\n  {console_url}{notice.link}" if notice.link else "")
