"""Guided runs with two people in one run, with the keyboard alone on a phone's width, and what people say to each other."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser import guided
from tests.house import eventually

pytestmark = pytest.mark.browser

PHONE = {"viewport": {"width": 390, "height": 844}}
MOST_TABS = 400


def tab_to(page, name, *, role=None, back=False):
    """Press Tab until the focus is on the element of this name; the browser's own order decides."""
    wanted = re.compile(name)
    for _ in range(MOST_TABS):
        page.keyboard.press("Shift+Tab" if back else "Tab")
        told = page.evaluate(
            "() => { const e = document.activeElement; return [e.tagName.toLowerCase(), (e.innerText || '').replace(/\\s+/g, ' ').trim() || e.name || e.getAttribute('aria-label') || '']; }"
        )
        if wanted.search(told[1]) and (role is None or told[0] == role):
            return
    raise AssertionError(f"Tab never reached {name}")


def focus_step(page, title):
    """Go to the top of the page, then by Tab into the step: its first control names it."""
    page.evaluate("document.activeElement.blur(); document.getElementById('main').focus()")


def test_a_weekly_pipeline_review_is_done_with_the_keyboard_alone_on_a_phone(console, sign_in, complaints):
    page = sign_in("ana", **PHONE)
    ledger = guided.Ledger(console, guided.start_run(page, "Weekly Pipeline Review"))
    assert page.evaluate("document.documentElement.scrollWidth") <= 390, "nothing is wider than the phone"

    def press(name, *, role="button"):
        focus_step(page, name)
        tab_to(page, name, role=role)
        page.keyboard.press("Enter")

    for title, one_row in (
        ("Review at-risk partnerships", "^Fine$"),
        ("Check MOU status", "^On its way$"),
        ("Draft follow-up emails", "^Write to "),
        ("Update pipeline stages", "^Move "),
        ("Schedule weekly calls", "^Book and invite "),
    ):
        step = page.locator(".stage", has=page.get_by_role("heading", name=title, exact=True))
        press(f"^Start ?: {title}$")
        expect(step).to_contain_text("In progress")
        for row in guided.rows(step):
            expect(row).to_be_visible()
            row.locator("a.title, .title").first.focus()
            writes = one_row.startswith("^Write")
            tab_to(page, one_row, role="a" if writes else "button")
            page.keyboard.press("Enter")
            if writes:
                expect(page.locator("#sheet [name=to]")).to_be_focused()
                page.keyboard.press("Control+Enter")
                expect(page.locator("#sheet")).to_be_hidden()
            expect(row.locator(".mark, .leaving, .state .icon").first).to_be_visible()
        press(f"^Complete ?: {title}$")
        expect(step.locator("summary", has_text="What it showed")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.evaluate("window.scrollTo(0, 0); document.body.focus()")
    page.get_by_role("link", name="Complete Run").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Outcome")).to_be_focused()
    tab_to(page, "^Complete Run$", role="button")
    page.keyboard.press("Enter")
    expect(page.locator("#guided-standing")).to_contain_text("Completed")
    assert ledger.run["status"] == "completed"
    assert complaints == []


def test_what_one_person_does_appears_on_the_other_ones_page(console, sign_in):
    ana, max_ = sign_in("ana"), sign_in("max")
    run_id = guided.start_run(ana, "Seasonal Planning Check")
    max_.goto(f"/app/runs/{run_id}")
    expect(max_.locator(".live")).to_contain_text("Live")
    guided.begin(ana, "Adjust priorities")
    theirs = max_.locator(".stage", has=max_.get_by_role("heading", name="Adjust priorities", exact=True))
    expect(theirs).to_contain_text("In progress")
    row = guided.rows(ana.locator(".stage", has=ana.get_by_role("heading", name="Adjust priorities", exact=True)))[0]
    row.get_by_role("button", name="Raise", exact=True).click()
    expect(max_.locator(f"#{row.get_attribute('id')} [aria-pressed=true]")).to_contain_text("Raise")


def test_two_people_at_one_row_do_not_overwrite_each_other(console, sign_in):
    ana, max_ = sign_in("ana"), sign_in("max")
    run_id = guided.start_run(ana, "Seasonal Planning Check")
    step = guided.begin(ana, "Adjust priorities")
    row_id = guided.rows(step)[0].get_attribute("id")
    max_.goto(f"/app/runs/{run_id}")
    his = max_.locator(f"#{row_id}")
    # He has begun to write on the row at the side, which does not hear of what she does meanwhile.
    his.get_by_role("link", name=re.compile("^Note")).click()
    side = max_.locator("#sheet")
    side.get_by_placeholder("Note").press_sequentially("wait")
    expect(side.get_by_text("Saved", exact=True)).to_be_visible()
    hers = ana.locator(f"#{row_id}")
    ana.reload()
    hers.get_by_role("button", name="Keep", exact=True).click()
    expect(hers.locator(".state .icon")).to_be_visible()
    side.get_by_role("button", name="Lower", exact=True).click()
    expect(side.get_by_role("alert")).to_contain_text("It has changed since you opened it")
    path = f"/api/guided-runs/{run_id}"
    step_id = next(one["id"] for one in console.get("runs", path)["steps"] if one["title"] == "Adjust priorities")
    items = console.get("runs", f"{path}/steps/{step_id}/data")["items"]
    assert next(item["mark"] for item in items if f"row-{item['id']}" == row_id) == "keep", "hers stands"
    side.get_by_role("button", name="Lower", exact=True).click()
    expect(side).to_be_hidden()
    expect(his.locator("[aria-pressed=true]")).to_contain_text("Lower")


def test_whoever_is_mentioned_is_told_and_finds_the_comment(sign_in):
    ana = sign_in("ana")
    run_id = guided.start_run(ana, "New Lead Intake")
    said = ana.get_by_role("textbox", name="Comment")
    said.fill("@Max could you take the two from Lyon?")
    ana.get_by_role("button", name="Comment", exact=True).click()
    expect(ana.locator("#comments")).to_contain_text("the two from Lyon")
    expect(said).to_have_value("")
    max_ = sign_in("max")

    def told():
        max_.goto("/app/notifications")
        return max_.get_by_text("the two from Lyon").count() or max_.locator(f"a[href='/app/runs/{run_id}']").count()

    assert eventually(told, seconds=30, every=1)


def test_a_run_is_handed_over_while_it_goes_on(console, sign_in):
    ana = sign_in("ana")
    run_id = guided.start_run(ana, "New Lead Intake")
    ana.get_by_role("link", name="Reassign").click()
    ana.locator("#dialog").get_by_label("Owner").select_option(label="Max Weber")
    ana.locator("#dialog").get_by_role("button", name="Assign").click()
    expect(ana.get_by_role("status").first).to_contain_text("Max Weber has it now")
    run = console.get("runs", f"/api/guided-runs/{run_id}")
    assert run["status"] == "in_progress"
    people = {one["id"]: one["name"] for one in console.get("monitor", "/api/people")["items"]}
    assert people[run["owner"]] == "Max Weber"


def test_a_run_of_ones_own_is_put_together_and_kept_as_a_template(sign_in):
    page = sign_in("ana")
    page.goto("/app/runs/new")
    page.get_by_label("Name").fill("Before the board meeting")
    page.get_by_text("Weekly Pipeline Review").click()
    page.get_by_label("Check MOU status").check()
    page.get_by_text("Seasonal Planning Check").click()
    page.get_by_label("Review OKR progress").check()
    page.get_by_role("button", name="Add a step of your own").click()
    page.get_by_label("Title").fill("Who has been silent for two months?")
    page.get_by_label("Shows").select_option("no_contact")
    page.get_by_role("textbox", name="Days").fill("60")
    page.get_by_role("button", name="Start Run").last.click()
    page.wait_for_url(re.compile(r"/app/runs/[0-9a-f-]{36}"))
    titles = page.locator(".stage h2")
    expect(titles).to_have_text(["Check MOU status", "Review OKR progress", "Who has been silent for two months?"])
    page.get_by_role("link", name="Save as template").click()
    page.locator("#dialog").get_by_label("Name").fill("Board meeting")
    page.locator("#dialog").get_by_role("button", name="Save template").click()
    expect(page.get_by_text("“Board meeting” is a template now.")).to_be_visible()
    page.goto("/app/runs")
    expect(page.locator(".template", has=page.get_by_role("heading", name="Board meeting"))).to_be_visible()


def test_a_running_run_takes_the_newer_version_of_its_template(sign_in):
    page = sign_in("ana")
    page.goto("/app/templates/new?from=new-lead-intake")
    page.get_by_label("Name").fill("Intake of our own")
    page.get_by_role("button", name="Save template").click()
    page.wait_for_url(re.compile(r"/app/templates/[0-9a-f-]{36}"))
    template = page.url
    run_id = guided.start_run(page, "Intake of our own")
    guided.begin(page, "Review new leads")
    page.goto(template + "/edit")
    page.get_by_label("Title").nth(2).fill("Write to them")
    page.get_by_role("button", name="Save as a new version").last.click()
    expect(page.get_by_role("status").first).to_contain_text("Saved as version 2")
    page.goto(f"/app/runs/{run_id}")
    page.get_by_role("link", name="See what it changes").click()
    page.locator("#dialog").get_by_role("button", name="Take it").click()
    expect(page.get_by_role("heading", name="Write to them")).to_be_visible()
    kept = page.locator(".stage", has=page.get_by_role("heading", name="Review new leads", exact=True))
    expect(kept).to_contain_text("In progress")
