"""The last invitation of each person who was invited."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from peewee import TextField

from services.monitor.models import Table
from services.monitor.models.people import SignInLink
from shared.database.fields import IdField, UtcDateTime


class Invitation(Table):
    """A sign-in link that was sent to a person; `link_id` is the hash of its token."""

    person_id = IdField()
    tenant_id = TextField()
    link_id = TextField()
    sent_at = UtcDateTime()
    expires_at = UtcDateTime()
    used_at = UtcDateTime(null=True)

    def state(self, now: datetime) -> str:
        """`used`, `expired`, or `open` while the link still works."""
        if self.used_at is not None:
            return "used"
        return "open" if self.expires_at > now else "expired"


def of_person(tenant_id: str, person_id: str) -> Invitation | None:
    """The last invitation of a person; None if nobody invited them."""
    return Invitation.for_tenant(tenant_id).where(Invitation.person_id == person_id).first()


def of_people(tenant_id: str, person_ids: Collection[str]) -> dict[str, Invitation]:
    """The last invitations of these people, by person."""
    found = Invitation.for_tenant(tenant_id).where(Invitation.person_id.in_(list(person_ids)))
    return {invitation.person_id: invitation for invitation in found} if person_ids else {}


def replace(tenant_id: str, person_id: str, *, link_id: str, sent_at: datetime, expires_at: datetime) -> None:
    """Write a person's invitation in the place of an earlier one."""
    row = {"link_id": link_id, "sent_at": sent_at, "expires_at": expires_at, "used_at": None}
    Invitation.insert({"person_id": person_id, "tenant_id": tenant_id, **row}).on_conflict(
        conflict_target=[Invitation.person_id],
        update={getattr(Invitation, name): value for name, value in row.items()},
        where=Invitation.tenant_id == tenant_id,
    ).execute()


def note_use(link: SignInLink, now: datetime) -> None:
    """Note on the invitation that sent this link, if one did, that it was used."""
    mine = (Invitation.person_id == link.person_id) & (Invitation.link_id == link.id)
    Invitation.update_for(link.tenant_id, used_at=now).where(mine).execute()
