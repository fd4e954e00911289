"""Vocabulary of customers: the roles and moods of contacts, and how renewals and contracts stand."""

from __future__ import annotations

CONTACT_ROLES = {
    "economic_buyer": "economic buyer",
    "executive_sponsor": "executive sponsor",
    "champion": "champion",
    "technical_buyer": "technical buyer",
    "decision_maker": "decision maker",
    "procurement": "procurement",
    "legal": "legal",
    "influencer": "influencer",
    "end_user": "end user",
    "other": "other",
}
"""The roles of a contact in a renewal, with their words."""

SENTIMENTS = ("positive", "neutral", "negative", "unknown")
CONTACT_STATUSES = ("active", "departed")

DATED, MONTH_TO_MONTH, OPEN_ENDED = "dated", "month_to_month", "open_ended"
RENEWAL_TERMS = (DATED, MONTH_TO_MONTH, OPEN_ENDED)
"""How a renewal is settled: by a date, from month to month, or not at all."""

PARENT_RELATIONS = ("parent", "acquirer")
CONTRACT_KINDS = ("main_agreement", "order_form", "amendment", "letter")
CONTRACT_STATES = ("draft", "sent", "signed", "superseded", "ended")
CONTRACT_RELATIONS = ("amends", "supersedes")
CONTRACT_WINDOWS = ("option", "reduction", "notice", "other")
SIDES = ("us", "customer")
"""The two sides of a renewal."""
