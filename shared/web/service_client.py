"""Calls other services: each call has a timeout, is retried only if that is safe, and raises problem details as our
errors."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any, Self
from urllib.parse import quote

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import ConnectTimeoutError, MaxRetryError, NewConnectionError, ReadTimeoutError
from urllib3.util.retry import Retry

from shared.contracts.changes import Seen
from shared.ground import clock, errors, logs
from shared.ground.json_types import JsonObject
from shared.ground.principal import Principal
from shared.ground.settings import Settings
from shared.security.tokens import ANY_TENANT, Signer

log = logging.getLogger(__name__)

Timeout = requests.exceptions.Timeout
"""The cause of an Unavailable when the service took too long to answer."""


class _RetryUnlessSlow(Retry):
    """Retries requests that were refused or broken off, but not slow ones: a second try would only double the wait."""

    def increment(
        self,
        method: str | None = None,
        url: str | None = None,
        response: Any = None,
        error: Exception | None = None,
        _pool: Any = None,
        _stacktrace: Any = None,
    ) -> Self:
        """See urllib3."""
        if isinstance(error, ReadTimeoutError):
            raise error
        if isinstance(error, ConnectTimeoutError) and not isinstance(error, NewConnectionError):
            raise MaxRetryError(_pool, url, error)
        return super().increment(method, url, response, error, _pool, _stacktrace)


RETRIES = _RetryUnlessSlow(
    total=2,
    connect=2,
    read=1,
    status=2,
    backoff_factor=0.05,
    status_forcelist=(502, 503),
    allowed_methods=("GET", "HEAD"),
    raise_on_status=False,
    respect_retry_after_header=False,
)
"""Only GET and HEAD are retried; a command may have been done although its answer was lost."""

ERRORS: dict[int, type[errors.TandemError]] = {
    400: errors.Malformed,
    401: errors.Unauthenticated,
    403: errors.Forbidden,
    404: errors.NotFound,
    409: errors.Conflict,
    412: errors.Stale,
    413: errors.TooLarge,
    422: errors.Invalid,
    429: errors.TooMany,
}

AWAY = (502, 503, 504)
"""The statuses of a service that cannot work now, and of a proxy whose service does not answer."""

STANDARD_MEMBERS = frozenset({"type", "title", "status", "detail", "instance", "allowed", "errors", "message"})
"""The members of every problem; further members of a Conflict are passed on in its details."""


class Client:
    """One other service, called as this service, or with `token`. `timeout` is in seconds, for connecting and for each
    read.

    Raises Unavailable when it does not answer or says so, Failed when it answers with an internal error.
    """

    def __init__(self, settings: Settings, service: str, *, timeout: float = 5.0, token: str | None = None) -> None:
        self.token = token
        self.service = service
        self.url = settings.urls[service].rstrip("/")
        self.timeout = timeout
        self._signer = Signer(settings.service, settings.keys)
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.headers["Accept-Encoding"] = "identity"  # services are near one another
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, HTTPAdapter(max_retries=RETRIES, pool_maxsize=32))

    def get(
        self,
        path: str,
        params: Mapping[str, Any] | None = None,
        *,
        as_person: Principal | None = None,
        tenant_id: str = ANY_TENANT,
    ) -> Any:
        """The JSON body of a GET, as a person or as this service. Unavailable when the service does not answer."""
        return self.body_of(self.ask("GET", path, params=params, as_person=as_person, tenant_id=tenant_id))

    def changes(self, after: int, kinds: Sequence[str], limit: int, seen: Seen | None = None) -> JsonObject:
        """A page of the service's feed, for `shared.feed.consumer.Reader.follow`."""
        question = {"after": after, "kinds": ",".join(kinds), "limit": limit}
        if seen is not None:
            question |= {"epoch": seen.epoch, "generation": seen.generation}
        return self.get("/internal/changes", question)

    def subjects(self, kind: str, ids: Sequence[str]) -> JsonObject:
        """Subjects of the service's feed as they are now, for `shared.feed.consumer.Reader.retry_parked`."""
        return self.get("/internal/subjects", {"kind": kind, "ids": ",".join(ids)})

    def post(
        self,
        path: str,
        body: Any = None,
        *,
        as_person: Principal | None = None,
        for_person: Principal | None = None,
        **options: Any,
    ) -> Any:
        """The JSON body of the answer to a POST.

        `as_person` calls in the person's own name, `for_person` as this service on behalf of one.
        """
        answer = self.ask(
            "POST", path, json={} if body is None else body, as_person=as_person, for_person=for_person, **options
        )
        return self.body_of(answer) if answer.content else None

    def body_of(self, answer: requests.Response) -> Any:
        """The JSON of a response of `ask`. Failed when it is none."""
        try:
            return answer.json()
        except ValueError:
            log.warning("an answer that is no JSON", extra={"asked": self.service, "status": answer.status_code})
            raise self._failed(answer) from None

    def ask(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        json: Any = None,
        content: bytes | Mapping[str, str] | None = None,
        files: Mapping[str, tuple[str, bytes]] | None = None,
        as_person: Principal | None = None,
        for_person: Principal | None = None,
        tenant_id: str = ANY_TENANT,
        headers: Mapping[str, str] | None = None,
        timeout: float | None = None,
    ) -> requests.Response:
        """The response, if its status is below 400; any other is raised as one of `shared.ground.errors`.

        A path may hold ids as they came: what has a meaning in an address, such as `?`, is escaped. The body is `json`, `content` as it is, or a form of the fields `content` and of `files`, `{field: (name, bytes)}`.
        """
        sent = {
            "Authorization": f"Bearer {self.token or self._sign(as_person, for_person, tenant_id)}",
            "X-Request-Id": logs.request_id.get(),
            **({"Content-Type": "application/octet-stream"} if isinstance(content, bytes) else {}),
            **(headers or {}),
        }
        try:
            answer = self._session.request(
                method,
                self.url + quote(path),
                params=params,
                json=json,
                data=content,
                files=files,
                headers=sent,
                timeout=timeout or self.timeout,
            )
        except requests.exceptions.InvalidJSONError:
            raise  # it was not sent, so the service is not to blame
        except requests.RequestException as error:
            raise errors.Unavailable(f"{self.service} is not answering.", service=self.service) from error
        if answer.ok:
            return answer
        raise self._error_of(answer)

    def _sign(self, as_person: Principal | None, for_person: Principal | None, tenant_id: str) -> str:
        now = clock.now()
        return (
            self._signer.for_person(as_person, now)
            if as_person
            else self._signer.for_service(now, tenant_id=tenant_id, person=for_person)
        )

    def _error_of(self, answer: requests.Response) -> errors.TandemError:
        """The error in the problem details of a response."""
        try:
            problem = answer.json()
        except ValueError:
            problem = {}
        problem = problem if isinstance(problem, dict) else {}
        message = str(problem.get("detail") or problem.get("title") or f"{self.service} answered {answer.status_code}.")
        kind = ERRORS.get(answer.status_code)
        if kind is None:
            log.warning("unexpected answer", extra={"asked": self.service, "status": answer.status_code})
            return self._refused(answer, message)
        if kind is errors.Conflict:
            more = {name: value for name, value in problem.items() if name not in STANDARD_MEMBERS}
            return errors.Conflict(message, allowed=problem.get("allowed"), errors=problem.get("errors"), **more)
        return kind(message, errors=problem.get("errors"))

    def _refused(self, answer: requests.Response, message: str) -> errors.TandemError:
        """Unavailable when the service or a proxy before it says so; otherwise Failed."""
        if answer.status_code in AWAY:
            return errors.Unavailable(f"{self.service} is not answering.", service=self.service)
        return self._failed(answer, message if answer.status_code < 500 else None)

    def _failed(self, answer: requests.Response, message: str | None = None) -> errors.Failed:
        """Failed with this message, or with one that says where the log has more."""
        request_id = answer.headers.get("X-Request-Id") or logs.request_id.get()
        failed = f"{self.service} failed at this; it has been logged there, under the request id {request_id}."
        return errors.Failed(message or failed, service=self.service, request_id=request_id)
