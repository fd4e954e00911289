"""Where the stream of a page begins: with what came since its request, whatever the page answers."""

from __future__ import annotations

import re

import pytest

from services.monitor import live
from services.monitor.models import database
from shared.database.connection import session
from tests.monitor.conftest import notification
from tests.monitor.pages.conftest import OURS
from tests.monitor.test_projecting import tell

NEWS = "notification-request"


def begins(answer) -> int:
    """The position behind which the page's stream asks."""
    [after] = re.findall(r'hx-sse:connect="/app/live\?after=(\d+)', answer.text)
    return int(after)


@pytest.mark.parametrize(
    ("method", "address"),
    [
        ("POST", "/app/monitor/runs/none/cancel"),
        ("POST", "/app/notifications/none/read"),
        ("POST", "/app/admin/people"),
        ("GET", "/app/monitor/runs/none"),
        ("GET", "/app/no-such-page"),
        ("GET", "/app/monitor?sort=nonsense"),
    ],
)
def test_a_refusal_replays_no_alerts(enter, method, address):
    tell(NEWS, notification(1, title="Failed an hour ago"))
    browser = enter("max")
    with session(database):
        head = live.head()
    answer = browser.open(address, method=method, data={}, headers=OURS)
    assert answer.status_code >= 400
    assert begins(answer) == head > 0
