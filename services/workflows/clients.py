"""What workflows asks of the executor over REST: to keep a file, and to hand out a text that was read."""

from __future__ import annotations

from typing import ClassVar

from shared.ground.errors import Unavailable
from shared.ground.settings import Settings
from shared.web.service_client import Client

STORING_SECONDS = 30.0


class ExecutorFiles:
    """The file store of the executor."""

    NAME: ClassVar[str] = "tandem.executor_files"

    def __init__(self, settings: Settings) -> None:
        self._executor = Client(settings, "executor", timeout=STORING_SECONDS)

    def store(self, tenant_id: str, content: bytes, *, name: str, media_type: str) -> str:
        """Store a file of a tenant. Returns its hash. Unavailable when the executor is away; nothing was stored then."""
        try:
            answer = self._executor.ask(
                "POST",
                "/api/files",
                params={"name": name, "mediaType": media_type},
                content=content,
                tenant_id=tenant_id,
            )
        except Unavailable as error:
            raise Unavailable(
                "The executor, which keeps files, is not answering, so nothing was stored. Try again in a moment.",
                service="executor",
            ) from error
        return str(self._executor.body_of(answer)["sha256"])

    def text(self, tenant_id: str, sha256: str) -> str:
        """A text that a processor has stored. NotFound; Unavailable."""
        return self._executor.ask("GET", f"/api/files/{sha256}", tenant_id=tenant_id).content.decode()
