"""The page of one's own profile: name, time zone, hours, theme, password, and signing out everywhere."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from services.monitor import people, profiles, sessions
from services.monitor.api import browser
from services.monitor.models.people import Person
from services.monitor.pages import failures, flash, forms, frame, time_zones
from services.monitor.schemas.people import ProfileChange, ProfileSchema
from shared.ground import clock, ids
from shared.ground.errors import Invalid, Stale, TandemError, TooMany, Unavailable
from shared.web import callers, error_responses

PLACE = "/app/profile"
THEMES = (("system", "As the system says"), ("light", "Light"), ("dark", "Dark"))

blueprint = frame.page_blueprint("profile", __name__)


@blueprint.get(PLACE)
@callers.needs("member")
def show() -> Any:
    """What the caller says of themselves."""
    return _page(_saved(profiles.find(callers.by())))


@blueprint.post(PLACE)
@callers.needs("member")
def change() -> Any:
    """Keep what the caller says of themselves; empty fields are the tenant's."""
    typed = {name: request.form.get(name, "") for name in ("name", "timeZone", "from", "to", "theme")}
    typed["timeZone"] = time_zones.read(typed["timeZone"])
    hours = {end: typed[end] for end in ("from", "to")}
    fields = {name: typed[name] for name in ("name", "timeZone", "theme")}
    try:
        body = forms.read(ProfileChange(), fields)
        body |= {
            "name": body.get("name", ""),
            "time_zone": body.get("time_zone"),
            "working_hours": hours if any(hours.values()) else None,
        }
        expected = forms.number(request.form.get("version"))
        profiles.change(callers.by(), body, expected=expected, now=clock.now())
    except (Invalid, Stale) as error:
        return _page(typed, error), error_responses.status_of(error)
    return flash.redirect_to(PLACE, "Your profile is kept.")


@blueprint.post(f"{PLACE}/password")
@callers.needs("member")
def set_password() -> Any:
    """Set the caller's password, which signs them out everywhere."""
    by = callers.by()
    try:
        sessions.change_password(
            request.form.get("present", ""),
            request.form.get("password", ""),
            try_id=ids.new_id(),
            address=request.remote_addr or "",
            by=by,
            now=clock.now(),
        )
    except (Invalid, Stale, TooMany, Unavailable) as error:
        wait = error_responses.wait_before_retry(error)
        return _page(_saved(profiles.find(by)), error), error_responses.status_of(error), wait
    return _left("Your password is set. Sign in with it.")


@blueprint.post(f"{PLACE}/sign-out")
@callers.needs("member")
def leave_everywhere() -> Any:
    """End all sessions of the caller."""
    sessions.sign_out_everywhere(by=callers.by(), now=clock.now())
    return _left("You are signed out everywhere.")


def _left(message: str) -> Any:
    return browser.let_out(flash.redirect_to("/sign-in", message))


def _saved(person: Person) -> dict[str, Any]:
    values = ProfileSchema().dump(person)
    return values | (values["workingHours"] or {"from": "", "to": ""})


def _page(shown: dict[str, Any], error: TandemError | None = None) -> str:
    by = callers.by()
    person, tenant = profiles.find(by), people.tenant(by.tenant_id)
    errors = forms.by_field(error.errors) if error else {}
    return render_template(
        "profile/profile.html",
        who=person,
        shown=shown,
        version=forms.version(person.version, error),
        errors=errors,
        problem=failures.problem_of(error) if error and not errors else None,
        tenant_zone=tenant.time_zone,
        themes=THEMES,
        tenant_hours=tenant.working_hours,
        has_password=person.password_hash is not None,
        shortest=sessions.SHORTEST_PASSWORD,
        longest=sessions.LONGEST_PASSWORD,
    )
