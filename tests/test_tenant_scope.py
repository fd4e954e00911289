"""Every statement on a table that has tenants names the tenant, or says `of_all_tenants` (`across_tenants` for one in SQL).

The source is walked: each call that begins a statement with peewee, and each text of SQL. What begins a statement is in
shared/database, which is left out.
"""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import peewee
import pytest

from services.workflows.models import HeardRequest, tables
from shared.database import statements
from shared.database.model import Row

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("services", "shared")
BEGINNINGS = {
    *("select", "get", "get_or_none", "get_by_id", "get_or_create", "filter", "noop", "load_by_ids"),
    *("update", "delete", "set_by_id", "delete_by_id", "bulk_update"),
}
"""The methods of a table, and the functions of shared/database/statements, that begin a statement on rows that are there
already."""
NAMESPACE = {
    **vars(tables),
    "tables": tables,
    "statements": statements,
    "Other": tables.Task.alias(),
    "HeardRequest": HeardRequest,
}
OF_DICTIONARIES = {"get", "update"}
STATEMENT = re.compile(r"\b(?:FROM|UPDATE|JOIN)\s+\"?([\w\x00]+)")
"""A part of a text of SQL that names a table; the null character stands for what is filled in."""
SCOPED = re.compile(r"\btenant_id\"?\s*(\|\| '' )?(=|IN)")


def modules() -> list[Path]:
    """The modules of the product."""
    paths = [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))]
    return [path for path in paths if not {"migrations", "database"} & set(path.parts) and path.name != "__main__.py"]


def has_tenants(table: Any) -> bool:
    """Whether this is a table, or an alias of one, that has tenants."""
    if issubclass(type(table), peewee.ModelAlias):
        return has_tenants(table.model)
    return issubclass(type(table), type) and issubclass(table, peewee.Model) and "tenant_id" in table._meta.fields


def unscoped(source: str, namespace: Mapping[str, Any], tables: set[str]) -> list[str]:
    """The statements in the source of a module that name no tenant, each as `line: source`.

    A name that the namespace of the module does not have, such as an argument, is taken for a table with tenants.
    """
    tree = ast.parse(source)
    wrong = [call for call in _calls(tree) if _begins_unscoped(call, namespace)]
    texts = [text for text in _texts(tree) if _is_unscoped(text, tables)]
    return [f"{node.lineno}: {ast.unparse(node)[:90]}" for node in (*wrong, *texts)]


def _calls(tree: ast.AST) -> list[ast.Call]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.Call)]


def _texts(tree: ast.AST) -> list[ast.Constant | ast.JoinedStr]:
    """The texts of a module, without its docstrings and what is given to `across_tenants`."""
    without = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    without |= {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for call in _calls(tree):
        if ast.unparse(call.func).endswith("across_tenants"):
            without |= {id(node) for node in ast.walk(call)}
    return [
        node for node in ast.walk(tree) if isinstance(node, ast.Constant | ast.JoinedStr) and id(node) not in without
    ]


def _begins_unscoped(call: ast.Call, namespace: Mapping[str, Any]) -> bool:
    if not (isinstance(call.func, ast.Attribute) and call.func.attr in BEGINNINGS):
        return False
    name, *attributes = ast.unparse(call.func.value).split(".")
    if not name.isidentifier():
        return False
    if name in ("self", "cls") and not attributes:
        return False
    if name not in namespace:
        return call.func.attr not in OF_DICTIONARIES or (call.func.attr == "update" and not call.args)
    table = namespace[name]
    for attribute in attributes:
        table = getattr(table, attribute, None) if type(table) is ModuleType else None
    return has_tenants(table) or table is statements


def _is_unscoped(node: ast.Constant | ast.JoinedStr, tables: set[str]) -> bool:
    """Whether it is a text of SQL on a table with tenants, or on one that is filled in, without a condition of a tenant."""
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    text = "".join(str(part.value) if isinstance(part, ast.Constant) else "\0" for part in parts)
    if not re.search(r"\b(SELECT|UPDATE|DELETE)\b", text) or SCOPED.search(text):
        return False
    return any("\0" in name or name in tables for name in STATEMENT.findall(text))


@pytest.fixture(scope="module")
def table_names() -> set[str]:
    """The names of all tables that have tenants."""
    for path in modules():
        if "models" in path.parts:
            importlib.import_module(_name(path))
    return {table._meta.table_name for table in _below(Row) if has_tenants(table)}


def _below(table: type[Row]) -> Iterator[type[Row]]:
    for below in table.__subclasses__():
        yield below
        yield from _below(below)


def _name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def test_every_statement_is_scoped(table_names: set[str]) -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in modules()
        for line in unscoped(path.read_text(), vars(importlib.import_module(_name(path))), table_names)
    ]
    assert not found, "\n".join(["begin it with for_tenant, update_for, delete_for or get_for:", *found])


@pytest.mark.parametrize(
    "statement",
    [
        "Task.select()",
        "Task.get_or_none(Task.id == task_id)",
        "Task.update(status=status)",
        "Task.delete().where(Task.tenant_id == tenant_id)",
        "tables.Task.select()",
        "Other.select()",
        "table.select(table.id)",
        "self.table.delete()",
        "table.update(status=status)",
        "statements.get_or_none(Task, {'id': task_id})",
        "execute('SELECT id FROM task WHERE id = ?')",
        "execute(f'UPDATE task SET {columns} WHERE id = ? RETURNING tenant_id')",
        "execute(f'DELETE FROM {table} WHERE id = ?')",
    ],
)
def test_a_statement_without_a_tenant_is_refused(statement: str) -> None:
    assert unscoped(statement, NAMESPACE, {"task"})


@pytest.mark.parametrize(
    "statement",
    [
        "Task.for_tenant(tenant_id).where(Task.id == task_id)",
        "Task.of_all_tenants()",
        "Other.for_tenant(tenant_id)",
        "HeardRequest.select()",
        "values.update(more)",
        "values.get(key)",
        "execute('SELECT id FROM task WHERE id = ? AND tenant_id = ?')",
        "execute(across_tenants('UPDATE task SET status = ?'))",
        "execute('SELECT id FROM sqlite_master')",
        "'''It says SELECT id FROM task.'''",
    ],
)
def test_a_statement_with_a_tenant_and_one_on_a_table_without_tenants_pass(statement: str) -> None:
    assert unscoped(statement, NAMESPACE, {"task"}) == []
