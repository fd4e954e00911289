"""The table of all settings with defaults and help; they are read once from the environment and passed down."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from cronsim import CronSim, CronSimError
from environs import EnvValidationError, FileAwareEnv, validate

from shared.ground.errors import Invalid

DAILY_AT = "0 8 * * *"
LOG_BYTES = 10_000_000
LOG_FILES = 3
REDIS_URL = "redis://127.0.0.1:6379/0"
FILE = "_FILE"
SERVICES = ("runs", "workflows", "executor", "monitor")
PORTS = {"monitor": 8000, "runs": 8001, "workflows": 8002, "executor": 8003}
"""The port of each API unless a setting names another (docs/design.md, "Ports")."""

SCHEME = re.compile(r"([A-Za-z+]{1,20})://")
PASSWORD = re.compile(r"(?<=://)([^:/?#@]*):.*@", re.DOTALL)
"""User and password of an address, up to the last @: a password may hold any character by mistake."""

PASSWORD_OF_QUERY = re.compile(r"(?<=[?&]password=)[^&#]*")


class WrongSettings(Invalid):
    """Settings that cannot be used; `errors` maps each name to the reason."""

    def __init__(self, errors: Any) -> None:
        super().__init__("Some settings are wrong.", errors=errors)


def _starts_with(*schemes: str) -> Any:
    """A check of an address; its message repeats only the scheme: the rest may hold a password, and so may a value that
    is no address at all."""

    def check(value: str) -> None:
        if value and not value.startswith(schemes):
            scheme = SCHEME.match(value)
            rest = f", not {scheme[1]}:" if scheme else "."
            raise validate.ValidationError(f"It starts with {' or '.join(schemes)}{rest}")

    return check


def _database_url(value: str) -> None:
    _starts_with("sqlite:///", "postgresql://", "postgres://")(value)
    if value.removeprefix("sqlite:///") in ("", ":memory:") and value:
        raise validate.ValidationError("It names no file; every process has to find the same database.")


def _cron(value: str) -> None:
    try:
        CronSim(value, datetime(2026, 1, 1, tzinfo=UTC))
    except CronSimError:
        raise validate.ValidationError('Not a cron expression of five fields, such as "0 8 * * *" for 8:00.') from None


def _not_empty(value: str) -> None:
    if not value.strip():
        raise validate.ValidationError("It is empty. Name one, or unset it for the default.")


class Setting(NamedTuple):
    """One environment variable. `kind` is the method of environs that reads it; `{service}` in the name means one for
    each service."""

    name: str
    kind: str
    default: Any
    help: str
    check: Any = None


SETTINGS = (
    Setting("TANDEM_HOME", "str", "var", "Folder of databases, keys, logs and mail.", _not_empty),
    Setting("TANDEM_KEYS", "str", "", "Folder of the signing keys; empty is `keys` in TANDEM_HOME."),
    Setting("TANDEM_BIND", "str", "127.0.0.1", "Address that every API binds.", _not_empty),
    Setting(
        "TANDEM_{service}_PORT",
        "int",
        None,
        "Port of one API: monitor 8000, runs 8001, workflows 8002, executor 8003.",
        validate.Range(1, 65535),
    ),
    Setting(
        "TANDEM_{service}_URL",
        "str",
        None,
        "Where the others reach one API; by default this machine and its port.",
        _starts_with("http://", "https://"),
    ),
    Setting(
        "TANDEM_CONSOLE_URL",
        "str",
        "",
        "Address of the console as people type it; by default that of the monitor.",
        _starts_with("http://", "https://"),
    ),
    Setting(
        "TANDEM_{service}_DATABASE_URL",
        "str",
        None,
        "Database of one context: `sqlite:///path` or `postgresql://user:password@host/name`; by default a file in TANDEM_HOME.",
        _database_url,
    ),
    Setting(
        "REDIS_URL",
        "str",
        REDIS_URL,
        "The broker of the doorbells.",
        _starts_with("redis://", "rediss://", "unix://"),
    ),
    Setting("TANDEM_SLOTS", "int", 10, "AI tasks that one executor worker runs at once.", validate.Range(1, 500)),
    Setting(
        "TANDEM_LEASE_SECONDS",
        "float",
        60,
        "How long a claimed task may be silent before another worker takes it.",
        validate.Range(0.2),
    ),
    Setting("TANDEM_SWEEP_SECONDS", "float", 10, "How often lapsed leases are handed back.", validate.Range(0.05)),
    Setting(
        "TANDEM_POLL_SECONDS",
        "float",
        5,
        "How often each worker looks for due work without being rung.",
        validate.Range(0.05),
    ),
    Setting(
        "TANDEM_FEED_POLL_SECONDS",
        "float",
        3,
        "How often each reader looks at the feeds without being rung.",
        validate.Range(0.05),
    ),
    Setting(
        "TANDEM_RECONCILE_SECONDS",
        "float",
        300,
        "The full reconcile, every 5 minutes as the founding documents have it.",
        validate.Range(0.5),
    ),
    Setting(
        "TANDEM_KEEP_IDEMPOTENCY_KEYS_DAYS",
        "int",
        7,
        "How long a creation with an Idempotency-Key is answered the same again.",
        validate.Range(1, 3650),
    ),
    Setting(
        "TANDEM_KEEP_NOTIFICATIONS_DAYS",
        "int",
        180,
        "How long notifications are kept; 0 is for ever.",
        validate.Range(0, 36500),
    ),
    Setting(
        "TANDEM_KEEP_ACTS_DAYS",
        "int",
        0,
        "How long the audit trail is kept, here and at the services that wrote it; 0 is for ever.",
        validate.Range(0, 36500),
    ),
    Setting("TANDEM_MAX_RETRIES", "int", 3, "Retries after the first attempt of an AI task.", validate.Range(0, 20)),
    Setting("TANDEM_RETRY_DELAY_SECONDS", "float", 300, "Pause before a retry of an AI task.", validate.Range(0)),
    Setting(
        "TANDEM_DAILY_AT",
        "str",
        DAILY_AT,
        "When a day begins, in each tenant's time zone (cron): due workflows start, and what was put off until a day comes back.",
        _cron,
    ),
    Setting(
        "TANDEM_WORKER_TIMEOUT_MS",
        "int",
        1000,
        "How long a consumer waits for a ring before it looks at its queue by itself, in milliseconds.",
        validate.Range(1, 3000),
    ),
    Setting(
        "TANDEM_CRM_ANSWERS_LOOKUPS",
        "bool",
        True,
        "Whether the sandbox CRM can be asked if a change happened; off makes an unknown outcome.",
    ),
    Setting(
        "TANDEM_MAIL_FROM",
        "str",
        "no-reply@tandem.test",
        "Address that mail comes from; the name to it is the sender's.",
        validate.Email(),
    ),
    Setting(
        "TANDEM_MAIL_ANSWERS_LOOKUPS",
        "bool",
        True,
        "Whether the local mailbox can be asked if a mail was sent; off makes an unknown outcome.",
    ),
    Setting("TANDEM_TEST_PROCESSORS", "bool", False, "Offer the rehearsal processors that faults and benchmarks use."),
    Setting(
        "TANDEM_FAULT_POINT",
        "str",
        "",
        "Name of a point of the executor's code at which it kills itself once (fault tests).",
    ),
    Setting(
        "TANDEM_{service}_PROCESSES",
        "int",
        None,
        "Processes of one API, 1 by default; each has its own threads, streams and connections.",
        validate.Range(1, 64),
    ),
    Setting("TANDEM_API_THREADS", "int", 24, "Threads of each API.", validate.Range(2, 2000)),
    Setting(
        "TANDEM_CONSOLE_THREADS",
        "int",
        32,
        "Threads of the monitor's API that answer pages and requests; streams have threads of their own.",
        validate.Range(4, 2000),
    ),
    Setting(
        "TANDEM_STREAMS",
        "int",
        600,
        "Pages and programs that may watch at once (server-sent events); one more gets 503 and tries again later.",
        validate.Range(1, 10000),
    ),
    Setting(
        "TANDEM_STREAMS_PER_PERSON",
        "int",
        50,
        "How many of them may be one person's; one more gets 429 and tries again later.",
        validate.Range(1, 10000),
    ),
    Setting(
        "TANDEM_CONNECTIONS",
        "int",
        2000,
        "Connections that one API holds at once; then those that have kept it waiting longest are closed for new ones.",
        validate.Range(50, 100000),
    ),
    Setting(
        "TANDEM_CONNECTIONS_PER_ADDRESS",
        "int",
        1000,
        "How many of them may come from one address; behind a proxy everything does.",
        validate.Range(10, 100000),
    ),
    Setting(
        "TANDEM_PROXIES",
        "int",
        0,
        "Proxies in front of the console that set X-Forwarded-For; whose address limits sign-in is read from there.",
        validate.Range(0, 10),
    ),
    Setting("TANDEM_SECURE_COOKIES", "bool", False, "Mark the session cookie Secure; turn on behind https."),
    Setting(
        "TANDEM_LOG",
        "str",
        "auto",
        "`json`, `plain`, or `auto`: plain at a terminal.",
        validate.OneOf(("json", "plain", "auto")),
    ),
    Setting(
        "TANDEM_LOG_LEVEL",
        "str",
        "INFO",
        "Least level that is logged.",
        validate.OneOf(("DEBUG", "INFO", "WARNING", "ERROR")),
    ),
    Setting(
        "TANDEM_LOG_BYTES",
        "int",
        LOG_BYTES,
        "Size at which `tandem up` moves the log of a process aside, and begins it anew.",
        validate.Range(1000),
    ),
    Setting(
        "TANDEM_LOG_FILES",
        "int",
        LOG_FILES,
        "How many logs of a process that were moved aside are kept, as `.1` (the newest), `.2` and so on.",
        validate.Range(1, 1000),
    ),
)
"""A setting whose name has the suffix `_FILE` is read from that file, for secrets that containers mount."""


@dataclass(frozen=True)
class Settings:
    """The settings of one process of one service; made by `load`, passed down, never changed."""

    service: str
    home: Path
    keys: Path
    bind: str
    ports: dict[str, int]
    urls: dict[str, str]
    console_url: str
    database_urls: dict[str, str]
    redis_url: str
    slots: int
    lease_seconds: float
    sweep_seconds: float
    poll_seconds: float
    feed_poll_seconds: float
    reconcile_seconds: float
    keep_idempotency_keys_days: int
    keep_notifications_days: int
    keep_acts_days: int
    max_retries: int
    retry_delay_seconds: float
    daily_at: str
    worker_timeout_ms: int
    crm_answers_lookups: bool
    mail_from: str
    mail_answers_lookups: bool
    test_processors: bool
    fault_point: str
    processes: dict[str, int]
    api_threads: int
    console_threads: int
    streams: int
    streams_per_person: int
    connections: int
    connections_per_address: int
    proxies: int
    secure_cookies: bool
    log: str
    log_level: str
    log_bytes: int
    log_files: int

    def database_shown(self, service: str) -> str:
        """The URL of a service's database without its password, for people to read."""
        return without_password(self.database_urls[service])

    @property
    def database_url(self) -> str:
        """The database of this process's own service."""
        return self.database_urls[self.service]

    @property
    def port(self) -> int:
        """The port of this process's own API."""
        return self.ports[self.service]

    @property
    def threads(self) -> int:
        """How many requests one process of this service's API answers at once; streams and probes come on top."""
        return self.console_threads if self.service == "monitor" else self.api_threads

    @property
    def crm_database_path(self) -> Path:
        """The file of the sandbox CRM."""
        return self.home / "sandbox-crm.sqlite3"

    @property
    def mailbox_path(self) -> Path:
        """The folder of the local mailbox."""
        return self.home / "mailbox"


def load(service: str) -> Settings:
    """Read every setting for `service`. WrongSettings names all that are wrong."""
    env = FileAwareEnv(eager=False)
    wrong: dict[str, list[str]] = {}
    values = {setting.name: _read(env, setting, wrong) for setting in SETTINGS}
    try:
        env.seal()
    except EnvValidationError as error:
        wrong.update(error.error_messages)  # type: ignore[arg-type]  # a mapping, where the errors are deferred
    if wrong:
        raise WrongSettings(wrong)
    home = Path(values["TANDEM_HOME"]).absolute()
    ports = {name: values["TANDEM_{service}_PORT"][name] or PORTS[name] for name in SERVICES}
    urls = {name: values["TANDEM_{service}_URL"][name] or f"http://127.0.0.1:{ports[name]}" for name in SERVICES}
    databases = {
        name: values["TANDEM_{service}_DATABASE_URL"][name] or f"sqlite:///{home / 'data' / name}.sqlite3"
        for name in SERVICES
    }
    if conflicts := _on_one_database(databases):
        raise WrongSettings(conflicts)
    plain = {_field(name): value for name, value in values.items() if "{service}" not in name}
    return Settings(
        service=service,
        ports=ports,
        urls=urls,
        database_urls=databases,
        processes={name: values["TANDEM_{service}_PROCESSES"][name] or 1 for name in SERVICES},
        **plain
        | {
            "home": home,
            "keys": Path(values["TANDEM_KEYS"] or home / "keys").absolute(),
            "console_url": values["TANDEM_CONSOLE_URL"] or urls["monitor"],
            "redis_url": values["REDIS_URL"] or REDIS_URL,
        },
    )


def without_password(url: str) -> str:
    """`postgresql://runs:secret@db/runs` -> `postgresql://runs:***@db/runs`."""
    return PASSWORD_OF_QUERY.sub("***", PASSWORD.sub(r"\1:***@", url, count=1))


def _field(name: str) -> str:
    """`TANDEM_LOG_LEVEL` -> `log_level`."""
    return name.removeprefix("TANDEM_").lower()


def _read(env: FileAwareEnv, setting: Setting, wrong: dict[str, list[str]]) -> Any:
    """Read one value, or one for each service if the name has `{service}`; a text loses the blanks and line
    breaks around it."""
    if "{service}" in setting.name:
        each = setting._replace(default="" if setting.kind == "str" else None)
        names = {name: setting.name.format(service=name.upper()) for name in SERVICES}
        return {name: _read(env, each._replace(name=full), wrong) for name, full in names.items()}
    file = os.environ.get(setting.name + FILE)
    if file and (problem := _wrong_file(Path(file))):
        wrong[setting.name + FILE] = [problem]
        return None
    read = getattr(env, setting.kind)
    value = read(setting.name, setting.default, **({"validate": setting.check} if setting.check else {}))
    return value.strip() if isinstance(value, str) else value


def _wrong_file(file: Path) -> str:
    """Why a setting cannot be read from a file, else "". An empty file is wrong too: it would silently mean the
    default."""
    try:
        return "" if file.read_text().strip() else f"{file} is empty."
    except OSError as error:
        return f"{file} cannot be read: {error.strerror}."
    except UnicodeDecodeError:
        return f"{file} is not a text in UTF-8."


def _on_one_database(databases: dict[str, str]) -> dict[str, list[str]]:
    """The settings by which two contexts would share a database, where each would find the other's tables."""
    owners: dict[str, str] = {}
    wrong = {}
    for name, url in databases.items():
        path = url.removeprefix("sqlite:///")
        place = url if path == url else os.path.realpath(path)
        if (owner := owners.setdefault(place, name)) != name:
            why = f"This is the database of {owner} too; each context has one of its own."
            wrong[f"TANDEM_{name.upper()}_DATABASE_URL"] = [why]
    return wrong
