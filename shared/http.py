"""Questions to other services: a deadline on each, retries only where they are safe, problem details back into our errors."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry

from shared import clock, errors, logs
from shared.acts import By
from shared.settings import Settings
from shared.tokens import ANY_TENANT, Signer

log = logging.getLogger(__name__)

RETRIES = Retry(
    total=2,
    connect=2,
    read=1,
    status=2,
    backoff_factor=0.05,
    status_forcelist=(502, 503),
    allowed_methods=("GET", "HEAD"),
    raise_on_status=False,
)
"""Only questions are repeated; a command is not, because its answer may have been lost after it was done."""

ERRORS: dict[int, type[errors.TandemError]] = {
    401: errors.Unauthenticated,
    403: errors.Forbidden,
    404: errors.NotFound,
    409: errors.Conflict,
    412: errors.Stale,
    422: errors.Invalid,
    429: errors.TooMany,
}


class Client:
    """One other service, asked as this one, or as whoever `token` was given to. `timeout` is in seconds, for connecting and each read."""

    def __init__(self, settings: Settings, service: str, *, timeout: float = 5.0, token: str | None = None) -> None:
        self.token = token
        self.service = service
        self.url = settings.urls[service].rstrip("/")
        self.timeout = timeout
        self._signer = Signer(settings.service, settings.keys)
        self._session = requests.Session()
        self._session.trust_env = False
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, HTTPAdapter(max_retries=RETRIES, pool_maxsize=32))

    def get(
        self,
        path: str,
        params: Mapping[str, Any] | None = None,
        *,
        as_person: By | None = None,
        tenant_id: str = ANY_TENANT,
    ) -> Any:
        """The JSON body of a GET, asked as a person or as this service. Unavailable when the service does not answer."""
        return self.ask("GET", path, params=params, as_person=as_person, tenant_id=tenant_id).json()

    def changes(self, after: int, kinds: Any, limit: int) -> dict[str, Any]:
        """A page of the service's feed, as `shared.reading.Reader.follow` wants to fetch it."""
        return self.get("/internal/changes", {"after": after, "kinds": ",".join(kinds), "limit": limit})

    def post(
        self, path: str, body: Any = None, *, as_person: By | None = None, for_person: By | None = None, **options: Any
    ) -> Any:
        """The JSON body that a POST answers. `as_person` asks in the person's own name, `for_person` as this service on behalf of one."""
        answer = self.ask(
            "POST", path, json={} if body is None else body, as_person=as_person, for_person=for_person, **options
        )
        return answer.json() if answer.content else None

    def ask(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        json: Any = None,
        as_person: By | None = None,
        for_person: By | None = None,
        tenant_id: str = ANY_TENANT,
        headers: Mapping[str, str] | None = None,
        timeout: float | None = None,
    ) -> requests.Response:
        """The whole response of a 2xx answer; anything else is raised as one of `shared.errors`."""
        sent = {
            "Authorization": f"Bearer {self.token or self._sign(as_person, for_person, tenant_id)}",
            "X-Request-Id": logs.request_id.get(),
            **(headers or {}),
        }
        try:
            answer = self._session.request(
                method, self.url + path, params=params, json=json, headers=sent, timeout=timeout or self.timeout
            )
        except requests.RequestException as error:
            raise errors.Unavailable(f"{self.service} is not answering.", service=self.service) from error
        if answer.ok:
            return answer
        raise self._error_of(answer)

    def _sign(self, as_person: By | None, for_person: By | None, tenant_id: str) -> str:
        now = clock.now()
        return (
            self._signer.for_person(as_person, now)
            if as_person
            else self._signer.for_service(now, tenant_id=tenant_id, person=for_person)
        )

    def _error_of(self, answer: requests.Response) -> errors.TandemError:
        """The error that the other side meant, from its problem details."""
        try:
            problem = answer.json()
        except ValueError:
            problem = {}
        message = str(problem.get("detail") or problem.get("title") or f"{self.service} answered {answer.status_code}.")
        kind = ERRORS.get(answer.status_code)
        if kind is None:
            log.warning("unexpected answer", extra={"asked": self.service, "status": answer.status_code})
            return errors.Unavailable(
                message if answer.status_code < 500 else f"{self.service} is not answering.", service=self.service
            )
        if kind is errors.Invalid:
            return errors.Invalid(message, errors=problem.get("errors"))
        if kind is errors.Conflict:
            return errors.Conflict(message, allowed=problem.get("allowed"))
        return kind(message)
