"""The words of customers and their contacts that workflows checks and the console offers in its forms."""

DATED, MONTH_TO_MONTH, OPEN_ENDED = "dated", "month_to_month", "open_ended"
RENEWAL_TERMS = (DATED, MONTH_TO_MONTH, OPEN_ENDED)
"""How a renewal is settled: by a date, from month to month, or not at all."""

PARENT_RELATIONS = ("parent", "acquirer")
SENTIMENTS = ("positive", "neutral", "negative", "unknown")
CONTACT_STATUSES = ("active", "departed")

ROLES = {
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
