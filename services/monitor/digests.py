"""The daily digest: what a person was told since the last one and has not read, as one mail that the executor sends."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from services.monitor import mails, notifying
from services.monitor.models import feed, notices, outgoing_requests, people
from services.monitor.models.notices import Notification
from services.monitor.models.notification_settings import NotificationSetting, due_digests
from services.monitor.models.people import Person
from services.monitor.notifying import Settings
from shared.ground import ids
from shared.ground.principal import Principal

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
        is_here = person is not None and person.active
        unread = (
            notices.came_between(row.tenant_id, row.person_id, row.mailed, row.told_until, now, MOST) if is_here else []
        )
        if person is not None and unread:
            outgoing_requests.request_ai_tasks([_mail(row, person, unread, now, console_url)])
    return True


def _mail(
    row: NotificationSetting, person: Person, unread: Sequence[Notification], now: datetime, console_url: str
) -> dict[str, Any]:
    """The request for the mail. Its id follows from the person and the due time, so that it is one mail."""
    task_id, title = ids.named("digest", person.id, str(row.next_due_at)), f"Daily digest for {person.name}"
    subject = f"Tandem: {len(unread)} new {'notification' if len(unread) == 1 else 'notifications'}"
    text = {"subject": subject, "body": body(unread, console_url)}
    by = Principal.service("monitor", row.tenant_id)
    return mails.request(task_id, person, title, text, source="digest", priority=PRIORITY, by=by, now=now)


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
    leads_here = notice.link and notice.link.startswith("/")
    return f"- {text}" + (f"\n  {console_url}{notice.link}" if leads_here else "")
