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
from shared.settings import SERVICES, Settings

IMPORTS = {
    "customers": ("workflows", "/api/customers/import"),
    "partnerships": ("runs", "/api/partnerships/import"),
}
"""What can be brought in from a CSV file: the service that owns it, and where it takes it."""

IMPORT_SECONDS = 60


def main(arguments: Sequence[str] | None = None) -> int:
    """Parse and do; returns the exit status. What is wrong is said in one line on standard error, with status 1."""
    parser = _parser()
    told = parser.parse_args(arguments)
    settings = launcher.load()
    logs.set_up(settings, "tandem")
    try:
        return told.do(settings, told)
    except errors.Invalid as error:
        print(f"tandem: {error.message} {error.errors or ''}".rstrip(), file=sys.stderr)
    except (errors.TandemError, launcher.LaunchFailed, OSError) as error:
        print(f"tandem: {error}", file=sys.stderr)
    return 1


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

    user = words.add_parser("user", help="people and sign-in links: see `tandem user -h`", add_help=False)
    user.add_argument("words", nargs=argparse.REMAINDER)
    user.set_defaults(do=lambda settings, told: _service("monitor", "user", *told.words))

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


def _each_service(settings: Settings, told: argparse.Namespace) -> int:
    return max(_service(name, told.word) for name in ([told.service] if told.service else SERVICES))


def _keys(settings: Settings, told: argparse.Namespace) -> int:
    if told.volumes:
        keyring.fill_volumes(told.volumes, SERVICES)
    else:
        tokens.make_keys(settings.keys, SERVICES)
    return 0


def operator(tenant_id: str, role: str) -> By:
    """Whoever sits at this machine, as an actor with a role."""
    return By("person", ids.named("operator", tenant_id), "command line", tenant_id, roles=frozenset({role}))


def _token(settings: Settings, told: argparse.Namespace) -> int:
    if not (settings.keys / "private" / "monitor.pem").exists():
        raise errors.NotFound(
            f"There are no keys in {settings.keys} yet: start Tandem once (`make run`), or run `tandem keys`."
        )
    signer = tokens.Signer("monitor", settings.keys)
    print(signer.for_person(operator(told.tenant, told.role), clock.now(), lifetime=timedelta(minutes=told.minutes)))
    return 0


def _import(settings: Settings, told: argparse.Namespace) -> int:
    """Send the file to the service that owns what is in it, and print the receipt, a line a row; 1 if any was refused."""
    service, path = IMPORTS[told.what]
    client = http.Client(settings, service, timeout=IMPORT_SECONDS)
    answer = client.post(
        path,
        {"csv": told.file.read_text("utf-8-sig"), "dryRun": told.dry_run},
        as_person=operator(told.tenant, "admin"),
    )
    counts = Counter(row["outcome"] for row in answer["rows"])
    for row in answer["rows"]:
        reason = "; ".join(row["reasons"]) if "reasons" in row else row["reason"] or ""
        number = row["line"] if "line" in row else row["row"]
        print(f"{number:>6}  {row['outcome']:<9}  {row.get('name') or '':<30}  {reason}".rstrip())
    print(", ".join(f"{count} {outcome}" for outcome, count in counts.items()))
    return 1 if counts["refused"] else 0


def _demo(settings: Settings, told: argparse.Namespace) -> int:
    """The story belongs to workflows; it speaks over REST with the token that is handed to it on standard input."""
    by = operator(told.tenant, "admin")
    token = tokens.Signer("monitor", settings.keys).for_person(by, clock.now(), lifetime=timedelta(minutes=30))
    return subprocess.run(
        [sys.executable, "-m", "services.workflows", "demo"], input=token, text=True, check=False
    ).returncode


if __name__ == "__main__":
    sys.exit(main())
