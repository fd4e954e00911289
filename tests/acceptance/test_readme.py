"""The requests that the README shows, sent by a shell as they are written there."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from shared.ground.settings_table import PORTS

SECTION = (
    (Path(__file__).parents[2] / "README.md").read_text().partition("## REST in a minute")[2].partition("\n## ")[0]
)


@pytest.fixture
def curl():
    """The README asks with curl; a machine without one leaves this out and says so, CI fails."""
    if not shutil.which("curl"):
        tell = pytest.fail if os.environ.get("TANDEM_REQUIRE_BROWSER") == "1" else pytest.skip
        tell("there is no curl, with which the README asks; `apt-get install curl` brings it")


@pytest.mark.usefixtures("curl")
def test_the_readmes_requests_do_what_it_says(house):
    [script] = re.findall(r"^```sh\n(.*?)^```$", SECTION, re.M | re.S)
    script = script.replace(".venv/bin/tandem", f"{sys.executable} -m shared.cli")
    for name, port in PORTS.items():
        script = script.replace(f"http://127.0.0.1:{port}", house.url(name))
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        env=house.launcher.environment,
        cwd=house.launcher.folder,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    contract, contact, task = (json.loads(line) for line in done.stdout.splitlines())
    [customer] = house.get("workflows", "/api/customers", params={"q": "Redwood"})["items"]
    assert contract["title"] == "Order form 2026"
    assert (contact["name"], contact["customerId"]) == ("Nora Lind", customer["id"])
    assert (task["processor"], task["metadata"]["customerId"]) == ("contract-deadline-alert", customer["id"])
