"""The REST API of stored files: a content comes in, and goes out as a download."""

from __future__ import annotations

from typing import Any

from flask import Response, request
from flask_smorest import Blueprint

from services.executor import files as verbs
from services.executor.api.installation import installation
from services.executor.schemas.files import FileArgs, FileSchema
from shared.contracts import document_files
from shared.ground import clock
from shared.web import callers, current_service, downloads, request_checks

files = Blueprint("files", __name__, url_prefix="/api/files", description="Files by the hash of their content.")

ANY_BYTES = {"requestBody": {"content": {downloads.ANY_TYPE: {"schema": {"type": "string", "format": "binary"}}}}}
"""The body of a file that is sent by itself."""


@files.post("")
@request_checks.takes_documents
@callers.needs("member")
@files.doc(**ANY_BYTES)
@files.arguments(FileArgs, location="query")
@files.response(201, FileSchema)
def store(named: dict[str, Any]) -> Any:
    """Store the body as a file. The same content a second time is the same file."""
    site = installation()
    return verbs.store(
        callers.by_for_a_tenant(),
        site.files,
        request.get_data(),
        **named,
        longest=current_service.settings().file_bytes,
        now=clock.now(),
    )


@files.get("/<sha256>")
@callers.needs("member")
@files.response(200, {"type": "string", "format": "binary"}, content_type=downloads.ANY_TYPE)
def download(sha256: str) -> Response:
    """The content, to be saved and never shown by a browser."""
    found = verbs.opened(callers.by().tenant_id, sha256, installation().files)
    known = found.row.media_type in document_files.MEDIA_TYPES
    media_type = found.row.media_type if known else downloads.ANY_TYPE
    return downloads.answer(found.content, found.row.name, media_type)
