"""Builds addresses: this page with other filters, the next page of a list, the way back from a form, the page's
stream."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from flask import g, request

from services.monitor import live
from shared.contracts.paging import Page
from shared.web import request_checks


def position() -> int:
    """The position of the feed when this request began. The page that is rendered for it subscribes to changes after this position."""
    if "position" not in g:
        g.position = live.head()
    noted: int = g.position
    return noted


def stream(**watched: Any) -> str:
    """The address of the page's stream: what it watches besides notifications, after the position at which this request
    began."""
    return "/app/live?" + urlencode({"after": position(), **{name: value for name, value in watched.items() if value}})


def here_url() -> str:
    """The path and query of this page, for forms that come back to it."""
    return request.full_path.rstrip("?")


def query(args: dict[str, str]) -> str:
    """A query string of the values that are not empty."""
    return urlencode({name: value for name, value in args.items() if value})


def links(**changes: Any) -> str:
    """The address of this page with changed filters (None removes one), at the first page of its list."""
    kept = {name: value for name, value in request.args.items() if name not in ("cursor", "offset") and value}
    kept.update({name: str(value) for name, value in changes.items() if value is not None})
    query = urlencode({name: value for name, value in kept.items() if not (name in changes and changes[name] is None)})
    return f"{request.path}?{query}" if query else request.path


def pages(following: str | None) -> dict[str, str]:
    """The addresses of the pager: the first page, and the next by its cursor."""
    return {
        "first": links(),
        "next": links(cursor=following) if following else "",
        "cursor": request.args.get("cursor", ""),
    }


def paging(body: Mapping[str, Any]) -> dict[str, Any]:
    """The variables of a list's pager: `pagination` as the service answered it, and `pages`."""
    pagination = body.get("pagination", {})
    return {"pagination": pagination, "pages": pages(pagination.get("next"))}


def pagination(page: Page) -> dict[str, Any]:
    """The pagination of a page of the monitor's own rows, in the form of the REST API."""
    return {
        "limit": page.limit,
        "offset": page.offset,
        "total": page.total,
        "totalIsExact": page.total_is_exact,
        "next": page.next,
    }


def chosen(*names: str) -> dict[str, str]:
    """The filters in the URL that have a value. Invalid if one is given twice."""
    request_checks.refuse_repeated(*names)
    return {name: value for name in names if (value := request.args.get(name, "").strip())}


def local(target: str | None, otherwise: str) -> str:
    """`target` if it is a path of this console, else `otherwise`, so that a link cannot lead to another site."""
    if target and target.startswith("/") and not target.startswith(("//", "/\\")) and target.isprintable():
        return target
    return otherwise


def back(otherwise: str) -> str:
    """The page that the form names as the way back, else `otherwise`."""
    return local(request.form.get("back") or request.args.get("back"), otherwise)
