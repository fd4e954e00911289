"""What people are told, and what they have read."""

from __future__ import annotations

import pytest

from services.monitor import notifying
from shared.acts import By
from shared.errors import NotFound
from tests.conftest import NOON
from tests.monitor.conftest import notification
from tests.monitor.test_projecting import tell

ANA, DEV, CARLA = (
    By("person", name, name, tenant) for name, tenant in (("ana", "demo"), ("dev", "demo"), ("carla", "acme"))
)


@pytest.fixture
def told(monitor):
    """One for everybody of demo, one for Ana, one for Dev, one for everybody of acme."""
    tell("notification-request", notification(1))
    tell("notification-request", notification(2, recipientId="ana", createdAt="2026-11-21T11:31:00Z"))
    tell("notification-request", notification(3, recipientId="dev", createdAt="2026-11-21T11:32:00Z"))
    tell("notification-request", notification(4, tenantId="acme"))


def ids_of(by, **asked):
    return [one.id.removeprefix("notification-") for one in notifying.find_all(by, **asked).items]


def test_everybody_sees_their_own_and_those_for_all_newest_first(told):
    assert [ids_of(by) for by in (ANA, DEV, CARLA)] == [["2", "1"], ["3", "1"], ["4"]]


def test_reading_is_each_persons_own(told):
    notifying.read(ANA, "notification-1", now=NOON)
    notifying.read(ANA, "notification-1", now=NOON.replace(hour=13))
    assert [one.read_at for one in notifying.find_all(ANA).items] == [None, NOON]
    assert (notifying.unread(ANA), notifying.unread(DEV)) == (1, 2)
    assert ids_of(ANA, unread=True) == ["2"]


def test_reading_all_leaves_nothing_unread(told):
    assert notifying.read_all(ANA, now=NOON) == 2
    assert (notifying.unread(ANA), notifying.read_all(ANA, now=NOON)) == (0, 0)


@pytest.mark.parametrize("number", ["3", "4", "9"])
def test_what_is_for_somebody_else_is_not_found(told, number):
    with pytest.raises(NotFound):
        notifying.read(ANA, f"notification-{number}", now=NOON)


def test_a_request_told_twice_is_one_notification(told):
    tell("notification-request", notification(1, title="Other"), version=2)
    assert [one.title for one in notifying.find_all(ANA).items] == ["Done", "Done"]


def test_a_cursor_walks_them_all(told):
    page = notifying.find_all(ANA, limit=1)
    assert ids_of(ANA, limit=1, cursor=page.next) == ["1"]
