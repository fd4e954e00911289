"""Every setting: one table with its default and its help, read once from the environment and passed down."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit, urlunsplit

from cronsim import CronSim, CronSimError
from environs import EnvValidationError, FileAwareEnv, validate

from shared.errors import Invalid

SERVICES = ("runs", "workflows", "executor", "monitor")
PORTS = {"monitor": 8000, "runs": 8001, "workflows": 8002, "executor": 8003}
"""DESIGN.md section 5: where each API listens unless told otherwise."""


class WrongSettings(Invalid):
    """Settings that cannot be used; `errors` maps each one's name to why."""

    def __init__(self, errors: Any) -> None:
        super().__init__("Some settings are wrong.", errors=errors)


def _starts_with(*schemes: str) -> Any:
    """A check of an address; what it says does not repeat the value, which may hold a password."""

    def check(value: str) -> None:
        if value and not value.startswith(schemes):
            raise validate.ValidationError(
                f"It starts with {' or '.join(schemes)}, not {value.partition(':')[0][:20]}:"
            )

    return check


def _cron(value: str) -> None:
    try:
        CronSim(value, datetime(2026, 1, 1, tzinfo=UTC))
    except CronSimError:
        raise validate.ValidationError('Not a cron expression of five fields, such as "0 8 * * *" for 8:00.') from None


class Setting(NamedTuple):
    """One environment variable. `kind` names the reader of environs; a `{service}` in the name is one each."""

    name: str
    kind: str
    default: Any
    help: str
    check: Any = None


SETTINGS = (
    Setting("TANDEM_HOME", "str", "var", "Folder of databases, keys, logs and mail."),
    Setting("TANDEM_KEYS", "str", "", "Folder of the signing keys; empty is `keys` in TANDEM_HOME."),
    Setting("TANDEM_BIND", "str", "127.0.0.1", "Address that every API binds."),
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
        _starts_with("sqlite:///", "postgresql://", "postgres://"),
    ),
    Setting(
        "REDIS_URL",
        "str",
        "redis://127.0.0.1:6379/0",
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
    Setting("TANDEM_MAX_RETRIES", "int", 3, "Retries after the first attempt of an AI task.", validate.Range(0, 20)),
    Setting("TANDEM_RETRY_DELAY_SECONDS", "float", 300, "Pause before a retry of an AI task.", validate.Range(0)),
    Setting(
        "TANDEM_DAILY_AT",
        "str",
        "0 8 * * *",
        "When snoozed tasks resurface and due workflows start, in each tenant's time zone (cron).",
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
    Setting("TANDEM_API_THREADS", "int", 24, "Threads of each API.", validate.Range(2, 2000)),
    Setting(
        "TANDEM_CONSOLE_THREADS",
        "int",
        160,
        "Threads of the monitor's API; each watching browser holds one.",
        validate.Range(4, 2000),
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
)
"""A setting whose name has the suffix `_FILE` is read from that file, for secrets that containers mount."""


@dataclass(frozen=True)
class Settings:
    """What one process of one service was told; made by `load`, passed down, never changed."""

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
    max_retries: int
    retry_delay_seconds: float
    daily_at: str
    worker_timeout_ms: int
    crm_answers_lookups: bool
    mail_from: str
    mail_answers_lookups: bool
    test_processors: bool
    fault_point: str
    api_threads: int
    console_threads: int
    secure_cookies: bool
    log: str
    log_level: str

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
        """How many requests this service's API serves at once."""
        return self.console_threads if self.service == "monitor" else self.api_threads

    @property
    def crm_database_path(self) -> Path:
        """The file of the sandbox CRM, which stands in for the system outside."""
        return self.home / "sandbox-crm.sqlite3"

    @property
    def mailbox_path(self) -> Path:
        """The folder of the local mailbox, which stands in for a mail server."""
        return self.home / "mailbox"


def load(service: str) -> Settings:
    """Read every setting for `service` ("" for the command line). WrongSettings names all that are wrong."""
    env = FileAwareEnv(eager=False)
    told = {setting.name: _read(env, setting) for setting in SETTINGS}
    try:
        env.seal()
    except EnvValidationError as error:
        raise WrongSettings(error.error_messages) from None
    home = Path(told["TANDEM_HOME"]).absolute()
    ports = {name: told["TANDEM_{service}_PORT"][name] or PORTS[name] for name in SERVICES}
    urls = {name: told["TANDEM_{service}_URL"][name] or f"http://127.0.0.1:{ports[name]}" for name in SERVICES}
    databases = {
        name: told["TANDEM_{service}_DATABASE_URL"][name] or f"sqlite:///{home / 'data' / name}.sqlite3"
        for name in SERVICES
    }
    plain = {_field(name): value for name, value in told.items() if "{service}" not in name}
    return Settings(
        service=service,
        ports=ports,
        urls=urls,
        database_urls=databases,
        **plain
        | {
            "home": home,
            "keys": Path(told["TANDEM_KEYS"] or home / "keys").absolute(),
            "console_url": told["TANDEM_CONSOLE_URL"] or urls["monitor"],
        },
    )


def without_password(url: str) -> str:
    """`postgresql://runs:secret@db/runs` -> `postgresql://runs:***@db/runs`."""
    parts = urlsplit(url)
    if parts.password is None:
        return url
    who, _, where = parts.netloc.rpartition("@")
    return urlunsplit(parts._replace(netloc=f"{who.partition(':')[0]}:***@{where}"))


def _field(name: str) -> str:
    """`TANDEM_LOG_LEVEL` -> `log_level`; the seam between the environment's spelling and ours."""
    return name.removeprefix("TANDEM_").lower()


def _read(env: FileAwareEnv, setting: Setting) -> Any:
    """One value, or one a service where the name has `{service}`; text from a file loses its last line break."""
    if "{service}" in setting.name:
        one = setting._replace(default="" if setting.kind == "str" else None)
        return {name: _read(env, one._replace(name=setting.name.format(service=name.upper()))) for name in SERVICES}
    read = getattr(env, setting.kind)
    value = read(setting.name, setting.default, **({"validate": setting.check} if setting.check else {}))
    return value.strip() if isinstance(value, str) else value
