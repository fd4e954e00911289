"""A Chromium of the machine, and the whole house behind it: where either is absent, these tests say so and are left out."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.house import House

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
LANDED = re.compile(r"/app(/inbox)?$")
"""Where signing in leads: home, or the inbox of those who answer for failures."""

WAITS = 20_000
"""Milliseconds for something to show; the machine may be busy with other tests."""


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """Debian's Chromium instead of a downloaded one. Skips without it, unless TANDEM_REQUIRE_BROWSER=1."""
    if not Path(CHROMIUM).exists():
        reason = f"there is no Chromium at {CHROMIUM}; `apt-get install chromium` brings it"
        if os.environ.get("TANDEM_REQUIRE_BROWSER") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    return {"executable_path": CHROMIUM, "args": FLAGS}


@pytest.fixture(scope="session")
def console(browser_type_launch_args: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Four services with their workers, a real Redis-protocol server and sample data."""
    with House(tmp_path_factory.mktemp("console")) as started:
        yield started


@pytest.fixture(autouse=True, scope="session")
def _patience(browser_type_launch_args: dict[str, Any]) -> None:
    """Expectations wait as long as actions do."""
    expect.set_options(timeout=WAITS)


@pytest.fixture
def complaints() -> list[str]:
    """What the browser complained of: refused by the policy, broken script, missing files."""
    return []


@pytest.fixture
def sign_in(console: House, new_context: Callable[..., Any], complaints: list[str]) -> Callable[..., Any]:
    """`sign_in("max")` -> a page of the console on which the sample person of this name is signed in."""

    def sign_in(name: str, **options: Any) -> Any:
        wanted: dict[str, Any] = {"viewport": {"width": 1280, "height": 900}, **options}
        page = new_context(base_url=console.url("monitor"), **wanted).new_page()
        page.set_default_timeout(WAITS)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
        page.goto(console.sign_in_link(f"{name}@demo.tandem.test"))
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(LANDED)
        return page

    return sign_in
