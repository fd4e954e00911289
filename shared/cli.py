"""`tandem`: the command line. It reaches services by `python -m services.<context>` or over REST, never by import."""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from shared import clock, errors, http, ids, keyring, launcher, logs, tokens
from shared.acts import ROLES, By
from shared.reading import BATCH
from shared.settings import SERVICES, Settings, WrongSettings

IMPORTS = {
    "customers": ("workflows", "/api/customers/import"),
    "partnerships": ("runs", "/api/partnerships/import"),
}
"""What can be brought in from a CSV file: the service that owns it, and where it takes it."""

IMPORT_SECONDS = 60
USER_VERBS = ("link", "list", "password", "role", "deactivate", "activate", "add", "tenant")
"""What the monitor's own command line does with people; it parses them itself."""

MOST_NAMED = 20
"""Tenants that a refusal names."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Parse and do; returns the exit status. What is wrong is said in plain lines on standard error, with status 1."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    told = _parser().parse_args(words) if words[:1] != ["user"] else argparse.Namespace(do=_user, words=words[1:])
    try:
        settings = launcher.load()
        logs.set_up(settings, "tandem")
        return told.do(settings, told)
    except WrongSettings as error:
        print(*error.reasons(), sep="\n", file=sys.stderr)
    except errors.Invalid as error:
        print(f"tandem: {error.message}", *_lines(error), sep="\n  ", file=sys.stderr)
    except (errors.TandemError, launcher.LaunchFailed, OSError) as error:
        print(f"tandem: {error}", file=sys.stderr)
    return 1


def _lines(error: errors.Invalid) -> list[str]:
    """A line a reason, with its field; `csv` is the whole file, which the message is about already."""
    told = [(name, reasons if isinstance(reasons, list) else [reasons]) for name, reasons in error.errors.items()]
    return [reason if name == "csv" else f"{name}: {reason}" for name, reasons in told for reason in reasons]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="tandem", description="Where people and AI tasks work one plan.")
    words = parser.add_subparsers(required=True, metavar="command")

    up = words.add_parser("up", help="start everything on this machine and stay")
    up.add_argument("--no-samples", action="store_true", help="start with empty databases")
    up.add_argument("--executors", type=int, default=1, help="how many executor workers")
    up.set_defaults(
        do=lambda settings, told: launcher.up(
            settings, samples=not told.no_samples, workers={"executor": told.executors}
        )
    )

    for word, text in (("migrate", "bring every database up to date"), ("seed", "load the sample data; twice is once")):
        command = words.add_parser(word, help=text)
        command.add_argument("service", nargs="?", choices=SERVICES, help="only this one")
        command.set_defaults(do=_each_service, word=word)

    keys = words.add_parser("keys", help="make the signing keys that are missing")
    keys.add_argument(
        "--volumes", type=Path, help="for compose: keys and database passwords into a folder for each who may read them"
    )
    keys.set_defaults(do=_keys)

    token = words.add_parser("token", help="print a bearer token, for whoever owns the machine")
    token.add_argument("--tenant", default="demo")
    token.add_argument("--role", choices=ROLES, default="member")
    token.add_argument("--minutes", type=int, default=tokens.PERSON_MINUTES)
    token.set_defaults(do=_token)

    words.add_parser("user", help=f"people and how they get in: {', '.join(USER_VERBS)}; more with `tandem user -h`")

    load = words.add_parser("import", help="bring in your own data from a CSV file")
    load.add_argument("what", choices=tuple(IMPORTS))
    load.add_argument("file", type=Path)
    load.add_argument("--tenant", default="demo")
    load.add_argument("--dry-run", action="store_true", help="say what would happen, and change nothing")
    load.set_defaults(do=_import)

    demo = words.add_parser("demo", help="walk the Discovery workflow against what is running, and print it")
    demo.add_argument("--tenant", default="demo")
    demo.set_defaults(do=_demo)
    return parser


def _service(name: str, *words: str) -> int:
    return subprocess.run([sys.executable, "-m", f"services.{name}", *words], check=False).returncode


def _user(settings: Settings, told: argparse.Namespace) -> int:
    if not {"-h", "--help"} & set(told.words):
        _say_database(settings, "monitor")
    return _service("monitor", "user", *told.words)


def _each_service(settings: Settings, told: argparse.Namespace) -> int:
    status = 0
    for name in [told.service] if told.service else SERVICES:
        _say_database(settings, name)
        status = max(status, _service(name, told.word))
    return status


def _say_database(settings: Settings, name: str) -> None:
    """Which one it is, so that a terminal without the settings of another does not quietly use a file of its own."""
    print(f"tandem: the database of {name} is {settings.database_shown(name)}", file=sys.stderr, flush=True)


def _keys(settings: Settings, told: argparse.Namespace) -> int:
    if told.volumes:
        keyring.fill_volumes(told.volumes, SERVICES)
    else:
        tokens.make_keys(settings.keys, SERVICES)
    return 0


def operator(tenant_id: str, role: str) -> By:
    """Whoever sits at this machine, as an actor with a role."""
    return By("person", ids.named("operator", tenant_id), "command line", tenant_id, roles=frozenset({role}))


def _signer(settings: Settings) -> tokens.Signer:
    """Who may sign for people here. NotFound before the first start."""
    if not (settings.keys / "private" / "monitor.pem").exists():
        raise errors.NotFound(
            f"There are no keys in {settings.keys} yet: start Tandem once (`make run`), or run `tandem keys`."
        )
    return tokens.Signer("monitor", settings.keys)


def _token(settings: Settings, told: argparse.Namespace) -> int:
    signer = _signer(settings)
    try:
        _check_tenant(settings, told.tenant)
    except errors.Unavailable as error:
        print(f"tandem: {error} Nobody has checked that there is a tenant {told.tenant}.", file=sys.stderr)
    print(signer.for_person(operator(told.tenant, told.role), clock.now(), lifetime=timedelta(minutes=told.minutes)))
    return 0


def _check_tenant(settings: Settings, tenant_id: str) -> None:
    """NotFound, with those that there are, when the monitor knows no such tenant. Unavailable when it does not answer."""
    monitor, position, known = http.Client(settings, "monitor"), 0, set()
    more = True
    while more:
        page = monitor.changes(position, ["tenant"], BATCH)
        known |= {event["subject"] for event in page["changes"] if not event["deleted"]}
        position, more = page["next"], page["more"]
    if tenant_id not in known:
        named = ", ".join(sorted(known)[:MOST_NAMED]) or "none yet; `tandem user tenant` adds one"
        raise errors.NotFound(f"There is no tenant {tenant_id}; tenants are: {named}.")


def _import(settings: Settings, told: argparse.Namespace) -> int:
    """Send the file to the service that owns what is in it, and print the receipt, a line a row; 1 if any was refused."""
    _signer(settings)
    csv = _read(told.file)
    _check_tenant(settings, told.tenant)
    service, path = IMPORTS[told.what]
    client = http.Client(settings, service, timeout=IMPORT_SECONDS)
    answer = client.post(
        path,
        {"csv": csv, "dryRun": told.dry_run},
        as_person=operator(told.tenant, "admin"),
    )
    counts = Counter(row["outcome"] for row in answer["rows"])
    for row in answer["rows"]:
        reason = "; ".join(row["reasons"]) if "reasons" in row else row["reason"] or ""
        number = row["line"] if "line" in row else row["row"]
        print(f"{number:>6}  {row['outcome']:<9}  {row.get('name') or '':<30}  {reason}".rstrip())
    print(", ".join(f"{count} {outcome}" for outcome, count in counts.items()))
    return 1 if counts["refused"] else 0


def _read(file: Path) -> str:
    """The text of a file. Invalid for what is not UTF-8, or is empty."""
    raw = file.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise errors.Invalid(
            f"{file} is not UTF-8 (line {line}). Save it as UTF-8; spreadsheets call that “CSV UTF-8”."
        ) from None
    if not text.strip():
        raise errors.Invalid(f"{file} is empty.")
    return text


def _demo(settings: Settings, told: argparse.Namespace) -> int:
    """The story belongs to workflows; it speaks over REST with the token that is handed to it on standard input."""
    signer = _signer(settings)
    _check_tenant(settings, told.tenant)
    token = signer.for_person(operator(told.tenant, "admin"), clock.now(), lifetime=timedelta(minutes=30))
    return subprocess.run(
        [sys.executable, "-m", "services.workflows", "demo"], input=token, text=True, check=False
    ).returncode


if __name__ == "__main__":
    sys.exit(main())
