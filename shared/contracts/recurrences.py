"""Vocabulary of the timing of recurrences."""

from __future__ import annotations

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
TIMING = {"week": ("weekday", "at"), "month": ("day", "at"), "cron": ("cron",)}
"""The fields of a timing, by the value of `every`."""
