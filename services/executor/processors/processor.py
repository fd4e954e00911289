"""The contract of a processor: what it declares, what it is given, what it gives back, and the ways in which it can
fail."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from services.executor.providers.crm import Crm
from services.executor.providers.mail import Mail


class Problem(Exception):
    """A processor could not do its work; the message is for people."""


class Transient(Problem):
    """It may work later. From inside an effect it also says: nothing was changed. `after` seconds, else the usual
    pause."""

    def __init__(self, message: str, *, after: float | None = None) -> None:
        super().__init__(message)
        self.after = after


class Permanent(Problem):
    """It will never work as it stands. From inside an effect it also says: nothing was changed."""


class OutcomeUnknown(Problem):
    """Something was sent and nobody knows whether it happened; only an answer to a look-up, or a person, can tell."""


class CannotAsk(Problem):
    """A look-up that this provider does not answer, now or later."""


class Stopped(Exception):
    """Somebody cancelled the task; raised by `step` and `effect`, and not to be caught."""


class NotOurs(Exception):
    """The lease is lost: another attempt has the task. Raised by `step` and `effect`, and not to be caught."""


@dataclass(frozen=True)
class Key:
    """What the provider keeps with a change: `value` is the same for every attempt, `fence` grows with each of them.

    A provider that compares fences can refuse a late sender; one that cannot is asked by `value`.
    """

    value: str
    fence: int


@dataclass(frozen=True)
class Tenant:
    """Where the tenant lives: an IANA time zone, and an ISO 3166 country ("" if nobody said)."""

    id: str
    time_zone: str
    country: str


@dataclass(frozen=True)
class Providers:
    """The outside systems that a processor may use."""

    crm: Crm
    mail: Mail


Act = Callable[[Key], dict[str, Any]]
LookUp = Callable[[Key], dict[str, Any] | None]


class CarriesOut(Protocol):
    """`effect` of a task: makes one change outside, once in the life of the task and its retries, and returns its
    outcome.

    `name` is unique within the processor. `act` sends, and returns the outcome as JSON. It raises Transient or
    Permanent only where it knows that nothing changed; whatever else it raises means that nobody knows. `look_up`
    then asks the provider by the key: an outcome, or None for "it did not happen". Without one, an unknown outcome
    ends the task and waits for a person.
    """

    def __call__(
        self, name: str, act: Act, look_up: LookUp | None = None, key: str | None = None
    ) -> dict[str, Any]: ...


@dataclass(frozen=True)
class TaskContext:
    """One attempt at a task, as the processor sees it."""

    id: str
    tenant_id: str
    title: str
    origin: str
    attempt: int
    subject: str | None
    by: Mapping[str, str]
    metadata: Mapping[str, Any]
    now: datetime
    providers: Providers
    #: Changes something outside; the only way to do so.
    effect: CarriesOut
    #: Says "still at it" and stops here if the task was cancelled or is no longer ours. Call it between slices of work.
    step: Callable[[], None]
    tell_tenant: Callable[[], Tenant]

    @property
    def tenant(self) -> Tenant:
        """Where the tenant lives. Transient while nobody has said so yet."""
        return self.tell_tenant()


@dataclass(frozen=True)
class Request:
    """A change wanted in another context: a row of our feed, made when the task succeeds. `name` is unique within the
    processor.

    `kind` is one of the request kinds of shared.contracts; `data` its fields without id, tenant, source and by. With
    a `release_at` in the future the row is made now and told then.
    """

    kind: str
    name: str
    data: Mapping[str, Any]
    release_at: datetime | None = None


@dataclass(frozen=True)
class Tracking:
    """An e-mail whose opens, clicks and replies are counted from now on."""

    email_id: str
    subject: str
    sent_to: str
    opens: bool
    clicks: bool
    notify_on_open: bool


@dataclass(frozen=True)
class Result:
    """What came of it: `value` is JSON, `summary` one plain line; requests and trackings are written with the
    finish."""

    value: Mapping[str, Any]
    summary: str
    requests: tuple[Request, ...] = ()
    trackings: tuple[Tracking, ...] = ()


@dataclass(frozen=True)
class Processor:
    """A kind of AI task. `metadata_schema` is JSON Schema 2020-12 that refuses unknown properties and bounds every
    length."""

    name: str
    version: str
    title: str
    description: str
    metadata_schema: Mapping[str, Any]
    run: Callable[[TaskContext], Result]
    deadline_seconds: float = 120
    dry_run: bool = False
    #: Offered only when the setting TANDEM_TEST_PROCESSORS is on.
    rehearsal: bool = field(default=False)
