"""What the README tells a newcomer to do works as it is written there: its processor, its test, its requests."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from services.workflows.schemas.contacts import ContactIn
from services.workflows.schemas.contracts import ContractIn
from tests.executor.conftest import GROUP, registry

ROOT = Path(__file__).resolve().parent.parent
SECTION = (ROOT / "README.md").read_text().partition("## Add a processor")[2].partition("\n## ")[0]
NEW = ("services/executor/processors/crm_note_writer.py", "tests/executor/processors/test_crm_note_writer.py")


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def bodies() -> list[tuple[str, dict]]:
    """The address and the JSON of each request in the README, as the shell would send it."""
    text = "\n".join(blocks((ROOT / "README.md").read_text(), "sh")).replace("'$CUSTOMER'", "c1")
    return [
        (where, json.loads(body))
        for where, body in re.findall(r"POST \"?(\S+?)\"? \\\n +-d '(.*?)'$", text, re.M | re.S)
    ]


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    """A copy of the project to which the README's three steps were done, word by word."""
    folder = tmp_path_factory.mktemp("checkout")
    for name in ("services", "shared", "tests/executor"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "static"))
    for path in (*ROOT.glob("tests/*.py"), ROOT / "pyproject.toml"):
        shutil.copy(path, folder / path.relative_to(ROOT))
    for path, block in zip(NEW, blocks(SECTION, "python"), strict=True):
        assert f"`{path}`" in SECTION
        (folder / path).write_text(block)
    [line] = blocks(SECTION, "toml")
    group = '[project.entry-points."tandem.processors"]\n'
    project = folder / "pyproject.toml"
    project.write_text(project.read_text().replace(group, group + line))
    return folder


def do(folder: Path, *words: str) -> str:
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    done = subprocess.run(
        [sys.executable, "-m", *words], cwd=folder, env=environment, capture_output=True, text=True, timeout=100
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_processor_of_the_readme_passes_its_own_test_and_those_of_every_processor(checkout):
    said = do(checkout, "pytest", "-v", "-p", "no:cacheprovider", NEW[1], "tests/executor/processors/test_registry.py")
    assert re.search(r"test_every_schema\S+\[crm-note-writer\] PASSED", said), said


def test_the_readmes_code_is_as_the_linters_want_it(checkout):
    do(checkout, "ruff", "check", "--no-cache", *NEW)
    do(checkout, "ruff", "format", "--no-cache", "--check", *NEW)


def test_every_task_that_the_readme_asks_for_is_one_that_its_processor_takes(checkout):
    spec = importlib.util.spec_from_file_location("crm_note_writer", checkout / NEW[0])
    note_writer = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(note_writer)
    known = registry.Registry([*registry.load(rehearsal=False, group=GROUP), note_writer.PROCESSOR])
    asked = [body for where, body in bodies() if where.endswith("/api/ai-tasks")]
    assert [body["processor"] for body in asked] == ["contract-deadline-alert", "crm-note-writer"]
    assert [known.faults_of(body["processor"], body["metadata"]) for body in asked] == [{}, {}]


def test_the_contract_and_the_contact_of_the_readme_are_as_workflows_takes_them():
    told = {where.rpartition("/")[2]: body for where, body in bodies()}
    assert ContractIn().load(told["contracts"]).text
    assert ContactIn().load(told["contacts"]).customer_id == "c1"
