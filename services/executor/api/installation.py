"""What this application's views need besides the database."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from flask import current_app

from services.executor.processors.registry import Registry
from services.executor.providers.file_store import FileStore
from services.executor.providers.local_mailbox import LocalMailbox
from services.executor.providers.sandbox_crm import SandboxCrm


@dataclass(frozen=True)
class Installation:
    """The processors, the CRM, the mailbox and the file store of this installation, and the number of attempts of a task.
    `wake` wakes the workers."""

    NAME: ClassVar[str] = "tandem.executor"

    registry: Registry
    crm: SandboxCrm
    mailbox: LocalMailbox
    files: FileStore
    max_attempts: int
    wake: Callable[[], None]


def installation() -> Installation:
    """The installation of the current application."""
    return current_app.extensions[Installation.NAME]
