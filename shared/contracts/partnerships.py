"""Partnerships on both sides of a boundary: the stages of the pipeline, and the activities that people may log."""

from __future__ import annotations

STAGES = ("New Lead", "Conversation Active", "MOU Sent", "MOU Signed", "Active", "Dormant", "Lost")
"""In the order of the pipeline, spelt as people read them."""

LOGGED_ACTIVITIES = (
    ("call", "Call"),
    ("meeting", "Meeting"),
    ("email_received", "E-mail that came in"),
    ("email_sent", "E-mail that went out"),
    ("note", "Note"),
    ("introduction", "Introduction"),
    ("mou_sent", "MOU sent"),
    ("mou_viewed", "MOU viewed"),
    ("mou_signed", "MOU signed"),
)
"""The kinds of activity that a form offers to log, each with its words; the other kinds follow from what is done."""
