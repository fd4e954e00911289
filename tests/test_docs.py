"""What the documents say is what the code has: settings, kinds, make targets, contexts."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from services.executor.processors import registry
from services.runs import importing as partnerships
from services.workflows import importing as customers
from shared.contracts.kinds import KINDS
from shared.settings import SETTINGS

ROOT = Path(__file__).resolve().parent.parent


def read(path: str) -> str:
    return (ROOT / path).read_text()


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
def test_every_setting_is_documented_with_its_default(setting):
    line = next((line for line in read("docs/settings.md").splitlines() if f"`{setting.name}`" in line), None)
    assert line, f"docs/settings.md does not name {setting.name}"
    if setting.default not in (None, ""):
        assert str(setting.default) in line


def test_every_kind_of_change_is_documented():
    text = read("docs/architecture.md")
    assert [kind for kinds in KINDS.values() for kind in kinds if f"`{kind}`" not in text] == []


def test_every_make_target_explains_itself():
    targets = re.findall(r"^([a-z][a-z-]*):(.*)$", read("Makefile"), re.MULTILINE)
    assert [name for name, rest in targets if "##" not in rest] == []


def test_the_readme_names_both_commands_and_every_part():
    text = read("README.md")
    for word in (
        "make run",
        "make test",
        "docker compose up",
        "runs",
        "workflows",
        "executor",
        "monitor",
        "shared",
        "tandem import customers",
    ):
        assert word in text


def test_every_link_in_the_documents_leads_somewhere():
    for document in [ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", document.read_text()):
            if "://" not in target:
                assert (document.parent / target).exists(), f"{document.name} links to {target}"


def test_every_processor_of_the_registry_is_a_line_of_pyproject():
    named = set(re.findall(r'^([a-z-]+) = "services\.executor\.processors', read("pyproject.toml"), re.MULTILINE))
    assert named
    assert set(registry.load(rehearsal=True).names()) == named


@pytest.mark.parametrize(
    ("section", "columns"),
    [("## Customers", customers.KNOWN), ("## Partnerships", partnerships.KNOWN)],
    ids=["customers", "partnerships"],
)
def test_every_column_of_an_import_is_documented_and_no_other(section, columns):
    table = read("docs/importing.md").partition(section)[2].partition("\n## ")[0]
    named = [
        name
        for line in table.splitlines()
        for name in re.findall(r"`(\w+)`", line.split("|")[1] if "|" in line else "")
    ]
    assert sorted(named) == sorted(columns)
