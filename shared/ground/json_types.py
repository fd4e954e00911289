"""The type of an object in a JSON document."""

from __future__ import annotations

from typing import Any

JsonObject = dict[str, Any]
"""An object of a JSON document: a snapshot, the data of a change, a body that is sent or answered, the value of a JSON column."""
