"""`tandem`: the command line. It reaches services by `python -m services.<context>` or over REST, never by import."""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

from shared import file_import
from shared.feed.consumer import BATCH
from shared.ground import clock, errors, ids, logs, private_files
from shared.ground.principal import ROLES, Principal
from shared.ground.settings import Settings, WrongSettings
from shared.ground.settings_table import SERVICES
from shared.process import installation_backup, signals, supervisor
from shared.security import provisioning, tokens
from shared.web import service_client

USER_VERBS = ("link", "list", "password", "role", "deactivate", "activate", "add", "tenant")
"""The commands of the monitor for people; it parses them itself."""

MAX_NAMED = 20
"""The most tenants that an error names."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Parse the arguments and run the command. Returns the exit status; errors are plain lines on standard error, with
    status 1."""
    argv = list(sys.argv[1:] if arguments is None else arguments)
    options = _parser().parse_args(argv) if argv[:1] != ["user"] else argparse.Namespace(run=_user, argv=argv[1:])
    try:
        settings = supervisor.load()
        private_files.begin(settings.home)
        logs.set_up(settings, "tandem")
        return options.run(settings, options)
    except WrongSettings as error:
        print(*error.reasons(), sep="\n", file=sys.stderr)
    except errors.Invalid as error:
        print(f"tandem: {error.message}", *_lines(error), sep="\n  ", file=sys.stderr)
    except (errors.TandemError, supervisor.LaunchFailed, OSError) as error:
        print(f"tandem: {error}", file=sys.stderr)
    except KeyboardInterrupt:
        return signals.INTERRUPTED
    return 1


def _lines(error: errors.Invalid) -> list[str]:
    """A line for each reason, with its field. The field `csv` means the whole file, which the message names already."""
    fields = [(name, reasons if isinstance(reasons, list) else [reasons]) for name, reasons in error.errors.items()]
    return [str(reason) if name == "csv" else f"{name}: {reason}" for name, reasons in fields for reason in reasons]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="tandem", description="Where people and AI tasks work one plan.")
    commands = parser.add_subparsers(required=True, metavar="command")

    up = commands.add_parser("up", help="start everything on this machine and stay")
    up.add_argument("--no-samples", action="store_true", help="start with empty databases")
    up.add_argument("--executors", type=int, default=1, help="how many executor workers")
    up.set_defaults(
        run=lambda settings, options: supervisor.up(
            settings, samples=not options.no_samples, workers={"executor": options.executors}
        )
    )

    for command, text in (
        ("migrate", "bring every database up to date"),
        ("seed", "load the sample data; twice is once"),
    ):
        subparser = commands.add_parser(command, help=text)
        subparser.add_argument("service", nargs="?", choices=SERVICES, help="only this one")
        subparser.set_defaults(run=_each_service, command=command)

    samples = commands.add_parser(
        "samples", help="have work done with the sample data: tasks, runs, a plan to review; Tandem must be running"
    )
    samples.set_defaults(run=_samples)

    keys = commands.add_parser("keys", help="make the signing keys that are missing")
    keys.add_argument(
        "--volumes", type=Path, help="for compose: keys and database passwords into a folder for each who may read them"
    )
    keys.set_defaults(run=_keys)

    token = commands.add_parser("token", help="print a bearer token, for whoever owns the machine")
    token.add_argument("--tenant", default="demo")
    token.add_argument("--role", choices=ROLES, default="member")
    token.add_argument("--minutes", type=int, default=tokens.PERSON_MINUTES)
    token.set_defaults(run=_token)

    commands.add_parser("user", help=f"people and how they get in: {', '.join(USER_VERBS)}; more with `tandem user -h`")

    load = commands.add_parser("import", help="bring in your own data from a CSV file")
    load.add_argument("what", choices=tuple(file_import.DOORS))
    load.add_argument("file", type=Path)
    load.add_argument("--tenant", default="demo")
    load.add_argument(
        "--dates", choices=("day", "month", "year"), help="what dates begin with, where that cannot be told"
    )
    load.add_argument("--decimal", choices=(".", ","), help="the decimal mark, where it cannot be told")
    load.add_argument("--encoding", help="the encoding of the file, where it cannot be told")
    load.add_argument("--dry-run", action="store_true", help="say what would happen, and change nothing")
    load.set_defaults(run=_import)

    reading = commands.add_parser("read-contract", help="print what Tandem reads of contracts' files; nothing need run")
    reading.add_argument("files", type=Path, nargs="+", metavar="FILE", help="PDF, DOCX, TXT or EML")
    reading.add_argument("--as-of", type=_day, help="the day as of which it is read, as 2027-06-30; else today")
    reading.add_argument(
        "--effective-on", type=_day, help="when the contracts took effect, where their texts do not say so"
    )
    reading.add_argument("--json", action="store_true", help="a line of JSON for each file")
    reading.set_defaults(run=_read_contract)

    backup_ = commands.add_parser("backup", help="copy all data into a new folder, while Tandem works")
    backup_.add_argument("folder", type=Path)
    backup_.add_argument(
        "--keys", action="store_true", help="with the signing keys; whoever has them can sign for anybody"
    )
    backup_.add_argument("--status", action="store_true", help="say how far the backup into this folder is")
    backup_.set_defaults(run=_backup)

    restore = commands.add_parser("restore", help="put a backup back; Tandem must be stopped")
    restore.add_argument("folder", type=Path)
    restore.add_argument(
        "--only", action="append", choices=SERVICES, default=[], help="the database of this service alone"
    )
    restore.add_argument("--keys", action="store_true", help="the signing keys too")
    restore.set_defaults(run=_restore)

    demo = commands.add_parser("demo", help="walk the Discovery workflow against what is running, and print it")
    demo.add_argument("--tenant", default="demo")
    demo.set_defaults(run=_demo)
    return parser


def _day(words: str) -> str:
    """A day of the command line, checked. An ArgumentTypeError says how it is written."""
    try:
        return date.fromisoformat(words).isoformat()
    except ValueError:
        raise argparse.ArgumentTypeError(f"{words!r} is no day: write it as 2027-06-30") from None


def _service(name: str, *arguments: str) -> int:
    return subprocess.run([sys.executable, "-m", f"services.{name}", *arguments], check=False).returncode


def _user(settings: Settings, options: argparse.Namespace) -> int:
    if not {"-h", "--help"} & set(options.argv):
        _print_database(settings, "monitor")
    return _service("monitor", "user", *options.argv)


def _each_service(settings: Settings, options: argparse.Namespace) -> int:
    status = 0
    for name in [options.service] if options.service else SERVICES:
        _print_database(settings, name)
        status = max(status, _service(name, options.command))
    return status


def _samples(settings: Settings, options: argparse.Namespace) -> int:
    """Do the samples' work in each service that has some. Each goes on where it was broken off."""
    return max(_service(name, "samples") for name in supervisor.WITH_SAMPLE_WORK)


def _print_database(settings: Settings, name: str) -> None:
    """Print which database is used, so that a terminal that lacks the settings of another does not silently use its own
    file."""
    print(f"tandem: the database of {name} is {settings.database_shown(name)}", file=sys.stderr, flush=True)


def _keys(settings: Settings, options: argparse.Namespace) -> int:
    if options.volumes:
        provisioning.fill_volumes(options.volumes, SERVICES)
    else:
        tokens.make_keys(settings.keys, SERVICES)
    return 0


def operator(tenant_id: str, role: str) -> Principal:
    """The person at this machine, as a principal with this role."""
    return Principal("person", ids.named("operator", tenant_id), "command line", tenant_id, roles=frozenset({role}))


def _signer(settings: Settings) -> tokens.Signer:
    """The signer for people of this installation. NotFound before the first start."""
    if not (settings.keys / "private" / "monitor.pem").exists():
        raise errors.NotFound(
            f"There are no keys in {settings.keys} yet: start Tandem once (`make run`), or run `tandem keys`."
        )
    return tokens.Signer("monitor", settings.keys)


def _token(settings: Settings, options: argparse.Namespace) -> int:
    signer = _signer(settings)
    try:
        _check_tenant(settings, options.tenant)
    except errors.Unavailable as error:
        print(f"tandem: {error} Nobody has checked that there is a tenant {options.tenant}.", file=sys.stderr)
    print(
        signer.for_person(
            operator(options.tenant, options.role), clock.now(), lifetime=timedelta(minutes=options.minutes)
        )
    )
    return 0


def _check_tenant(settings: Settings, tenant_id: str) -> None:
    """NotFound, naming the known tenants, when the monitor does not have this one. Unavailable when it does not
    answer."""
    monitor, position, tenants = service_client.Client(settings, "monitor"), 0, set()
    more = True
    while more:
        page = monitor.changes(position, ["tenant"], BATCH)
        tenants |= {event["subject"] for event in page["changes"] if not event["deleted"]}
        position, more = page["next"], page["more"]
    if tenant_id not in tenants:
        named = ", ".join(sorted(tenants)[:MAX_NAMED]) or "none yet; `tandem user tenant` adds one"
        raise errors.NotFound(f"There is no tenant {tenant_id}; tenants are: {named}.")


def _import(settings: Settings, options: argparse.Namespace) -> int:
    """Send the file to the service that owns the rows and print its receipt, a line for each row; 1 if any was refused."""
    _signer(settings)
    file = options.file.name, file_import.read(options.file)
    _check_tenant(settings, options.tenant)
    choices = {"dateOrder": options.dates, "decimalMark": options.decimal, "encoding": options.encoding}
    words, counts = file_import.FUTURE if options.dry_run else {}, Counter[str]()
    person = operator(options.tenant, "admin")
    for row in file_import.send(settings, options.what, file, choices, dry_run=options.dry_run, person=person):
        counts[row.outcome] += 1
        outcome = words.get(row.outcome, row.outcome)
        print(f"{row.number:>6}  {outcome:<15}  {row.name:<30}  {row.reason}".rstrip(), flush=True)
    print(", ".join(f"{count} {words.get(outcome, outcome)}" for outcome, count in counts.items()))
    return 1 if counts["refused"] else 0


def _read_contract(_: Settings, options: argparse.Namespace) -> int:
    """Print what is read of contracts: the executor's program reads the files' texts, and that of workflows the texts."""
    choices = [f"--as-of={options.as_of}"] if options.as_of else []
    choices += [f"--effective-on={options.effective_on}"] if options.effective_on else []
    choices += ["--json"] if options.json else []
    files = [str(file) for file in options.files]
    with subprocess.Popen(
        [sys.executable, "-m", "services.executor", "read-text", "--", *files], stdout=subprocess.PIPE
    ) as texts:
        command = [sys.executable, "-m", "services.workflows", "read-contract", *choices]
        status = subprocess.run(command, stdin=texts.stdout, check=False).returncode
    return status or texts.returncode


def _backup(settings: Settings, options: argparse.Namespace) -> int:
    if options.status:
        return _backup_status(options.folder)
    backup = installation_backup.write(
        settings,
        options.folder,
        keys=options.keys,
        now=clock.now(),
        report=lambda part: print(f"Copied: {part}", flush=True),
    )
    size = sum(file.stat().st_size for file in backup.folder.rglob("*") if file.is_file())
    print(f"{backup.folder} holds everything as of {clock.rfc3339(backup.taken_at)} ({size / 1e6:,.1f} MB).")
    print(
        "It is as secret as what it holds."
        if not backup.keys
        else "With its keys anybody can be signed for: keep it safe."
    )
    return 0


def _backup_status(folder: Path) -> int:
    """Say how far a backup is. Returns 1 while it is not finished. Invalid when there is none."""
    progress = installation_backup.progress(folder)
    if progress is None:
        backup = installation_backup.read(folder)
        print(f"{folder} is finished: it holds everything as of {clock.rfc3339(backup.taken_at)}.")
        return 0
    left = [part for part in installation_backup.PARTS if part not in progress.copied]
    done = ", ".join(progress.copied) or "nothing yet"
    print(
        f"{folder} began at {clock.rfc3339(progress.begun_at)} and is not finished. Copied: {done}. To come: {', '.join(left)}."
    )
    return 1


def _restore(settings: Settings, options: argparse.Namespace) -> int:
    backup = installation_backup.read(options.folder)
    installation_backup.restore(settings, backup, services=options.only, keys=options.keys)
    what = ", ".join(options.only) or "Everything"
    print(f"{what}: put back as of {clock.rfc3339(backup.taken_at)}. Start Tandem; the rest catches up by itself.")
    print(
        f"Files that were replaced are kept beside the new ones, with {installation_backup.REPLACED} behind their names."
    )
    return 0


def _demo(settings: Settings, options: argparse.Namespace) -> int:
    """Run the demo of workflows; it uses REST with the token passed on its standard input."""
    signer = _signer(settings)
    _check_tenant(settings, options.tenant)
    token = signer.for_person(operator(options.tenant, "admin"), clock.now(), lifetime=timedelta(minutes=30))
    return subprocess.run(
        [sys.executable, "-m", "services.workflows", "demo"], input=token, text=True, check=False
    ).returncode


if __name__ == "__main__":
    sys.exit(main())
