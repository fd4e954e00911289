"""The Admin pages of invitations: asking before one is sent, and what became of it, with its link just after it was made."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any, NamedTuple
from urllib.parse import quote

from flask import Response, render_template, request

from services.monitor import invitations, people, sessions
from services.monitor.models.invitations import Invitation
from services.monitor.models.people import Person
from services.monitor.models.runs import Run
from services.monitor.pages import admin, flash, frame, status_style
from services.monitor.schemas.people import PersonSchema
from shared.ground import clock
from shared.web import callers, current_service

COOKIE = "tandem_invitation"
LINK_SHOWN_SECONDS = 600

blueprint = frame.page_blueprint("invitations", __name__)
blueprint.context_processor(admin.rooms)


class Shown(NamedTuple):
    """An invitation as pages tell of it; `mark` is a status, `mail` the run that sends its mail, once it is known."""

    mark: str
    word: str
    sent_at: Any
    expires_at: Any
    used_at: Any
    mail: Run | None


WORDS = {"used": ("done", "Used"), "expired": ("inactive", "Expired"), "open": ("queued", "Not used yet")}


def shown(tenant_id: str, person_ids: Sequence[str]) -> dict[str, Shown]:
    """The last invitations of these people, by person."""
    sent = invitations.sent_to(tenant_id, person_ids)
    return {person_id: _shown(invitation, mail) for person_id, (invitation, mail) in sent.items()}


def _shown(invitation: Invitation, mail: Run | None) -> Shown:
    state = invitation.state(clock.now())
    mark, word = WORDS[state]
    if state == "open" and mail is not None and mail.status == "failed":
        mark, word = "failed", "Mail failed"
    return Shown(mark, word, invitation.sent_at, invitation.expires_at, invitation.used_at, mail)


@blueprint.get("/app/admin/people/<person_id>/invitation")
@callers.needs("admin")
def show(person_id: str) -> Any:
    """What became of a person's last invitation. The link is shown to whoever made it, for some minutes."""
    by, token = callers.by(), request.cookies.get(COOKIE, "")
    person = people.find(by.tenant_id, person_id)
    invitation = invitations.find(by.tenant_id, person_id)
    made_here = sessions.hashed(token) == invitation.link_id and invitation.state(clock.now()) == "open"
    invitation_sent = shown(by.tenant_id, [person_id])[person_id]
    return render_template(
        "admin/invitation.html",
        who=PersonSchema().dump(person),
        sent=invitation_sent,
        mail_style=status_style.of(invitation_sent.mail.status) if invitation_sent.mail else None,
        link=invitations.address(current_service.settings().console_url, token) if made_here else "",
        may_send=person.active and by.may(person.role),
    )


@blueprint.get("/app/admin/people/<person_id>/invite")
@callers.needs("admin")
def ask(person_id: str) -> Any:
    """The page that asks for confirmation before a mail with a link is sent."""
    person = people.find(callers.by().tenant_id, person_id)
    return render_template("admin/invite.html", who=PersonSchema().dump(person), days=invitations.DAYS)


@blueprint.post("/app/admin/people/<person_id>/invite")
@callers.needs("admin")
def send(person_id: str) -> Any:
    """Send a person a mail with a new link."""
    token, console = secrets.token_urlsafe(32), current_service.settings().console_url
    person = invitations.send(person_id, token=token, console_url=console, by=callers.by(), now=clock.now())
    return redirect_to_sent(person, token, f"A mail with a link goes to {person.email}.")


def redirect_to_sent(person: Person, token: str, message: str) -> Response:
    """Redirect to the page of an invitation that was just made; a cookie of that page alone holds the token for it."""
    place = f"/app/admin/people/{quote(person.id, safe='')}/invitation"
    response = flash.redirect_to(place, message)
    response.set_cookie(
        COOKIE,
        token,
        max_age=LINK_SHOWN_SECONDS,
        httponly=True,
        samesite="Strict",
        secure=current_service.settings().secure_cookies,
        path=place,
    )
    return response
