"""Stores files for other services and for people, by the hash of their content, and hands them out again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from services.executor import models
from services.executor.models import StoredFile, acts, feed
from services.executor.providers.file_store import FileStore
from shared.ground.errors import Invalid, NotFound, TooLarge
from shared.ground.principal import Principal


@dataclass(frozen=True)
class Opened:
    """A stored file with its content."""

    row: StoredFile
    content: bytes


def store(
    by: Principal, files: FileStore, content: bytes, *, name: str, media_type: str, longest: int, now: datetime
) -> StoredFile:
    """Store a file of the caller's tenant. The same content a second time is the same file, under its first name.

    The content is written before its row: a process that dies between them leaves a content that nobody can ask for.
    """
    if not content:
        raise Invalid("The file is empty.", errors={"file": ["It is empty."]})
    if len(content) > longest:
        raise TooLarge(f"The file is too large: at most {longest:,} bytes are taken.")
    sha256 = files.put(by.tenant_id, content)
    with feed.transaction():
        return record(by, sha256, name=name, media_type=media_type, size=len(content), now=now)


def record(by: Principal, sha256: str, *, name: str, media_type: str, size: int, now: datetime) -> StoredFile:
    """Record a file that is in the store. Call it inside a transaction."""
    is_new = models.files.add(
        tenant_id=by.tenant_id,
        sha256=sha256,
        name=name,
        media_type=media_type,
        size=size,
        created_at=now,
        by=by.as_json(),
    )
    if is_new:
        acts.record(by, "stored file", "file", sha256, now=now, details={"name": name, "size": size})
    row = models.files.get_or_none(by.tenant_id, sha256)
    if row is None:
        raise NotFound(f"There is no file {sha256}.")
    return row


def opened(tenant_id: str, sha256: str, files: FileStore) -> Opened:
    """A file of the tenant. NotFound for another tenant's too, and when its content is gone."""
    row = models.files.get_or_none(tenant_id, sha256)
    content = files.load(tenant_id, sha256) if row else None
    if row is None or content is None:
        raise NotFound(f"There is no file {sha256}.")
    return Opened(row, content)
