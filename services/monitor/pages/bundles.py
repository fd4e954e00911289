"""The styles and the scripts of every page, each as one file: a browser asks for two files instead of twenty-two."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

STATIC = Path(__file__).parent.parent / "static"
VENDOR = "vendor/htmx.org-4.0.1"


@dataclass(frozen=True)
class Bundle:
    """Static files that are served as one, in order: a later style may say otherwise of what an earlier one has said."""

    mimetype: str
    parts: tuple[str, ...]
    between: bytes = b"\n"

    @cached_property
    def content(self) -> bytes:
        """The files one after another."""
        return self.between.join((STATIC / part).read_bytes() for part in self.parts)


_STYLES = (
    *("base", "frame", "parts", "list", "lines", "forms", "run", "plan", "step", "guided", "customers"),
    *("narrow", "actions", "contracts"),
)
_SCRIPTS = ("app", "finder", "upload", "drafts", "crumbs")

BUNDLES = {
    "style.css": Bundle("text/css", ("tokens.css", *(f"style/{name}.css" for name in _STYLES))),
    "script.js": Bundle(
        "text/javascript",
        (f"{VENDOR}/htmx.min.js", f"{VENDOR}/hx-sse.min.js", *(f"{name}.js" for name in _SCRIPTS)),
        between=b";\n",
    ),
}
"""The bundles by the names of their files."""
