"""The kinds of delivery to partnerships by the executor: e-mails, and the invitations to calls."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class DeliveryKind:
    """One kind of delivery.

    `processor` sends it, and `effect` is the name of that processor's effect. Once it is sent, `activity` is the kind
    of the activity that the partnership gets, with a `summary` in which {} is the subject, and `log_verb` is the entry
    in the run's log. With `sets_next_call` the partnership's next call is then on the day of the meeting.
    """

    name: str
    noun: str
    processor: str
    effect: str
    activity: str
    log_verb: str
    summary: str = "{}"
    sets_next_call: bool = False


EMAIL = DeliveryKind("email", "e-mail", "send-email", "mail", "email_sent", "sent e-mail")
_INVITATION = ("invitation", "calendar-invite", "invite")
INVITE = DeliveryKind("invite", *_INVITATION, "meeting_booked", "sent invitation", "Booked: {}", True)
INVITE_CHANGE = DeliveryKind(
    "invite_change", *_INVITATION, "meeting_changed", "sent changed invitation", "Moved: {}", True
)
INVITE_CANCEL = DeliveryKind("invite_cancel", *_INVITATION, "meeting_cancelled", "sent cancellation")

_BY_NAME = {kind.name: kind for kind in (EMAIL, INVITE, INVITE_CHANGE, INVITE_CANCEL)}


def named(name: str) -> DeliveryKind:
    """The kind of this name. KeyError when there is none."""
    return _BY_NAME[name]
