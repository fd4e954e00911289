"""What people are told, and what they have read."""

from __future__ import annotations

import pytest

from services.monitor import inbox
from services.monitor.models import database
from shared.database.connection import is_postgres
from shared.ground.errors import NotFound
from shared.ground.principal import Principal
from tests.conftest import NOON
from tests.monitor.conftest import notification
from tests.monitor.test_projecting import tell
from tests.plans import SORTS, plan_of

ANA, DEV, CARLA = (
    Principal("person", name, name, tenant) for name, tenant in (("ana", "demo"), ("dev", "demo"), ("carla", "acme"))
)


@pytest.fixture
def told(monitor):
    """One for everybody of demo, one for Ana, one for Dev, one for everybody of acme."""
    tell("notification-request", notification(1))
    tell("notification-request", notification(2, recipientId="ana", createdAt="2026-11-21T11:31:00Z"))
    tell("notification-request", notification(3, recipientId="dev", createdAt="2026-11-21T11:32:00Z"))
    tell("notification-request", notification(4, tenantId="acme"))


def ids_of(by, **asked):
    return [one.id.removeprefix("notification-") for one in inbox.find_all(by, **asked).items]


def test_everybody_sees_their_own_and_those_for_all_newest_first(told):
    assert [ids_of(by) for by in (ANA, DEV, CARLA)] == [["2", "1"], ["3", "1"], ["4"]]


def test_reading_is_each_persons_own(told):
    inbox.read(ANA, "notification-1", now=NOON)
    inbox.read(ANA, "notification-1", now=NOON.replace(hour=13))
    assert [one.read_at for one in inbox.find_all(ANA).items] == [None, NOON]
    assert (inbox.unread(ANA), inbox.unread(DEV)) == (1, 2)
    assert ids_of(ANA, unread=True) == ["2"]


def test_reading_all_leaves_nothing_unread(told):
    assert inbox.read_all(ANA, now=NOON) == 2
    assert (inbox.unread(ANA), inbox.read_all(ANA, now=NOON)) == (0, 0)


@pytest.mark.parametrize("number", ["3", "4", "9"])
def test_what_is_for_somebody_else_is_not_found(told, number):
    with pytest.raises(NotFound):
        inbox.read(ANA, f"notification-{number}", now=NOON)


def test_a_request_told_twice_is_one_notification(told):
    tell("notification-request", notification(1, title="Other"), version=2)
    assert [one.title for one in inbox.find_all(ANA).items] == ["Done", "Done"]


def test_a_cursor_walks_them_all(told):
    page = inbox.find_all(ANA, limit=1)
    assert ids_of(ANA, limit=1, cursor=page.next) == ["1"]


def test_the_bell_looks_at_the_newest_only_however_many_there_are(told, monkeypatch):
    monkeypatch.setattr(inbox, "UNREAD_AMONG", 1)
    assert (inbox.unread(ANA), inbox.unread(CARLA)) == (
        2,
        1,
    )  # the newest of her own, and of those for everybody
    inbox.read(ANA, "notification-2", now=NOON)
    tell("notification-request", notification(5, recipientId="ana", createdAt="2026-11-21T11:40:00Z"))
    inbox.read(ANA, "notification-5", now=NOON)
    assert inbox.unread(ANA) == 1


def test_the_bell_reads_no_more_than_it_looks_at(told):
    seen, real = [], database.obj.execute_sql
    database.obj.execute_sql = lambda sql, *rest, **more: (seen.append((sql, rest)), real(sql, *rest, **more))[1]
    try:
        inbox.unread(ANA)
    finally:
        del database.obj.execute_sql
    [_, (sql, (parameters, *_))] = seen  # after what this person does not want to be told
    plan = plan_of(database, sql, parameters)
    # PostgreSQL, which knows of few rows here, may take another index that fits as well.
    assert is_postgres(database) or plan.count("notification_of_person") == 2
    assert "Seq Scan" not in plan
    assert not any(word in plan for word in SORTS)
