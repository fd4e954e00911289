"""The list of runs: what it shows, filters, sorts, and to whom."""

from __future__ import annotations

import re
from html import unescape

from tests.monitor.conftest import FAILED, attempt, execution, step, task
from tests.monitor.pages.conftest import HOSTILE, words
from tests.monitor.test_projecting import tell


def test_the_list_has_an_empty_state_that_says_what_to_do(ana):
    assert "Nothing has run yet" in words(ana.get("/app/monitor"))
    assert "No run matches" in words(ana.get("/app/monitor?status=failed"))


def test_the_list_shows_a_failure_with_its_reason_and_leads_to_the_run(ana, failed_run):
    answer = ana.get("/app/monitor")
    assert 'id="run-execution-1"' in answer.text
    assert 'href="/app/monitor/runs/execution-1"' in answer.text
    assert "The row is locked." in words(answer)
    assert "2 of 3" in words(answer)


def test_names_from_outside_are_escaped_wherever_they_show(ana, monitor):
    tell("workflow-execution", execution(workflowName=HOSTILE, customerName=HOSTILE, openHumanWork=True))
    tell("workflow-step", step(1, title=HOSTILE, status="in_progress"))
    for address in ("/app/monitor", "/app/monitor/runs/execution-1", f"/app/monitor?q={HOSTILE}"):
        text = ana.get(address).text
        assert "<script>alert" not in text
        assert "<img src=x" not in text
    assert "&lt;script&gt;" in ana.get("/app/monitor").text


def test_filters_stand_in_the_url_and_narrow_the_list(ana, failed_run):
    tell("workflow-execution", execution(2, workflowName="Discovery: Beta", openHumanWork=True))
    waiting = ana.get("/app/monitor?status=waiting").text
    assert "run-execution-2" in waiting
    assert "run-execution-1" not in waiting
    assert 'name="status" value="waiting"' in waiting
    assert "run-execution-2" in ana.get("/app/monitor?q=beta").text
    assert "run-execution-1" not in ana.get("/app/monitor?q=beta").text
    assert "run-execution-1" in ana.get("/app/monitor?since=2026-11-21&until=2026-11-21").text
    assert "run-execution-1" not in ana.get("/app/monitor?since=2026-11-22").text


def test_the_days_of_a_filter_are_the_tenants_own_days(ana, monitor):
    tell("workflow-execution", execution(createdAt="2026-11-22T03:00:00Z"))  # The 21st, 22:00 in New York.
    assert "run-execution-1" in ana.get("/app/monitor?since=2026-11-21&until=2026-11-21").text
    assert "run-execution-1" not in ana.get("/app/monitor?since=2026-11-22").text


def test_sorting_links_keep_the_filters(ana, failed_run):
    links = [
        unescape(link)
        for link in re.findall(r'<th scope="col"[^>]*><a href="([^"]+)"', ana.get("/app/monitor?status=failed").text)
    ]
    assert links
    assert all("status=failed" in link for link in links)


def test_the_stream_of_the_list_names_its_rows_and_where_it_was_rendered(ana, failed_run):
    [address] = re.findall(r'hx-sse:connect="([^"]+)"', ana.get("/app/monitor").text)
    assert "ids=execution-1" in address
    assert re.search(r"after=[1-9]", address)


def test_all_tenants_are_for_super_admins(enter, failed_run):
    assert enter("max").get("/app/monitor?tenant=*").status_code == 403
    assert enter("max").get("/app/monitor?tenant=acme").status_code == 404
    assert "run-execution-1" in enter("sam").get("/app/monitor?tenant=*").text


def test_a_filter_that_is_given_twice_is_refused_by_name(ana, failed_run):
    answer = ana.get("/app/monitor?status=failed&status=queued")
    assert answer.status_code == 422
    assert "status Give it once" in words(answer)


def figures(answer) -> dict[str, str]:
    """The figures above the list by their names."""
    strip = answer.text.partition('id="strip"')[2].partition("</form>")[0]
    pairs = re.findall(r'<div class="name[^"]*">(.*?)</div>\s*<div class="value">(.*?)</div>', strip, re.S)
    return {" ".join(re.sub(r"<[^>]+>", " ", name).split()): value for name, value in pairs}


def test_the_figures_count_what_failed_and_follow_the_filters(ana, failed_run):
    tell("ai-task", task(3, of=None, **FAILED))
    tell("workflow-execution", execution(2, workflowName="Prepare: Beta"))
    everything, tasks, prepares = (
        ana.get(f"/app/monitor{query}") for query in ("", "?kind=ai_task", "?workflow=prepare")
    )
    assert (figures(everything)["Failed"], figures(everything)["Waiting"]) == ("2", "1")
    assert (figures(tasks)["Failed"], figures(tasks)["Waiting"]) == ("2", "0")
    assert (figures(prepares)["Failed"], figures(prepares)["Waiting"]) == ("0", "1")
    assert 'href="/app/monitor?workflow=prepare&amp;status=failed"' in prepares.text
    days = ana.get("/app/monitor?since=2026-11-21&until=2026-11-21")
    assert figures(days)["Runs in these days"] == "3"


def test_every_workflow_can_be_chosen_not_only_those_on_the_page(ana, monitor):
    tell("workflow-execution", execution(1, workflowName="Prepare: Old"))
    for number in range(2, 33):
        tell("workflow-execution", execution(number, createdAt="2026-11-21T12:00:00Z"))
    assert 'id="run-execution-1"' not in ana.get("/app/monitor").text
    assert '<option value="prepare">Prepare</option>' in ana.get("/app/monitor").text
    assert '<option value="Prepare" selected>Prepare</option>' in ana.get("/app/monitor?workflow=Prepare").text


def test_a_run_is_found_by_the_end_of_its_id_as_the_list_shows_it(ana, monitor):
    tell("workflow-execution", execution() | {"id": "019aa5d2-7f1e-7c3a-9f00-1234567890ab"})
    assert "567890ab" in words(ana.get("/app/monitor"))
    assert "run-019aa5d2" in ana.get("/app/monitor?q=567890ab").text


def test_a_task_that_waits_for_its_next_attempt_says_so_in_its_row(ana, monitor):
    tell("ai-task", task(1, of=None, attempts=[attempt(1), attempt(2)], availableAt="2026-11-21T11:37:00Z"))
    tell("ai-task", task(2, of=None))
    page = ana.get("/app/monitor").text
    rows = {number: page.split(f'id="run-task-{number}"')[1].split("</tr>")[0] for number in (1, 2)}
    assert "2 attempts failed, waits for the" in rows[1]
    assert "failed" not in rows[2]
