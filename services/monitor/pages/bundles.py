"""The styles and the scripts of every page, each as one file: a browser asks for two files instead of twenty-two."""

from __future__ import annotations

from functools import cache
from pathlib import Path

STATIC = Path(__file__).parent.parent / "static"
VENDOR = "vendor/htmx.org-4.0.1"

PARTS: dict[str, tuple[str, ...]] = {
    "style.css": (
        "tokens.css",
        *(
            f"style/{name}.css"
            for name in (
                *("base", "frame", "parts", "list", "lines", "forms", "run", "plan", "step", "guided", "customers"),
                *("narrow", "actions", "contracts"),
            )
        ),
    ),
    "script.js": (
        *(f"{VENDOR}/{name}.min.js" for name in ("htmx", "hx-sse")),
        *(f"{name}.js" for name in ("app", "finder", "upload", "drafts", "crumbs")),
    ),
}
"""The files of each bundle, in order: a later style may say otherwise of what an earlier one has said."""

KINDS = {"style.css": "text/css", "script.js": "text/javascript"}
BETWEEN = {"style.css": b"\n", "script.js": b";\n"}


@cache
def content(name: str) -> bytes:
    """The bundle of this name."""
    return BETWEEN[name].join((STATIC / part).read_bytes() for part in PARTS[name])
