"""The first paint of every page of the console, in Chromium, beside that of the page of signing in."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from tests.bench.report import Row, at_most, percentile, plain
from tests.bench.sizes import Sizes
from tests.house import House

RATIO = 1.5
CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")
FIRST_PAINT = """() => new Promise((resolve) => {
    const painted = () => performance.getEntriesByName("first-contentful-paint")[0]
    const look = () => painted() ? resolve(painted().startTime) : setTimeout(look, 5)
    look()
})"""
PAGES = (
    *(
        "/app?whose=team",
        "/app/inbox",
        "/app/customers",
        "/app/renewals",
        "/app/contacts",
        "/app/tasks?whose=team",
        "/app/runs",
    ),
    *("/app/partnerships", "/app/import", "/app/monitor", "/app/notifications", "/app/profile", "/app/admin/people"),
)


def measure(house: House, sizes: Sizes) -> list[Row]:
    """The page that paints last, as a multiple of the page of signing in; both with what the browser keeps."""
    if not Path(CHROMIUM).exists():
        return [Row("first paint", "not measured", beside=f"there is no Chromium at {CHROMIUM}")]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        page = browser.new_context(base_url=house.url("monitor")).new_page()
        floor = _paints(page, "/sign-in", sizes.looks)
        page.goto(house.sign_in_link())
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url("**/app**")
        found = {address: percentile(_paints(page, address, sizes.looks), 0.5) for address in PAGES}
        browser.close()
    middle = percentile(floor, 0.5)
    last = max(found, key=lambda address: found[address])
    said = ", ".join(
        f"{address} {found[address] / middle:.2f}" for address in sorted(found, key=lambda one: -found[one])[:4]
    )
    return [
        plain("first paint of the page of signing in, p50", middle, "ms"),
        at_most(f"first paint of {last}, over it", found[last] / middle, RATIO, "times", said),
    ]


def _paints(page: Any, address: str, looks: int) -> Sequence[float]:
    """The milliseconds to the first paint, time and again; the first, which fills the cache, is left out."""
    took = []
    for _ in range(looks + 1):
        page.goto(address)
        took.append(float(page.evaluate(FIRST_PAINT)))
    return took[1:]
