"""The list of tasks as a place to work in: by keys alone, without anything moving, with others at it, and on a phone."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from shared.ground import clock
from tests.house import ADMIN, House, eventually

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def console(browser_type_launch_args, tmp_path_factory):
    """A house of its own, with no tasks but those of these tests."""
    with House(tmp_path_factory.mktemp("tasks")) as started:
        yield started


@pytest.fixture(scope="module")
def people(console):
    """The ids of the sample people by the first part of their addresses."""
    rows = console.get("monitor", "/api/people")["items"]
    return {row["email"].partition("@")[0]: row["id"] for row in rows}


@pytest.fixture
def make(console, people):
    """`make("Call", days=1)` -> a task of Ana's, due so many days from now."""

    def make(title, days=0, **told):
        due = (clock.now().date() + timedelta(days=days)).isoformat()
        body = {"title": title, "dueDate": due, "owner": people["ana"]} | told
        return console.post("workflows", "/api/workflows/tasks", body)

    return make


def stands(console, one):
    return console.get("workflows", f"/api/workflows/tasks/{one['id']}")


def line_of(page, one):
    return page.locator(f"#task-{one['id']}")


def toast(page, text):
    return page.locator("#toasts .toast", has_text=text)


def choose(page, one):
    """Go down the list by `j` until this line is the chosen one."""
    for _ in range(60):
        page.keyboard.press("j")
        if "is-chosen" in (line_of(page, one).get_attribute("class") or ""):
            return
    raise AssertionError(f"j does not reach {one['title']}")


def test_a_morning_by_keys_alone(console, sign_in, make, complaints):
    """Create, tick, undo, snooze three, and complete a parent after it was asked what becomes of its parts."""
    three = [make(f"Chase number {number}") for number in range(3)]
    parent = make("Meet the CFO", days=-1)
    part = make("Send the briefing", parentTaskId=parent["id"])
    page = sign_in("ana")
    page.keyboard.press("g")
    page.keyboard.press("t")
    page.wait_for_url("**/app/tasks")
    page.keyboard.press("n")
    page.wait_for_url("**/app/tasks/new")
    expect(page.get_by_label("What is to be done")).to_be_focused()
    page.keyboard.type("Write to legal")
    page.keyboard.press("Control+Enter")
    expect(toast(page, "Made: “Write to legal”.")).to_be_visible()
    made = {"id": page.url.rpartition("/")[2], "title": "Write to legal"}

    page.keyboard.press("g")
    page.keyboard.press("t")
    expect(line_of(page, made)).to_be_visible()
    choose(page, made)
    page.keyboard.press("e")
    expect(toast(page, "Done: “Write to legal”.")).to_be_visible()
    expect(line_of(page, made)).to_have_class(re.compile("is-ended"))
    page.keyboard.press("u")
    expect(toast(page, "Taken back: “Write to legal”.")).to_be_visible()
    expect(line_of(page, made)).not_to_have_class(re.compile("is-ended"))
    assert stands(console, made)["status"] == "open"

    page.reload()
    for one in three:
        choose(page, one)
        page.keyboard.press("x")
    expect(page.locator("[data-selected]")).to_have_text("3 selected")
    page.keyboard.press("h")
    expect(page.get_by_role("button", name="Tomorrow morning")).to_be_focused()
    page.keyboard.press("Enter")
    expect(toast(page, ": 3 tasks.")).to_be_visible()
    assert [stands(console, one)["status"] for one in three] == ["snoozed"] * 3
    expect(page.locator("[data-select]:checked")).to_have_count(0)
    page.keyboard.press("u")
    expect(toast(page, "Taken back: 3 tasks.")).to_be_visible()
    assert [stands(console, one)["status"] for one in three] == ["open"] * 3

    page.reload()
    choose(page, parent)
    page.keyboard.press("e")
    dialog = page.locator("#dialog")
    expect(dialog).to_contain_text("Send the briefing")
    assert stands(console, parent)["status"] == "open"
    expect(dialog.get_by_role("radio", name=re.compile("Still to do"))).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Control+Enter")
    expect(dialog).not_to_be_visible()
    expect(line_of(page, parent)).to_have_class(re.compile("is-ended"))
    assert [stands(console, one)["status"] for one in (parent, part)] == ["completed", "completed"]
    page.keyboard.press("?")
    expect(dialog).to_contain_text("Snooze")
    assert [one for one in complaints if "409" not in one] == []


def test_of_many_those_with_open_parts_are_asked_about_and_the_others_done(console, sign_in, make):
    alone, parent = make("Alone"), make("With parts")
    part = make("The part", parentTaskId=parent["id"])
    page = sign_in("ana")
    page.goto("/app/tasks")
    for one in (alone, parent):
        page.get_by_role("checkbox", name=f"Select {one['title']}").check()
    page.locator("#many").get_by_role("button", name="Complete").click()
    dialog = page.locator("#dialog")
    expect(dialog).to_contain_text("The part")
    expect(toast(page, "Done: “Alone”.")).to_be_visible()
    dialog.get_by_role("radio", name=re.compile("Not needed")).check()
    dialog.get_by_role("button", name="Complete").click()
    expect(toast(page, "Done: “With parts”.")).to_be_visible()
    assert [stands(console, one)["status"] for one in (alone, parent, part)] == ["completed", "completed", "cancelled"]


def test_nothing_moves_whatever_is_done_and_who_changed_it_meanwhile_is_heard(console, sign_in, make, people):
    _, second, third = make("First", days=-5), make("Second", days=-4), make("Third", days=-3)
    page = sign_in("ana")
    page.goto("/app/tasks?show=overdue")
    expect(page.locator(".live")).to_have_attribute("data-state", "on")
    before = line_of(page, third).bounding_box()
    assert line_of(page, second).bounding_box()["height"] <= 37
    page.get_by_role("button", name="Complete First").click()
    expect(toast(page, "Done: “First”.")).to_be_visible()
    console.ask("PATCH", "workflows", f"/api/workflows/tasks/{second['id']}", json={"title": "Second thoughts"})
    expect(line_of(page, second)).to_contain_text("Second thoughts")
    assert line_of(page, third).bounding_box() == before
    page.get_by_role("button", name="Complete Second thoughts").click()
    expect(toast(page, "Done: “Second thoughts”.")).to_be_visible()
    console.ask("DELETE", "workflows", f"/api/workflows/tasks/{third['id']}", expect=204)
    expect(line_of(page, third)).to_have_count(0)


def test_a_task_that_changed_since_it_was_read_is_left_alone_and_named(console, sign_in, make):
    one = make("Call Ivan")
    page = sign_in("ana", java_script_enabled=False)
    page.goto("/app/tasks")
    console.ask("PATCH", "workflows", f"/api/workflows/tasks/{one['id']}", json={"priority": 1})
    page.get_by_role("button", name="Complete Call Ivan").click()
    expect(page.get_by_role("status").filter(has_text="Left as it is: “Call Ivan”: It has changed")).to_be_visible()
    assert stands(console, one)["status"] == "open"


def test_handing_over_tells_the_other_who_answers_in_a_comment(console, sign_in, make, people):
    one = make("Prepare the pricing call")
    ana, max_ = sign_in("ana"), sign_in("max")
    ana.goto(f"/app/tasks/{one['id']}")
    ana.get_by_role("link", name="Hand over").click()
    dialog = ana.locator("#dialog")
    dialog.get_by_label("To").select_option(people["max"])
    dialog.get_by_label("What they should know").fill("They want 10 % off.")
    dialog.get_by_role("button", name="Hand over").click()
    expect(toast(ana, "“Prepare the pricing call”")).to_contain_text("Given to Max Weber")
    expect(ana.locator("#comments")).to_contain_text("They want 10 % off.")
    max_.goto("/app/tasks")
    expect(line_of(max_, one)).to_be_visible()
    expect(max_.locator("#bell .counter")).to_be_visible()
    max_.goto(f"/app/tasks/{one['id']}")
    max_.get_by_placeholder("Say something").fill("@Ana, I shall call them.")
    max_.get_by_role("button", name="Comment").click()
    expect(max_.locator("#comments")).to_contain_text("I shall call them.")
    expect(ana.locator("#comments")).to_contain_text("I shall call them.")
    told = replace(ADMIN, id=people["ana"])

    def mentioned():
        notices = console.get("monitor", "/api/notifications", by=told)["items"]
        return [notice for notice in notices if notice["kind"] == "mention" and "pricing call" in notice["title"]]

    assert eventually(mentioned)


def test_on_a_phone_the_title_wraps_and_snooze_is_at_hand(console, sign_in, make):
    long = make("Find out who signs after the reorganisation, and schedule a meeting with whoever that turns out to be")
    page = sign_in("ana", viewport={"width": 390, "height": 844})
    page.goto("/app/tasks")
    title = line_of(page, long).locator("a.title")
    assert title.bounding_box()["height"] > 38
    assert title.evaluate("one => one.scrollWidth <= one.clientWidth")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    line_of(page, long).get_by_role("link", name="Snooze").click()
    page.get_by_role("button", name="In 3 days").click()
    expect(toast(page, "Snoozed until")).to_be_visible()
    assert stands(console, long)["status"] == "snoozed"


def test_without_script_many_are_selected_and_handed_over(console, sign_in, make, people):
    both = [make("One of two"), make("Two of two")]
    page = sign_in("ana", java_script_enabled=False)
    page.goto("/app/tasks")
    for one in both:
        page.get_by_role("checkbox", name=f"Select {one['title']}").check()
    page.locator("#many").get_by_role("button", name="Hand over").click()
    page.get_by_label("To").select_option(people["max"])
    page.get_by_role("button", name="Hand over").click()
    expect(page.get_by_role("status").filter(has_text="Given to Max Weber: 2 tasks.")).to_be_visible()
    assert [stands(console, one)["owner"] for one in both] == [people["max"]] * 2
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("status").filter(has_text="Taken back: 2 tasks.")).to_be_visible()
    assert [stands(console, one)["owner"] for one in both] == [people["ana"]] * 2
