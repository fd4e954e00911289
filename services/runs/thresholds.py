"""The numbers of days after which a partnership needs attention (pure).

Those that a form offers too are published in shared.contracts.guided_steps.
"""

FOLLOW_UP_AFTER_DAYS = 7
"""Days without contact after which a partnership needs a follow-up."""

DORMANT_AFTER_DAYS = 60
"""Days without contact after which a partnership should be Dormant."""

HEARD_WITHIN_DAYS = 30
"""A dormant partnership with a contact within this number of days is active again."""
