"""Who is told of what: none of one's own acts, failures also to who answers for them, and what people have chosen."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from services.monitor import digests, inbox, notifying, seeding
from services.monitor.models import feed, notices, outgoing_requests, people
from services.monitor.models.notification_settings import NotificationSetting
from services.monitor.notifying import Settings
from services.monitor.people import change as change_person
from shared.ground.errors import Invalid
from shared.ground.principal import Principal
from tests.conftest import NOON
from tests.monitor.conftest import execution, notification
from tests.monitor.test_projecting import tell

PLAN = {"service": "workflows", "kind": "workflow-execution", "id": "execution-1"}
RUN = {"service": "runs", "kind": "guided-run", "id": "run-1"}
TASK = {"kind": "ai_task", "id": "t", "name": "Update contact"}
CONSOLE = "https://tandem.test"


@pytest.fixture
def who(monitor):
    """`who("ana")` -> the sample person of this name."""
    seeding.seed(NOON)

    def find(name):
        person = people.person_by_email(f"{name}@demo.tandem.test")
        return Principal("person", person.id, person.name, "demo", roles=frozenset({person.role}))

    return find


def ask(number, **fields):
    tell("notification-request", notification(number, **fields))


def told(by, **options):
    return [notice.title for notice in inbox.find_all(by, **options).items]


def test_nobody_is_told_of_what_they_did_themselves(who):
    ana, max_ = who("ana"), who("max")
    by_ana = {"kind": "person", "id": ana.id, "name": ana.name}
    ask(1, recipientId=ana.id, kind="plan_ready", title="Own plan", by=by_ana)
    ask(2, recipientId=ana.id, kind="plan_ready", title="Max's plan", by=by_ana | {"id": max_.id})
    ask(3, recipientId=None, kind="workflow_started", title="For all", by=by_ana)
    assert (told(ana), told(max_)) == (["Max's plan"], ["For all"])
    assert (inbox.unread(ana), inbox.unread(max_)) == (1, 1)


def test_a_mail_of_a_guided_run_is_told_only_when_it_fails(who):
    ana = who("ana")
    ask(1, recipientId=ana.id, kind="task_done", title="Done: E-mail", source=RUN, by=TASK)
    ask(2, recipientId=ana.id, kind="task_failed", title="Failed: E-mail", source=RUN, by=TASK)
    assert told(ana) == ["Failed: E-mail"]


def test_a_failure_reaches_the_owner_and_who_answers_for_failures_each_once(who):
    ana, dev, olga, max_ = who("ana"), who("dev"), who("olga"), who("max")
    tell("workflow-execution", execution(1, owner=max_.id))
    for _ in range(2):
        ask(1, recipientId=ana.id, kind="task_failed", title="Failed: Update", source=PLAN, by=TASK)
    assert [told(person) for person in (ana, dev, olga, max_)] == [["Failed: Update"]] * 4
    ask(2, recipientId=ana.id, kind="task_done", title="Done: Update", source=PLAN, by=TASK)
    assert told(dev) == ["Failed: Update"]


def test_those_of_one_plan_count_once_and_are_read_together(who):
    ana = who("ana")
    for number in (1, 2, 3):
        ask(number, recipientId=ana.id, title=f"Done: {number}", source=PLAN, by=TASK)
    ask(4, recipientId=ana.id, title="Done: Alone", by=TASK)
    assert inbox.unread(ana) == 2
    inbox.read(ana, "notification-2", now=NOON)
    assert (inbox.unread(ana), told(ana, unread=True)) == (1, ["Done: Alone"])
    assert notices.NotificationRead.select().count() == 3


def test_what_a_person_mutes_is_not_shown_and_not_counted(who):
    ana = who("ana")
    ask(1, recipientId=ana.id, kind="task_done", title="Done", by=TASK)
    ask(2, recipientId=ana.id, kind="mention", title="Mention", by=TASK)
    notifying.choose(Settings(muted=("task_done",)), by=ana, now=NOON)
    assert (told(ana), inbox.unread(ana)) == (["Mention"], 1)
    assert notifying.settings_of(ana).muted == ("task_done",)
    assert told(who("max")) == []


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (Settings(time_zone="Mars/Base"), "timeZone"),
        (Settings(digest_hour=24), "digestHour"),
        (Settings(muted=("gossip",)), "muted"),
        (Settings(mailed=("gossip",)), "mailed"),
    ],
)
def test_wrong_settings_name_their_field(who, wrong, field):
    with pytest.raises(Invalid) as refused:
        notifying.choose(wrong, by=who("ana"), now=NOON)
    assert list(refused.value.errors) == [field]
    assert NotificationSetting.select().count() == 0


@pytest.mark.parametrize(
    ("hour", "zone", "due"),
    [
        (8, "UTC", datetime(2026, 11, 22, 8, tzinfo=UTC)),
        (14, "UTC", datetime(2026, 11, 21, 14, tzinfo=UTC)),
        (8, "America/New_York", datetime(2026, 11, 21, 13, tzinfo=UTC)),
        (8, "Pacific/Auckland", datetime(2026, 11, 21, 19, tzinfo=UTC)),
    ],
)
def test_a_digest_is_due_at_the_hour_where_the_person_is(hour, zone, due):
    assert notifying.next_digest(Settings(digest_hour=hour, time_zone=zone), NOON) == due


AT_TWO = datetime(2026, 11, 21, 14, 0, 5, tzinfo=UTC)


@pytest.fixture
def reader(who):
    """Ana, who wants failures and mentions by mail at two."""
    ana = who("ana")
    wanted = Settings(mailed=("task_failed", "mention"), digest_hour=14)
    notifying.choose(wanted, by=ana, now=datetime(2026, 11, 21, 11, tzinfo=UTC))
    return ana


def mails():
    return [request.body for request in outgoing_requests.table.select().order_by(outgoing_requests.table.created_at)]


def test_a_digest_leads_nowhere_but_into_the_console(reader):
    ask(1, recipientId=reader.id, kind="mention", title="Max mentions you", link=".elsewhere.test/app", by=TASK)
    assert digests.send_due(AT_TWO, CONSOLE) == 1
    [mail] = mails()
    assert "Max mentions you" in mail["metadata"]["body"]
    assert "elsewhere" not in mail["metadata"]["body"]


def test_a_digest_tells_what_is_new_and_unread_in_one_mail_and_once(reader):
    ask(1, recipientId=reader.id, kind="task_failed", title="Failed: Update", body="Locked.", by=TASK)
    ask(2, recipientId=reader.id, kind="mention", title="Max mentions you", link="/app/runs/1", by=TASK)
    ask(3, recipientId=reader.id, kind="mention", title="Read already", by=TASK)
    ask(4, recipientId=reader.id, kind="task_done", title="Not wanted by mail", by=TASK)
    ask(5, recipientId=reader.id, kind="mention", title="Too old", createdAt="2026-11-20T11:30:00Z", by=TASK)
    inbox.read(reader, "notification-3", now=NOON)
    assert digests.send_due(NOON, CONSOLE) == 0
    assert digests.send_due(AT_TWO, CONSOLE) == 1
    assert digests.send_due(AT_TWO, CONSOLE) == 0
    [mail] = mails()
    text = mail["metadata"]["body"]
    assert mail["metadata"]["to"] == [{"name": reader.name, "email": "ana@demo.tandem.test"}]
    assert mail["metadata"]["subject"] == "Tandem: 2 new notifications"
    assert "Failed: Update. Locked." in text
    assert "https://tandem.test/app/runs/1" in text
    assert not any(word in text for word in ("Read already", "Not wanted", "Too old"))
    changes = feed.changes(0, ("ai-task-request",), 10)["changes"]
    assert [change["data"]["processor"] for change in changes] == ["send-email"]


def test_a_day_without_news_has_no_mail_and_the_next_one_has(reader):
    assert digests.send_due(AT_TWO, CONSOLE) == 1
    assert mails() == []
    ask(1, recipientId=reader.id, kind="mention", title="Later", createdAt="2026-11-21T15:00:00Z", by=TASK)
    tomorrow = AT_TWO.replace(day=22)
    assert digests.send_due(tomorrow, CONSOLE) == 1
    assert [mail["metadata"]["subject"] for mail in mails()] == ["Tandem: 1 new notification"]
    assert digests.send_due(tomorrow.replace(day=23), CONSOLE) == 1
    assert len(mails()) == 1


def test_who_was_deactivated_gets_no_mail(reader, who):
    ask(1, recipientId=reader.id, kind="mention", title="Gone", by=TASK)
    change_person(reader.id, active=False, by=who("max"), now=NOON)
    digests.send_due(AT_TWO, CONSOLE)
    assert mails() == []


def test_the_end_of_a_digest_is_told_to_nobody(reader, who):
    source = {"service": "monitor", "kind": "digest", "id": reader.id}
    ask(1, recipientId=None, kind="task_done", title="Done: Daily digest", source=source, by=TASK)
    assert told(reader) == []
