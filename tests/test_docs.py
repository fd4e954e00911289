"""What the documents say is what the code has: settings, kinds, make targets, contexts."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from services.executor.processors import registry
from services.runs.import_kinds import PARTNERSHIPS
from services.workflows.import_kinds import CONTACTS, CUSTOMERS, USAGE_READINGS
from shared.contracts.kinds import KINDS
from shared.ground.settings_table import SETTINGS

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


DOCUMENTS = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
CODE = [path for folder in ("services", "shared", "tests") for path in (ROOT / folder).rglob("*.py")]
FILES = [ROOT / name for name in ("Makefile", "compose.yaml", "pyproject.toml", ".importlinter")]
LINK = re.compile(r"\]\(([^)#]*)(?:#([^)]*))?\)")
POINTER = re.compile(r'(?<![\w/.(-])((?:[\w-]+/)*[\w-]+\.md)\b(?:,\s+"([^"]+)")?')
OUTSIDE = re.compile(r"DESIGN\.md|\(reference\b|\bsection \d")
"""What points at a document that is not in the repository."""


def headings(document: Path) -> list[str]:
    return re.findall(r"^#+ (.+)$", document.read_text(), re.MULTILINE)


def anchor(heading: str) -> str:
    return re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-")


def broken_links(document: Path) -> list[str]:
    broken = []
    for target, fragment in LINK.findall(document.read_text()):
        if "://" in target:
            continue
        path = document.parent / target if target else document
        if not path.exists() or (fragment and fragment not in map(anchor, headings(path))):
            broken.append(f"{document.name}: {target}#{fragment}")
    return broken


def broken_pointers(path: Path) -> list[str]:
    text = path.read_text()
    broken = [f"{path.name}: {match[0]}" for match in OUTSIDE.finditer(text)]
    for name, heading in POINTER.findall(text):
        document = next((place / name for place in (ROOT, path.parent, ROOT / "docs") if (place / name).exists()), None)
        if document is None or (heading and heading not in headings(document)):
            broken.append(f"{path.name}: {name}, {heading}")
    return broken


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_in_the_documents_leads_somewhere(document):
    assert broken_links(document) == []


def test_every_pointer_to_a_document_resolves():
    assert [
        broken for path in [*DOCUMENTS, *CODE, *FILES] if path != Path(__file__) for broken in broken_pointers(path)
    ] == []


@pytest.mark.parametrize(
    "text", ["See docs/nothing.md.", 'See docs/design.md, "No such heading".', "See DESIGN.md.", "(reference, 3.6)"]
)
def test_a_pointer_that_leads_nowhere_is_found(tmp_path, text):
    (tmp_path / "module.py").write_text(text)
    assert broken_pointers(tmp_path / "module.py") != []


def test_every_processor_of_the_registry_is_a_line_of_pyproject():
    named = set(re.findall(r'^([a-z-]+) = "services\.executor\.processors', read("pyproject.toml"), re.MULTILINE))
    assert named
    assert set(registry.load(rehearsal=True).names()) == named


@pytest.mark.parametrize(
    ("section", "columns"),
    [
        ("## Customers", CUSTOMERS.fields.by_name),
        ("## Contacts", CONTACTS.fields.by_name),
        ("## Usage readings", USAGE_READINGS.fields.by_name),
        ("## Partnerships", PARTNERSHIPS.fields.by_name),
    ],
    ids=["customers", "contacts", "usage-readings", "partnerships"],
)
def test_every_column_of_an_import_is_documented_and_no_other(section, columns):
    table = read("docs/importing.md").partition(section)[2].partition("\n## ")[0]
    named = [
        name
        for line in table.splitlines()
        for name in re.findall(r"`(\w+)`", line.split("|")[1] if "|" in line else "")
    ]
    assert sorted(named) == sorted(columns)


def test_no_log_of_compose_grows_for_ever():
    services = yaml.safe_load(read("compose.yaml"))["services"]
    assert {
        name: service.get("logging", {}).get("options", {}).get("max-size") for name, service in services.items()
    } == (dict.fromkeys(services, "10m"))
