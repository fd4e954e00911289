"""The statements on stored files; each is limited to one tenant."""

from __future__ import annotations

from typing import Any

from services.executor.models.installation_tables import StoredFile
from shared.database import statements


def add(**values: Any) -> bool:
    """Record a stored file. Returns whether it is new; one that is recorded already stays as it is."""
    return statements.insert_if_new(StoredFile, values)


def get_or_none(tenant_id: str, sha256: str) -> StoredFile | None:
    """The tenant's file with this hash, or None."""
    return StoredFile.for_tenant(tenant_id).where(StoredFile.sha256 == sha256).first()
