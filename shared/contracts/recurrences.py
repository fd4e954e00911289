"""How a recurrence says when it starts a run."""

from __future__ import annotations

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
TIMING = {"week": ("weekday", "at"), "month": ("day", "at"), "cron": ("cron",)}
"""The fields that say when, by the value of `every`."""
