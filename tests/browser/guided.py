"""Working through a guided run in the browser: one function a kind of step, as a person would do it."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Locator, Page, expect


def start_run(page: Page, template: str) -> str:
    """Start a run from a template, in the dialog; the run's id."""
    page.goto("/app/runs")
    card = page.locator(".template", has=page.get_by_role("heading", name=template, exact=True))
    card.get_by_role("link", name=re.compile("^Start Run")).click()
    page.locator("#dialog").get_by_role("button", name="Create").click()
    page.wait_for_url(re.compile(r"/app/runs/[0-9a-f-]{36}"))
    return page.url.rpartition("/")[2]


def begin(page: Page, title: str) -> Locator:
    """Start a step, and wait for everybody's rows."""
    step = page.locator(".stage", has=page.get_by_role("heading", name=title, exact=True))
    step.get_by_role("button", name=re.compile("^Start")).click()
    expect(step).to_contain_text("In progress")
    everybodys = step.get_by_role("button", name="All", exact=True)
    if everybodys.count() and everybodys.get_attribute("aria-pressed") == "false":
        everybodys.click()
        expect(everybodys).to_have_attribute("aria-pressed", "true")
    return step


def rows(step: Locator) -> list[Locator]:
    """The rows of a step, each by its own id, so that it stays the same row however the list changes."""
    ids = [row.get_attribute("id") for row in step.locator("[data-row]").all()]
    return [step.page.locator(f"#{row_id}") for row_id in ids]


def name_of(row: Locator) -> str:
    """What the row is about."""
    return row.locator(".title").first.inner_text()


def review(step: Locator, mark: str) -> list[str]:
    """Mark every row; their names."""
    done = []
    for row in rows(step):
        row.get_by_role("button", name=mark, exact=True).click()
        expect(row.locator(".state .icon")).to_be_visible()
        done.append(name_of(row))
    return done


def write_on(row: Locator, text: str) -> None:
    """Note something on a row of a review, at the side."""
    row.get_by_role("link", name=re.compile("^Note")).click()
    sheet = row.page.locator("#sheet")
    sheet.get_by_placeholder("Note").fill(text)
    sheet.get_by_placeholder("Note").press("Control+Enter")
    expect(sheet).to_be_hidden()
    expect(row).to_contain_text(text)


def write(row: Locator) -> Locator:
    """Open the draft of a row at the side; the side."""
    row.get_by_role("link", name=re.compile("^Write")).click()
    side = row.page.locator("#sheet")
    expect(side).to_be_visible()
    return side


def send_all(step: Locator) -> list[str]:
    """Send every draft at once, after the question, and wait until each is sent; the names."""
    page, names = step.page, [name_of(row) for row in rows(step)]
    if len(names) > 1:
        step.get_by_role("link", name=re.compile("^Send all")).click()
        page.locator("#dialog").get_by_role("button", name=re.compile("^Send")).click()
    else:
        step.get_by_role("link", name=re.compile("^Write")).click()
        page.locator("#sheet").get_by_role("button", name=re.compile("^Send")).click()
    for row in rows(step):
        expect(row.locator(".mark")).to_contain_text("Sent")
    return names


def move_all(step: Locator) -> dict[str, str]:
    """Move each row to its proposed stage: `{name: stage}`."""
    moved = {}
    for row in rows(step):
        stage = row.locator("select[name=stage]").input_value()
        row.get_by_role("button", name=re.compile("^Move")).click()
        expect(row.get_by_role("button", name="Undo")).to_be_visible()
        moved[name_of(row)] = stage
    return moved


def book_all(step: Locator) -> list[str]:
    """Book the first free slot with each; the names."""
    done = []
    for row in rows(step):
        row.get_by_role("button", name=re.compile("^Book")).click()
        expect(row.get_by_role("link", name="Cancel the call")).to_be_visible()
        done.append(name_of(row))
    return done


def create_tasks(step: Locator, title: str) -> list[str]:
    """A task for each row; the names."""
    done = []
    for row in rows(step):
        row.get_by_label("Task", exact=True).fill(f"{title} {name_of(row)}")
        row.get_by_role("button", name=re.compile("^Create task")).click()
        expect(row.locator(".mark")).to_be_visible()
        done.append(name_of(row))
    return done


def write_note(step: Locator, text: str) -> None:
    """Type a note, see it saved while it is typed, and keep it."""
    step.locator("textarea[name=text]").fill(text)
    expect(step.get_by_text("Saved", exact=True)).to_be_visible()
    step.get_by_role("button", name="Keep the note", exact=True).click()
    expect(step.get_by_text("Kept from this step")).to_be_visible()


def complete(step: Locator) -> None:
    """Complete a step that has nothing left."""
    step.get_by_role("button", name=re.compile("^Complete")).click()
    expect(step.locator("summary", has_text="What it showed")).to_be_visible()


def complete_run(page: Page, *, saying: str) -> None:
    """Complete the run; the outcome is drafted, and one's own words come after it."""
    page.get_by_role("link", name="Complete Run").click()
    outcome = page.get_by_label("Outcome")
    expect(outcome).not_to_be_empty()
    outcome.fill(outcome.input_value() + " " + saying)
    page.locator("#dialog").get_by_role("button", name="Complete Run").click()
    expect(page.get_by_role("heading", name="Outcome")).to_be_visible()
    expect(page.locator("#guided-standing")).to_contain_text("Completed")


class Ledger:
    """What the services hold afterwards, asked over REST."""

    def __init__(self, house: Any, run_id: str) -> None:
        self.house, self.run_id = house, run_id

    @property
    def run(self) -> dict[str, Any]:
        """The run with its steps."""
        return self.house.get("runs", f"/api/guided-runs/{self.run_id}")

    def results(self) -> dict[str, int]:
        """The counts of all steps together."""
        counted: dict[str, int] = {}
        for step in self.run["steps"]:
            for name, number in (step["result"] or {}).items():
                counted[name] = counted.get(name, 0) + number if isinstance(number, int) else counted.get(name, 0)
        return counted

    def log(self) -> list[str]:
        """The verbs of its activity log, the newest first."""
        body = self.house.get("runs", f"/api/guided-runs/{self.run_id}/activity", params={"limit": 100})
        return [one["verb"] for one in body["items"]]

    def partnership(self, name: str) -> dict[str, Any]:
        """A partnership by its whole name."""
        found = self.house.get("runs", "/api/partnerships", params={"q": name})["items"]
        return next(one for one in found if one["name"] == name)

    def activities(self, name: str) -> list[dict[str, Any]]:
        """What happened with it, the newest first."""
        path = f"/api/partnerships/{self.partnership(name)['id']}/activities"
        return self.house.get("runs", path)["items"]

    def mails_to(self, name: str) -> list[dict[str, Any]]:
        """The mails in the mailbox to one of its contacts, sent by this run."""
        emails = {one["email"] for one in self.partnership(name)["contacts"]}
        found = self.house.get("executor", "/api/mailbox", params={"limit": 100})["items"]
        return [one for one in found if any(email in str(one["to"]) for email in emails)]

    def tasks_of(self, name: str) -> list[dict[str, Any]]:
        """The tasks that workflows has about it."""
        params = {"partnership_id": self.partnership(name)["id"], "limit": 100}
        return self.house.get("workflows", "/api/workflows/tasks", params=params)["items"]
