"""A page whose frame is sent before the page itself: the same page in the end, and what fails is said in the frame."""

from __future__ import annotations

import gzip
import logging
import re
import zlib

import pytest
from flask import g

from services.monitor.pages import contacts, early_frame, flash, monitor
from shared.ground.errors import Unauthenticated, Unavailable
from tests.monitor.pages.conftest import words

VISIT = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Site": "none"}
LISTS = (
    *("/app", "/app/customers", "/app/renewals", "/app/contacts", "/app/tasks", "/app/runs", "/app/partnerships"),
    *("/app/import", "/app/monitor", "/app/customers/new", "/app/contacts/new"),
)


def parts_of(client, address, **headers):
    """The parts of an answer, as they leave."""
    answer = client.get(address, headers=VISIT | headers)
    assert (answer.status_code, in_parts(answer)) == (200, True)
    return list(answer.iter_encoded())


def in_parts(answer) -> bool:
    """Whether an answer was sent before its length was known."""
    return "Content-Length" not in answer.headers


def alike(page: str) -> str:
    """A page without what is made anew with each."""
    return re.sub(r'name="key" value="[^"]+"|from=[^"&]+', "", page)


@pytest.mark.parametrize("address", LISTS)
def test_both_parts_together_are_the_page(ana, address):
    begins, page = parts_of(ana, address)
    assert b'<nav id="rail"' in begins
    assert page.startswith(b'<div id="work"')
    assert alike((begins + page).decode()) == alike(ana.get(address).text)


def test_the_inbox_comes_in_two_parts_too(enter):
    begins, page = parts_of(enter("dev"), "/app/inbox")
    assert (begins + page).decode() == enter("dev").get("/app/inbox").text


def test_each_part_can_be_read_when_it_has_come(ana):
    begins, page, end = parts_of(ana, "/app/monitor", **{"Accept-Encoding": "gzip"})
    assert b'<nav id="rail"' in zlib.decompressobj(wbits=31).decompress(begins)
    assert alike(gzip.decompress(begins + page + end).decode()) == alike(ana.get("/app/monitor").text)


@pytest.mark.parametrize(
    ("raised", "status", "said"),
    [(Unavailable("workflows is not answering.", service="workflows"), 503, "Not answering"), (ValueError(), 500, "Something went wrong here")],
)  # fmt: skip
def test_what_fails_after_the_frame_is_said_in_it_and_logged_as_what_it_is(
    ana, app, monkeypatch, caplog, raised, status, said
):
    def fail():
        raise raised

    monkeypatch.setattr(contacts, "_page", fail)
    assert ana.get("/app/contacts").status_code == status
    with caplog.at_level(logging.INFO, "shared.web.measuring"):
        answer = ana.get("/app/contacts", headers=VISIT)
        assert answer.status_code == 200
        page = answer.text
    assert said in words(answer)
    assert page.count("<html") == page.count('<nav id="rail"') == page.count("</html>") == 1
    assert [entry.status for entry in caplog.records if entry.message == "request"] == [status]


def test_who_may_no_longer_look_is_led_to_the_sign_in(ana, monkeypatch):
    def refuse():
        raise Unauthenticated("Sign in.")

    monkeypatch.setattr(contacts, "_page", refuse)
    answer = ana.get("/app/contacts", headers=VISIT)
    assert '<meta http-equiv="refresh" content="0;url=/sign-in?next=%2Fapp%2Fcontacts">' in answer.text


@pytest.mark.parametrize(
    "headers", [{}, {"Sec-Fetch-Mode": "cors", "HX-Request": "true"}, {"Sec-Fetch-Mode": "same-origin"}]
)
def test_only_who_visits_a_page_gets_it_in_parts(ana, headers):
    assert not in_parts(ana.get("/app/monitor", headers=headers))


def test_what_can_be_refused_is_refused_before_the_frame(ana):
    assert ana.get("/app/monitor?status=nonsense", headers=VISIT).status_code == 422
    assert ana.get("/app/tasks?show=nonsense", headers=VISIT).status_code == 422
    assert ana.get("/app/renewals/execution-1", headers=VISIT).status_code == 503


def test_the_page_after_a_form_is_whole_and_forgets_what_was_done(ana):
    ana.set_cookie(flash.COOKIE, "bm90aGluZw==", domain="localhost")
    answer = ana.get("/app/monitor", headers=VISIT)
    assert not in_parts(answer)
    assert flash.COOKIE in answer.headers["Set-Cookie"]


def test_a_failure_that_knows_nobody_still_stands_in_the_frame(ana, monkeypatch):
    def lose():
        g.caller = None
        raise Unavailable("The database is not answering.")

    monkeypatch.setattr(monitor, "_page", lambda *_: lose())
    answer = ana.get("/app/monitor", headers=VISIT)
    assert answer.text.count("<main ") == 1
    assert "The database is not answering" in words(answer)


def test_a_visit_is_a_get_for_a_page_of_its_own(app):
    with app.test_request_context("/app/monitor", method="POST", headers=VISIT):
        assert not early_frame._is_visit()
