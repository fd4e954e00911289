"""The numbers of days after which a partnership needs attention. A step's filter may set its own in place of the first two."""

from __future__ import annotations

NO_CONTACT_DAYS = 14
"""Days without contact after which a partnership is at risk, so that a review shows it."""

NEW_LEAD_DAYS = 14
"""Days for which a lead counts as new."""

FOLLOW_UP_AFTER_DAYS = 7
"""Days without contact after which a partnership needs a follow-up."""

DORMANT_AFTER_DAYS = 60
"""Days without contact after which a partnership should be Dormant."""

HEARD_WITHIN_DAYS = 30
"""A dormant partnership with a contact within this number of days is active again."""
