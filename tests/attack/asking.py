"""Many requests to a house, several at once, each answered or said to be unanswered."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import requests

AT_ONCE = 6
TIMEOUT = 60.0
UNANSWERED = 599
"""The status of a request that was not answered at all."""

STREAMS = ("/api/runs/stream", "/app/live")
_own = threading.local()


@dataclass(frozen=True)
class Call:
    """One request. `kind` says what is tried with it."""

    kind: str
    service: str
    method: str
    path: str
    headers: dict[str, str] = field(default_factory=dict)
    body: Any = None

    def __str__(self) -> str:
        body = f" with {str(self.body)[:200]}" if self.body else ""
        return f"{self.method} {self.service}{self.path[:200]}{body}"


@dataclass(frozen=True)
class Answered:
    """What came back."""

    call: Call
    status: int
    text: str = ""
    location: str = ""


def ask(url: str, call: Call) -> Answered:
    """Send it; no redirect is followed and no cookie is kept. Of streams only the status is read."""
    is_stream = call.path.partition("?")[0] in STREAMS
    try:
        answer = _session().request(
            call.method,
            url + call.path,
            headers=call.headers,
            data=call.body,
            timeout=TIMEOUT,
            allow_redirects=False,
            stream=is_stream,
        )
        text = "" if is_stream else answer.text
        answer.close()
    except requests.RequestException as error:
        return Answered(call, UNANSWERED, str(error))
    return Answered(call, answer.status_code, text, answer.headers.get("Location", ""))


def ask_all(url_of: Callable[[str], str], calls: Iterable[Call]) -> Iterator[Answered]:
    """The answers, in the order of the calls, each of which is made shortly before it is sent: a token may be good for seconds."""
    waiting: deque[Future[Answered]] = deque()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for call in calls:
            waiting.append(pool.submit(ask, url_of(call.service), call))
            if len(waiting) >= 4 * AT_ONCE:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _session() -> requests.Session:
    if not hasattr(_own, "session"):
        _own.session = requests.Session()
        _own.session.trust_env = False
        _own.session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    return _own.session
