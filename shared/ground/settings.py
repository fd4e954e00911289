"""Settings: read once from the environment, by the table of settings_table, and passed down."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from environs import EnvValidationError, FileAwareEnv

from shared.ground.errors import Invalid
from shared.ground.settings_table import PORTS, REDIS_URL, SERVICES, SETTINGS, Setting

FILE = "_FILE"
"""Behind the name of a setting: the file that holds its value."""

PASSWORD = re.compile(r"(?<=://)([^:/?#@]*):.*@", re.DOTALL)
"""User and password of an address, up to the last @: a password may hold any character by mistake."""

PASSWORD_OF_QUERY = re.compile(r"(?<=[?&]password=)[^&#]*")


class WrongSettings(Invalid):
    """Settings that cannot be used; `errors` maps each name to the reason."""

    def __init__(self, errors: Any) -> None:
        super().__init__("Some settings are wrong.", errors=errors)


@dataclass(frozen=True)
class Settings:
    """The settings of one process of one service; made by `load`, passed down, never changed."""

    service: str
    home: Path
    keys: Path
    files: str
    file_bytes: int
    reading_pages: int
    reading_seconds: int
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
    send_delay_seconds: float
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
    def files_path(self) -> Path:
        """The folder of the stored files."""
        return Path(self.files).absolute() if self.files else self.home / "files"

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
