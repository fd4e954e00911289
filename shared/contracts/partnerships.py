"""Vocabulary of partnerships: the stages of the pipeline, and the activities that people may log."""

from __future__ import annotations

STAGES = ("New Lead", "Conversation Active", "MOU Sent", "MOU Signed", "Active", "Dormant", "Lost")
"""The stages in the order of the pipeline, as people read them."""

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
"""The kinds of activity that a form offers, with their labels; the other kinds follow from actions."""
