"""Requests of a page to the services that own what it shows. A page is shown without the part of a service that does not answer."""

from __future__ import annotations

import contextvars
import re
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Any, NamedTuple

from flask import g, request

from services.monitor import clients
from shared.ground.errors import Failed, Invalid, Stale, Unavailable
from shared.ground.json_types import JsonObject
from shared.ground.principal import Principal
from shared.web import callers

ROWS_OF_A_PAGE = 50
ROWS_AT_ONCE = 100
MOST_ROWS = 2000
VERSION = re.compile(r"[0-9]{1,18}")
KEY = re.compile(r"[!-~]{1,255}")


class ServiceDown(NamedTuple):
    """A service that did not answer or failed; `loses` is the sentence on what the page cannot show.

    `failed` is the id of the request that failed; None when the service did not answer at all.
    """

    service: str
    loses: str
    failed: str | None = None

    @property
    def what(self) -> str:
        """How the request ended; it follows the name of the service in a sentence."""
        return "failed at this" if self.failed else "are not answering"


def get(service: str, path: str, by: Principal | None = None, **params: Any) -> JsonObject:
    """The service's answer to this person, with its ETag as `version`. Parameters that are None are left out.

    Unavailable when it does not answer within clients.PAGE_SECONDS; this page then asks it nothing more.
    """
    query = {name: value for name, value in params.items() if value is not None}
    answer = _questions().ask(service, path, query, by or callers.by())
    body = clients.to(service).body_of(answer)
    tag = re.fullmatch(r'(?:W/)?"v(\d+)"', answer.headers.get("ETag", ""))
    return body | {"version": int(tag[1])} if tag and isinstance(body, dict) else body


def _questions() -> clients.Questions:
    if "questions" not in g:
        g.questions = clients.Questions()
    asked: clients.Questions = g.questions
    return asked


def together(*questions: Callable[[], Any]) -> list[Any]:
    """The answers of several questions that are asked at the same time, in their order. Raises what one of them raised,
    the first of them before the others. They must not read the database: a connection belongs to one thread."""
    return begin(*questions).wait()


@dataclass(frozen=True)
class Asked:
    """Questions that are on their way, while the page reads its own database."""

    _answers: list[Future[Any]]

    def wait(self) -> list[Any]:
        """The answers, as those of `together`."""
        wait(self._answers)
        return [answer.result() for answer in self._answers]


def begin(*questions: Callable[[], Any]) -> Asked:
    """Ask several questions at the same time, as `together` does, and go on meanwhile."""
    _questions()  # before the threads share it
    threads = ThreadPoolExecutor(len(questions))
    asked = [threads.submit(contextvars.copy_context().run, question) for question in questions]
    threads.shutdown(wait=False)
    return Asked(asked)


def page(service: str, path: str, chosen: Mapping[str, Any]) -> JsonObject:
    """The page of a list that the URL's cursor names, filtered by `chosen`."""
    return get(service, path, limit=ROWS_OF_A_PAGE, cursor=request.args.get("cursor"), **chosen)


def every(service: str, path: str, by: Principal | None = None, **params: Any) -> list[JsonObject]:
    """All rows of a list, page after page, at most MOST_ROWS."""
    rows: list[JsonObject] = []
    cursor = None
    while len(rows) < MOST_ROWS:
        body = get(service, path, by, limit=ROWS_AT_ONCE, cursor=cursor, **params)
        rows += body["items"]
        cursor = body["pagination"]["next"]
        if cursor is None:
            break
    return rows


def send(
    service: str,
    method: str,
    path: str,
    body: Mapping[str, Any] | None = None,
    *,
    version: str | None = None,
    key: str | None = None,
) -> Any:
    """Send a command for this person. `version` is what their form showed (If-Match), `key` makes a creation happen
    once."""
    headers = preconditions(version, key)
    client = clients.to(service)
    answer = client.ask(method, path, json=dict(body or {}), as_person=callers.by(), headers=headers)
    return client.body_of(answer) if answer.content else None


def upload(service: str, path: str, form: Mapping[str, str], file: tuple[str, bytes]) -> Any:
    """Send a form with a file, which is its name and its content, for this person. Returns the answer."""
    client = clients.to(service)
    return client.body_of(client.ask("POST", path, content=form, files={"file": file}, as_person=callers.by()))


def preconditions(version: str | None, key: str | None) -> dict[str, str]:
    """The If-Match and Idempotency-Key headers from a form's hidden fields. Stale or Invalid for values that none of
    our forms contains."""
    if version and not VERSION.fullmatch(version):
        raise Stale("This has changed since you read it, or the form names no version of it. Look again.")
    if key and not KEY.fullmatch(key):
        raise Invalid("This form has lost what makes it count once. Load the page again.", errors={"key": ["Not one."]})
    return ({"If-Match": f'"v{version}"'} if version else {}) | ({"Idempotency-Key": key} if key else {})


def optional(loses: str, question: Callable[[], Any], nothing: Any) -> tuple[Any, ServiceDown | None]:
    """The answer and None; or `nothing` and the service that is down, for an optional part of the page."""
    try:
        return question(), None
    except Unavailable as error:
        return nothing, service_down(error, loses)


def service_down(error: Unavailable, loses: str = "") -> ServiceDown:
    """The service that an Unavailable error is about."""
    failed = str(error.details.get("request_id", "unknown")) if isinstance(error, Failed) else None
    return ServiceDown(str(error.details.get("service", "A part")), loses, failed)
