"""Files that a form sent."""

from __future__ import annotations

from werkzeug.datastructures import FileStorage


def content_of(file: FileStorage) -> bytes:
    """The whole content of a file that a form sent; it can be read again."""
    file.stream.seek(0)
    content = file.stream.read()
    file.stream.seek(0)
    return content
