"""The pages of one customer, renewal, run and partnership come in two parts that are together the page as a whole."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from tests.acceptance import story

VISIT = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Site": "none"}
MADE_ANEW = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d+ s ago|just now|after=\d+|live-\d+")


@pytest.fixture
def browser(house):
    """Somebody who is signed in."""
    session, base = requests.Session(), house.url("monitor")
    link = parse_qs(urlsplit(house.sign_in_link()).query)["link"][0]
    origin = {"Origin": base, "Sec-Fetch-Site": "same-origin"}
    session.post(f"{base}/sign-in", data={"link": link}, headers=origin, timeout=30).raise_for_status()
    return session


def test_a_visit_and_a_script_get_the_same_page(house, browser):
    run = house.post("runs", "/api/guided-runs", {"templateId": "weekly-pipeline-review"})
    partnership = house.get("runs", "/api/partnerships")["items"][0]
    for path in (
        f"/app/customers/{story.customer(house)['id']}",
        f"/app/renewals/{story.start(house)['id']}",
        f"/app/runs/{run['id']}",
        f"/app/partnerships/{partnership['id']}",
    ):
        whole = browser.get(house.url("monitor") + path, timeout=30)
        parts = browser.get(house.url("monitor") + path, headers=VISIT, timeout=30)
        assert "Content-Length" in whole.headers
        assert "Content-Length" not in parts.headers
        assert MADE_ANEW.sub("", parts.text) == MADE_ANEW.sub("", whole.text)
    assert browser.get(f"{house.url('monitor')}/app/customers/nobody", headers=VISIT, timeout=30).status_code == 404
