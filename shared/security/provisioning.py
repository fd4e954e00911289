"""Makes the keys and database passwords of a compose installation, each in the folder of those who may read it."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import quote

from shared.security import tokens

HOST = "postgres"
"""Name of the database server in compose.yaml."""


def fill_volumes(root: Path, services: Iterable[str]) -> None:
    """Create the missing files under `root`. Existing ones stay, so that a second start keeps its passwords.

    `<service>/<service>.pem` and `<service>/database_url` for each service, `public/<service>.pem` for all, and
    `postgres/<role>.password` for the database server.
    """
    names = tuple(services)
    (root / "postgres").mkdir(parents=True, exist_ok=True)
    for role in ("postgres", *names):
        _once(root / "postgres" / f"{role}.password", secrets.token_urlsafe(24))
    for name in names:
        _keys_of(name, root)
        password = (root / "postgres" / f"{name}.password").read_text().strip()
        _once(root / name / "database_url", f"postgresql://{name}:{quote(password)}@{HOST}/{name}")


def _keys_of(name: str, root: Path) -> None:
    (root / name).mkdir(parents=True, exist_ok=True)
    tokens.make_key_pair(root / name / f"{name}.pem", root / "public" / f"{name}.pem")


def _once(file: Path, text: str) -> None:
    """Write a file atomically, unless it exists. Its volume protects it from others."""
    if not file.exists():
        fresh = file.with_suffix(".new")
        fresh.write_text(text + "\n")
        fresh.chmod(0o444)
        fresh.rename(file)
