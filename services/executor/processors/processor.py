"""The contract of a processor: what it declares, what it is given, what it returns, and how it can fail."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol

from services.executor.documents import DocumentReader
from services.executor.providers.crm import Crm
from services.executor.providers.file_store import FileStore
from services.executor.providers.mail import Mail
from shared.ground import local_days
from shared.ground.json_types import JsonObject
from shared.ground.settings_table import DAILY_AT


class Problem(Exception):
    """A processor could not do its work; the message is for people."""


class Transient(Problem):
    """It may work later; raised inside an effect it also says that nothing was changed. `after` is the pause in
    seconds, else the usual one."""

    def __init__(self, message: str, *, after: float | None = None) -> None:
        super().__init__(message)
        self.after = after


class Permanent(Problem):
    """It will never work as it is; raised inside an effect it also says that nothing was changed."""


class OutcomeUnknown(Problem):
    """Something was sent and it is unknown whether it was done. Only an answer to a look-up or a person can tell."""


class CannotAsk(Problem):
    """The provider never answers this look-up."""


class Stopped(Exception):
    """The task was cancelled. Raised by `checkpoint` and `effect`; do not catch it."""


class NotOurs(Exception):
    """The lease is lost: another attempt has the task. Raised by `checkpoint` and `effect`; do not catch it."""


@dataclass(frozen=True)
class Key:
    """The key that the provider stores with a change. `value` is the same for every attempt, `fence` grows with each of
    them.

    A provider that compares fences can refuse a late sender; any other is asked by `value` whether the change was made.
    """

    value: str
    fence: int


@dataclass(frozen=True)
class Tenant:
    """An IANA time zone, an ISO 3166 country ("" if unknown), and when a day begins there (cron)."""

    id: str
    time_zone: str
    country: str
    daily_at: str = DAILY_AT

    def day_of(self, moment: datetime) -> date:
        """The date of a moment there."""
        return local_days.local_date(moment, self.time_zone)

    def morning_of(self, day: date) -> datetime:
        """When that day begins there, in UTC."""
        return local_days.morning_of(day, self.daily_at, self.time_zone)


@dataclass(frozen=True)
class Providers:
    """The external systems that a processor may use, and the reader of files that anybody may have made."""

    crm: Crm
    mail: Mail
    files: FileStore
    documents: DocumentReader


Act = Callable[[Key], JsonObject]
LookUp = Callable[[Key], JsonObject | None]


class MakeEffect(Protocol):
    """`effect` of a task: makes one change in an external system, once for the task and its retries, and returns its
    outcome.

    `name` is unique within the task. `act` sends, and returns the outcome as JSON. It raises Transient or
    Permanent only when it knows that nothing changed; any other exception means that the outcome is unknown. Then
    `look_up` asks the provider by the key and returns an outcome, or None for "not made". Without it, an unknown
    outcome ends the task and waits for a person.
    """

    def __call__(self, name: str, act: Act, look_up: LookUp | None = None, key: str | None = None) -> JsonObject:
        """Make the change and return its outcome."""


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
    #: Makes a change in an external system; the only way to make one.
    effect: MakeEffect
    #: Raises if the task was cancelled or its lease is lost. Call it between parts of long work.
    checkpoint: Callable[[], None]
    load_tenant: Callable[[], Tenant]

    @property
    def tenant(self) -> Tenant:
        """The tenant of the task. Transient while the monitor has not published it."""
        return self.load_tenant()


@dataclass(frozen=True)
class Request:
    """A change requested from another context, written when the task succeeds. `name` is unique within the task.

    `kind` is one of the request kinds of shared/contracts; `data` its fields without id, tenant, source, by and
    createdAt. With a `release_at` in the future it is written now and published then.
    """

    kind: str
    name: str
    data: Mapping[str, Any]
    release_at: datetime | None = None


@dataclass(frozen=True)
class Tracking:
    """An e-mail whose opens, clicks and replies are to be counted."""

    email_id: str
    subject: str
    sent_to: str
    opens: bool
    clicks: bool
    notify_on_open: bool


@dataclass(frozen=True)
class MadeFile:
    """A file that the task has put into the file store; putting it again is the same file."""

    sha256: str
    name: str
    media_type: str
    size: int


@dataclass(frozen=True)
class Result:
    """The result of a task: `value` is JSON, `summary` one plain line. Requests, trackings and the records of files are
    written with the finish."""

    value: Mapping[str, Any]
    summary: str
    requests: tuple[Request, ...] = ()
    trackings: tuple[Tracking, ...] = ()
    files: tuple[MadeFile, ...] = ()


@dataclass(frozen=True)
class Processor:
    """A kind of AI task. `metadata_schema` is JSON Schema 2020-12 that refuses unknown properties and limits every
    length."""

    name: str
    version: str
    title: str
    description: str
    metadata_schema: Mapping[str, Any]
    run: Callable[[TaskContext], Result]
    #: The e-mail addresses that a task of this metadata reaches; None for a processor that reaches no customer. A task
    #: that would reach one on hold is refused.
    reaches: Callable[[Mapping[str, Any]], Sequence[str]] | None = None
    deadline_seconds: float = 120
    dry_run: bool = False
    #: Offered only when the setting TANDEM_TEST_PROCESSORS is on.
    rehearsal: bool = field(default=False)
