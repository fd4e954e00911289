"""What holds on every page: its policy, its frame, what stands when others are away, and what an error says."""

from __future__ import annotations

import re

import pytest

from services.monitor.pages import template_filters
from tests.monitor.pages.conftest import EVERY_PAGE, HOSTILE, words


@pytest.mark.parametrize("address", EVERY_PAGE)
def test_a_page_stands_with_a_strict_policy_and_is_not_kept(ana, address):
    answer = ana.get(address)
    assert answer.status_code == 200
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("address", EVERY_PAGE)
def test_a_page_has_no_inline_script_style_or_handler(ana, failed_run, address):
    text = ana.get(address).text
    assert not re.search(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son[a-z]+=|hx-on|javascript:|js:", text)


def test_no_template_holds_inline_script_style_handlers_or_unescaped_text():
    for template in sorted(template_filters.TEMPLATES.rglob("*.html")):
        text = template.read_text()
        found = re.search(
            r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son[a-z]+=\"|hx-on|\|\s*safe\b|autoescape|javascript:|\bjs:", text
        )
        assert not found, f"{template.name}: {found and found.group()}"


@pytest.mark.parametrize(
    ("address", "owner"),
    [
        *((address, "Renewals and tasks") for address in ("/app/renewals", "/app/tasks", "/app/contacts")),
        *((address, "Runs and partnerships") for address in ("/app/runs", "/app/partnerships", "/app/objectives")),
        *((address, "Runs and partnerships") for address in ("/app/templates", "/app/recurrences")),
    ],
)
def test_a_page_whose_owner_is_away_says_so_and_keeps_its_frame(ana, address, owner):
    answer = ana.get(address)
    assert answer.status_code == 200
    assert f"{owner} are not answering" in words(answer)
    assert 'class="rail-link" href="/app/monitor"' in answer.text


def test_a_thing_whose_owner_is_away_is_a_page_that_offers_to_try_again(ana):
    answer = ana.get("/app/renewals/execution-1")
    assert answer.status_code == 503
    assert "Try again" in words(answer)
    assert answer.text.count('id="ask"') == 1


@pytest.mark.parametrize(
    ("address", "status", "said"),
    [
        ("/app/monitor/runs/none", 404, "There is no such run."),
        ("/app/nowhere", 404, "leads nowhere"),
        ("/app/tasks/1/reopen", 405, "for a form"),
        ("/app/monitor?status=odd", 422, "Must be one of"),
    ],
)
def test_an_error_is_a_page_with_the_way_on(ana, address, status, said):
    answer = ana.get(address)
    assert answer.status_code == status
    assert said in words(answer)
    assert "text/html" in answer.content_type
    assert 'class="rail-link"' in answer.text


def test_an_error_for_a_stranger_shows_no_frame(visitor):
    answer = visitor.get("/nowhere")
    assert answer.status_code == 404
    assert "rail-link" not in answer.text


def test_parts_that_are_not_in_this_version_say_so(ana):
    assert "not in this version" in ana.get("/app/flows").text


def test_a_cookie_with_a_forged_message_is_text_and_nothing_else(ana):
    import base64
    import json

    ana.set_cookie(
        "tandem_said",
        base64.urlsafe_b64encode(json.dumps({"text": HOSTILE, "tone": "good"}).encode()).decode(),
        domain="localhost",
    )
    first = ana.get("/app/runs")
    assert "&lt;script&gt;" in first.text
    assert "<script>alert" not in first.text
    assert "&lt;script&gt;" not in ana.get("/app/runs").text
