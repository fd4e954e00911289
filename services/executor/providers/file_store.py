"""Files by the SHA-256 of their content, in a folder for each tenant (obstore). The same content is one file."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path

from obstore.exceptions import BaseError
from obstore.store import LocalStore

from shared.ground.errors import Unavailable

PLAIN_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
HASH = re.compile(r"[0-9a-f]{64}")


class FileStore:
    """The files of every tenant, in one folder, which is made when the first comes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._opened: LocalStore | None = None

    @property
    def _store(self) -> LocalStore:
        if self._opened is None:
            self._opened = LocalStore(self.folder, mkdir=True)
        return self._opened

    def put(self, tenant_id: str, content: bytes) -> str:
        """Store a content, whole or not at all. Returns its hash. Unavailable when it cannot be written."""
        sha256 = hashlib.sha256(content).hexdigest()
        try:
            self._store.put(_path(tenant_id, sha256), content)
            self._flush(self.folder / _path(tenant_id, sha256))
        except (OSError, BaseError) as error:
            raise _unavailable() from error
        return sha256

    def _flush(self, file: Path) -> None:
        """Flush a file and its folders to disk."""
        for path in (file, file.parent, file.parent.parent):
            descriptor = os.open(path, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)

    def load(self, tenant_id: str, sha256: str) -> bytes | None:
        """The content with this hash, or None when the tenant has none. Unavailable when the store cannot be read."""
        if not HASH.fullmatch(sha256):
            return None
        try:
            return bytes(self._store.get(_path(tenant_id, sha256)).bytes())
        except FileNotFoundError:
            return None
        except (OSError, BaseError) as error:
            raise _unavailable() from error


def _path(tenant_id: str, sha256: str) -> str:
    folder = tenant_id if PLAIN_NAME.fullmatch(tenant_id) else hashlib.sha256(tenant_id.encode()).hexdigest()
    return f"{folder}/{sha256[:2]}/{sha256}"


def _unavailable() -> Unavailable:
    """The store cannot be read or written now."""
    # The text of the error says where Tandem is installed.
    return Unavailable("The file store is not to be had just now; nothing was stored.")
