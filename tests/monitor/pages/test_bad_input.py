"""What no column can hold, what is too large and what an owner fails at, as pages: people see what is wrong, and never "not answering"."""

from __future__ import annotations

import base64
import json
import re
from dataclasses import replace
from io import BytesIO

import pytest
from werkzeug import Response

from services.monitor import clients
from services.monitor.pages import api_client, flash
from services.monitor.pages.toasts import Undo
from shared.ground.errors import Invalid, Stale
from tests.monitor.pages.conftest import EVERY_PAGE, OURS, words


def forms_of(app):
    """The address of every form of the console."""
    return [
        re.sub(r"<(?:any\((\w+).*?\):)?(?:path:|string:)?(\w+)>", lambda part: part[1] or part[2], rule.rule)
        for rule in app.url_map.iter_rules()
        if "POST" in rule.methods and rule.rule.startswith(("/app/", "/sign-in"))
    ]


def test_every_form_refuses_what_no_column_can_hold(app, enter):
    admin = enter("max")
    assert len(forms_of(app)) >= 30
    for address in forms_of(app):
        for told in ({"name": "a\x00b"}, {"na\x00me": "b"}):
            answer = admin.post(address, data=told, headers=OURS)
            assert answer.status_code == 422, f"{address}: {answer.status_code}"
            assert "NUL" in words(answer), address
            assert answer.text.count('id="ask"') == 1, address


def test_a_file_with_a_nul_beside_a_form_is_looked_at_as_well(ana):
    told = {"file": (BytesIO(b"name\nx"), "a.csv"), "kind": "\x00"}
    answer = ana.post("/app/import", data=told, headers=OURS, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert "NUL" in words(answer)


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"kind": "runs.partnerships"}, "Choose a file."),
        ({"kind": "", "file": b"name"}, "Choose one."),
        ({"kind": "executor.mail", "file": b"name"}, "Choose one."),
        ({"kind": "runs.partnerships", "file": b"name\n".ljust(5_000_001, b"x")}, "At most 5,000,000 bytes at once."),
    ],
)
def test_a_form_without_a_fitting_file_says_what_is_missing(ana, told, said):
    data = {name: (BytesIO(value), "a.csv") if name == "file" else value for name, value in told.items()}
    answer = ana.post("/app/import", data=data, headers=OURS, content_type="multipart/form-data")
    assert (answer.status_code, said in words(answer)) == (422, True)


TOO_LARGE = {"/app/customers/customer_id/contracts": 27_000_000}
"""More than the forms that take documents read."""


def test_every_form_says_how_large_it_may_be(app, enter):
    admin = enter("max")
    for address in forms_of(app):
        answer = admin.post(address, data={"name": "x" * TOO_LARGE.get(address, 9_000_000)}, headers=OURS)
        assert answer.status_code == 413, f"{address}: {answer.status_code}"
        assert "at most" in words(answer), address


@pytest.mark.parametrize("address", EVERY_PAGE)
def test_an_address_with_a_nul_is_refused_as_a_page(ana, address):
    answer = ana.get(f"{address}?q=%00")
    assert answer.status_code == 422
    assert "NUL" in words(answer)


def sealed(values):
    return base64.urlsafe_b64encode(values.encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "cursor",
    [
        sealed('["\\ud800", "a"]'),
        sealed('["a", "\\udfff"]'),
        sealed('["\\u0000", "a"]'),
        sealed("[NaN, 1]"),
        sealed("[" * 400),
        sealed('["0001-01-01T00:00:00+23:59", "a"]'),
        sealed("9" * 440),
    ],
)
@pytest.mark.parametrize("address", ["/app/monitor", "/app/notifications"])
def test_a_cursor_that_is_none_of_ours_is_said_to_be_none(ana, address, cursor):
    answer = ana.get(address, query_string={"cursor": cursor})
    assert answer.status_code == 422
    assert "not one of this list" in words(answer)


@pytest.mark.parametrize("after", ["²", "9" * 5_000, "-1", "a"])
def test_a_position_that_is_none_begins_a_stream_now(ana, after):
    answer = ana.get("/app/live?view=monitor", headers={"Last-Event-ID": after})
    assert answer.status_code == 200
    answer.close()


@pytest.mark.parametrize(
    "bad", ["sort=nonsense", "status=nonsense", "kind=nonsense", "since=nonsense", "from=nonsense", "q=" + "a" * 201]
)
def test_a_filter_that_is_none_is_refused_before_a_stream_begins(ana, bad):
    answer = ana.get(f"/app/live?view=list&{bad}")
    assert answer.status_code == 422
    assert answer.mimetype == "text/html"


def test_the_moment_at_which_a_list_was_opened_may_be_of_any_zone_or_none(ana):
    for opened in ("2026-11-21T11:30:00.123456Z", "2026-11-21T11:30:00", "2026-11-21"):
        answer = ana.get("/app/live", query_string={"view": "list", "from": opened})
        assert (answer.status_code, answer.mimetype) == (200, "text/event-stream")
        answer.close()


@pytest.mark.parametrize("text", ["[" * 5_000, '{"text": "\\ud800", "tone": "good"}', "NaN", "9" * 5_000])
def test_a_saying_that_is_none_of_ours_is_not_said(ana, text):
    ana.set_cookie("tandem_said", base64.urlsafe_b64encode(text.encode()).decode(), domain="localhost")
    assert ana.get("/app/monitor").status_code == 200


@pytest.mark.parametrize("letter", ["a", "é", "🙂", '"', "\x01", "\ud800"])
@pytest.mark.parametrize(("parts", "kept"), [(10, 10), (500, 0)])
def test_what_was_done_fits_a_cookie_whatever_letters_it_is_written_in(app, letter, parts, kept):
    with app.test_request_context("/app/monitor"):
        cookie = flash.redirect_to(
            "/app/monitor", letter * 1_000, undo=Undo("/app/tasks/1/reopen", [("part", "p" * 36)] * parts)
        ).headers["Set-Cookie"]
    assert len(cookie) < 4_096
    with app.test_request_context("/app/monitor", headers={"Cookie": cookie.split(";")[0]}):
        shown = flash.take_flash()
    assert shown.title.startswith((letter * 20, "?" * 20))
    assert len(shown.undo.fields if shown.undo else ()) == kept


@pytest.mark.parametrize(
    "action", ["https://elsewhere.test/app/", "//elsewhere.test/app/", "/sign-out", "/app/\r\nx", ""]
)
def test_an_undo_leads_nowhere_but_into_the_console(ana, action):
    text = json.dumps({"text": "Done", "tone": "good", "undo": {"action": action, "fields": [["a", "b"]]}})
    ana.set_cookie("tandem_said", base64.urlsafe_b64encode(text.encode()).decode(), domain="localhost")
    page = ana.get("/app/monitor").text
    assert "Done" in page
    assert "data-undo" not in page


@pytest.mark.parametrize("config", ["[" * 5_000, '{"limit": NaN}', '{"limit": ' + "9" * 5_000 + "}"])
def test_a_step_that_is_no_config_is_an_empty_one(ana, config):
    told = {"do": "remove:" + "9" * 5_000, "steps-0-configJson": config, "steps.0.configJson": config}
    assert ana.post("/app/templates/new", data=told, headers=OURS).status_code in (200, 422)


HIDDEN = ["two\r\nlines: a", "\u2028", "²", "v1", "-1", "x" * 70_000, "9" * 5_000]


@pytest.mark.parametrize("version", HIDDEN, ids=lambda text: ascii(text)[:20])
def test_a_version_that_no_form_holds_is_stale_before_anybody_is_asked(app, version):
    with app.test_request_context(), pytest.raises(Stale, match="Look again"):
        api_client.send("runs", "POST", "/api/guided-runs/1/complete", version=version)


@pytest.mark.parametrize("key", [*HIDDEN[:3], "a b", "x" * 300], ids=lambda text: ascii(text)[:20])
def test_a_key_that_no_form_holds_is_refused_before_anybody_is_asked(app, key):
    with app.test_request_context(), pytest.raises(Invalid, match="Load the page again"):
        api_client.send("runs", "POST", "/api/guided-runs", key=key)


@pytest.fixture
def failing(ana, settings, httpserver):
    """Ana's browser, where workflows and runs answer everything with an error of their own."""
    broken = json.dumps({"title": "Internal Server Error", "status": 500, "detail": "secret"})
    httpserver.expect_request(re.compile("/.*")).respond_with_response(
        Response(broken, 500, {"X-Request-Id": "request-7"}, content_type="application/problem+json")
    )
    url = httpserver.url_for("").rstrip("/")
    clients.connect(replace(settings, urls=settings.urls | {"workflows": url, "runs": url}))
    yield ana
    clients.connect(settings)


@pytest.mark.parametrize(
    ("address", "owner"),
    [
        *((address, "Renewals and tasks") for address in ("/app/renewals", "/app/tasks", "/app/contacts")),
        *((address, "Runs and partnerships") for address in ("/app/runs", "/app/partnerships", "/app/objectives")),
    ],
)
def test_a_page_whose_owner_failed_says_that_it_failed_and_under_which_id(failing, address, owner):
    answer = failing.get(address)
    assert answer.status_code == 200
    assert f"{owner} failed at this" in words(answer)
    assert "request-7" in words(answer)
    assert "not answering" not in words(answer)


def test_a_thing_whose_owner_failed_is_a_page_that_says_so(failing):
    answer = failing.get("/app/renewals/execution-1")
    assert answer.status_code == 502
    assert "Another part failed" in words(answer)
    assert "Renewals and tasks failed at this; it has been logged there, under the request id request-7." in words(
        answer
    )
    assert "not answering" not in words(answer)


def test_who_typed_a_filter_that_is_none_is_led_to_the_list_without_it(ana):
    answer = ana.get("/app/monitor?status=nonsense")
    assert answer.status_code == 422
    assert re.search(r'href="/app/monitor"[^>]*>Look at it now<', answer.text)
