"""The forms by which people keep the list that they see as a view, rename it, share it and delete it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import render_template, request

from services.monitor import saved_views
from services.monitor.pages import failures, flash, forms, frame, questions, urls
from services.monitor.pages.questions import Question
from services.monitor.schemas.saved_views import SavedViewChange, SavedViewIn
from shared.ground import clock, ids
from shared.ground.errors import Conflict, Invalid, Stale, TandemError
from shared.web import callers, error_responses

VIEWS = "/app/views"

blueprint = frame.page_blueprint("saved_views", __name__)


@blueprint.get(f"{VIEWS}/new")
@callers.needs("member")
def ask_new() -> Any:
    """The form for the name of a view."""
    return _form({"page": request.args.get("page", ""), "query": request.args.get("query", "")})


@blueprint.post(f"{VIEWS}/new")
@callers.needs("member")
def create() -> Any:
    """Keep the view, and go to it."""
    typed = _typed()
    if forms.is_only_saving():
        return _form(typed)
    try:
        fields = forms.read(SavedViewIn(), typed)
        view = saved_views.add(callers.by(), view_id=ids.new_id(), **fields, now=clock.now())
    except (Conflict, Invalid) as error:
        return _form(typed, error=error)
    return flash.redirect_to(address(view), f"“{view.name}” is kept.")


@blueprint.get(f"{VIEWS}/<view_id>")
@callers.needs("member")
def ask_change(view_id: str) -> Any:
    """The form of a view that one keeps."""
    view = saved_views.find(callers.by(), view_id)
    return _form({"name": view.name, "shared": view.shared, "page": view.page}, view)


@blueprint.post(f"{VIEWS}/<view_id>")
@callers.needs("member")
def change(view_id: str) -> Any:
    """Rename the view, or share it."""
    view, typed = saved_views.find(callers.by(), view_id), _typed()
    if forms.is_only_saving():
        return _form(typed, view)
    expected = forms.number(request.form.get("version"))
    try:
        fields = forms.read(SavedViewChange(), {name: typed[name] for name in ("name", "shared")})
        view = saved_views.change(callers.by(), view_id, fields, now=clock.now(), expected=expected)
    except (Conflict, Invalid, Stale) as error:
        return _form(typed, view, error)
    return flash.redirect_to(address(view), "Saved.")


@blueprint.get(f"{VIEWS}/<view_id>/delete")
@callers.needs("member")
def ask_delete(view_id: str) -> Any:
    """The question before a view is deleted."""
    view = saved_views.find(callers.by(), view_id)
    whom = " Nobody else finds it any more either." if view.shared else ""
    return questions.render(
        Question(
            crumb=(view.page.capitalize(), f"/app/{view.page}"),
            title=f"Delete the view “{view.name}”?",
            text=f"What it lists stays as it is.{whom}",
            button="Delete it",
            action=f"{VIEWS}/{view_id}/delete",
            back=address(view),
            danger=True,
            version=view.version,
        )
    )


@blueprint.post(f"{VIEWS}/<view_id>/delete")
@callers.needs("member")
def delete(view_id: str) -> Any:
    """Delete the view."""
    page = saved_views.find(callers.by(), view_id).page
    expected = forms.number(request.form.get("version"))
    saved_views.remove(callers.by(), view_id, now=clock.now(), expected=expected)
    return flash.redirect_to(f"/app/{page}", "Deleted.")


def address(view: saved_views.SavedView) -> str:
    """Where the view is looked at."""
    return f"/app/{view.page}?" + "&".join(filter(None, (view.query, urlencode({"view": view.id}))))


@dataclass(frozen=True)
class ViewLink:
    """A view as a page links to it; `owner` is a name."""

    id: str
    name: str
    href: str
    query: str
    mine: bool
    owner: str


def of_page(page: str, owners: Mapping[str, str]) -> list[ViewLink]:
    """The views of a page that the signed-in person sees."""
    by = callers.by()
    return [
        ViewLink(view.id, view.name, address(view), view.query, view.owner == by.id, owners.get(view.owner, "somebody"))
        for view in saved_views.find_all(by, page)
    ]


def _typed() -> dict[str, Any]:
    form = request.form
    return {
        "page": form.get("page", ""),
        "name": form.get("name", "").strip(),
        "query": form.get("query", ""),
        "shared": form.get("shared") == "true",
    }


def _form(typed: dict[str, Any], view: Any = None, error: TandemError | None = None) -> Any:
    errors = forms.by_field(error.errors) if error else {}
    page = typed["page"] if typed["page"] in saved_views.PAGES else "customers"
    shown = render_template(
        "views/form.html",
        view=view,
        version=forms.version(view.version, error) if view else None,
        typed=typed,
        list_page=page,
        back=urls.local(address(view) if view else f"/app/{page}?{typed.get('query', '')}", f"/app/{page}"),
        errors=errors,
        problem=failures.problem_of(error) if error and not errors else None,
    )
    return (shown, error_responses.status_of(error)) if error else shown
