"""The walls of the house stand, and every context has the same rooms under the same names."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.contexts import CONTEXTS

ROOT = Path(__file__).resolve().parent.parent
DRAWERS = {"utils", "helpers", "common", "base", "manager", "misc", "tools", "service", "services"}
SOURCES = [
    path for folder in ("services", "shared") for path in (ROOT / folder).rglob("*.py") if "vendor" not in path.parts
]


def test_the_import_contracts_hold():
    done = subprocess.run(
        [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("name", CONTEXTS)
def test_a_context_has_its_rooms(name):
    rooms = {path.stem for path in (ROOT / "services" / name).iterdir()}
    assert rooms >= {"__init__", "__main__", "app", "api", "actors", "work", "schemas", "models", "migrations"}


def test_nothing_is_called_a_drawer():
    named = {
        path.relative_to(ROOT).as_posix()
        for path in SOURCES
        if path.stem in DRAWERS and path.parent != ROOT / "services"
    }
    assert named == set()


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_module_swallows_nothing(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ExceptHandler) and len(node.body) == 1 and isinstance(node.body[0], ast.Pass):
            caught = ast.unparse(node.type) if node.type else ""
            assert caught not in ("", "Exception", "BaseException"), (
                f"line {node.lineno} swallows every error in silence"
            )
