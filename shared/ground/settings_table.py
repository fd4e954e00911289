"""The table of all settings, with their defaults and help."""

from __future__ import annotations

from typing import Any, NamedTuple

from environs import validate

from shared.ground.setting_checks import cron, database_url, not_empty, starts_with

DAILY_AT = "0 8 * * *"
LOG_BYTES = 10_000_000
LOG_FILES = 3
REDIS_URL = "redis://127.0.0.1:6379/0"
SERVICES = ("runs", "workflows", "executor", "monitor")
PORTS = {"monitor": 8000, "runs": 8001, "workflows": 8002, "executor": 8003}
"""The port of each API unless a setting names another (docs/design.md, "Ports")."""


class Setting(NamedTuple):
    """One environment variable. `kind` is the method of environs that reads it; `{service}` in the name means one for
    each service."""

    name: str
    kind: str
    default: Any
    help: str
    check: Any = None


SETTINGS = (
    Setting("TANDEM_HOME", "str", "var", "Folder of databases, keys, logs and mail.", not_empty),
    Setting("TANDEM_KEYS", "str", "", "Folder of the signing keys; empty is `keys` in TANDEM_HOME."),
    Setting("TANDEM_FILES", "str", "", "Folder of the stored files (contracts); empty is `files` in TANDEM_HOME."),
    Setting(
        "TANDEM_FILE_BYTES",
        "int",
        25_000_000,
        "Longest file that is taken, in bytes.",
        validate.Range(1_000, 50_000_000),
    ),
    Setting(
        "TANDEM_READING_PAGES",
        "int",
        300,
        "Most pages of a contract's file; one with more is not read.",
        validate.Range(1, 10_000),
    ),
    Setting(
        "TANDEM_READING_SECONDS",
        "int",
        60,
        "Processor time that reading one file may take; three times that by the clock.",
        validate.Range(1, 300),
    ),
    Setting("TANDEM_BIND", "str", "127.0.0.1", "Address that every API binds.", not_empty),
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
        starts_with("http://", "https://"),
    ),
    Setting(
        "TANDEM_CONSOLE_URL",
        "str",
        "",
        "Address of the console as people type it; by default that of the monitor.",
        starts_with("http://", "https://"),
    ),
    Setting(
        "TANDEM_{service}_DATABASE_URL",
        "str",
        None,
        "Database of one context: `sqlite:///path` or `postgresql://user:password@host/name`; by default a file in TANDEM_HOME.",
        database_url,
    ),
    Setting(
        "REDIS_URL",
        "str",
        REDIS_URL,
        "The broker of the doorbells.",
        starts_with("redis://", "rediss://", "unix://"),
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
        "TANDEM_SEND_DELAY_SECONDS",
        "float",
        10,
        "How long a mail or an invitation of a guided run waits before it leaves, so that it can be taken back; 0 sends at once.",
        validate.Range(0, 3600),
    ),
    Setting(
        "TANDEM_DAILY_AT",
        "str",
        DAILY_AT,
        "When a day begins, in each tenant's time zone (cron): due workflows start, and what was put off until a day comes back.",
        cron,
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
