"""The kinds of rows that can be imported, each in a module of its own."""

from services.runs.import_kinds.partnerships import PARTNERSHIPS

KINDS = (PARTNERSHIPS,)
__all__ = ["KINDS", "PARTNERSHIPS"]
