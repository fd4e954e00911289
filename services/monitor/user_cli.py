"""The command `python -m services.monitor user ...` for the operator of the machine."""

from __future__ import annotations

import argparse
import secrets
import sys
from collections.abc import Callable, Iterator, Sequence

from services.monitor import people, sessions
from services.monitor.models import ALL_TENANTS, database
from services.monitor.models import people as rows
from shared.database.connection import session
from shared.ground import clock, ids
from shared.ground.errors import NotFound, TandemError
from shared.ground.principal import ROLES, Principal
from shared.ground.settings import Settings

READ_AT_ONCE = 500

Command = Callable[[Settings, argparse.Namespace], None]


def user(settings: Settings, words: Sequence[str]) -> int:
    """Run the command and return its exit status. An error is a line on standard error, and one below it
    for each field that is wrong."""
    arguments = _parser().parse_args(list(words))
    try:
        with session(database):
            arguments.do(settings, arguments)
    except TandemError as error:
        print(f"tandem user: {error.message}", *error.reasons(), sep="\n  ", file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="tandem user", description="People and how they get in.")
    verbs = parser.add_subparsers(required=True, metavar="verb")

    def verb(name: str, text: str, do: Command, *arguments: str) -> argparse.ArgumentParser:
        added = verbs.add_parser(name, help=text)
        for argument in arguments:
            added.add_argument(argument)
        added.set_defaults(do=do)
        return added

    verb("link", "print a link that signs a person in once, within a day", _link, "email")
    verb("list", "print the people of a tenant", _list, "tenant")
    verb("password", "set a password, read from standard input", _password, "email")
    verb("role", "give a person another role", _role, "email", "role")
    verb("deactivate", "let a person in no longer", _deactivate, "email")
    verb("activate", "let a person in again", _activate, "email")
    verb("add", "add a person to a tenant", _add, "tenant", "email", "name").add_argument(
        "--role", choices=ROLES, default="member"
    )
    tenant = verb("tenant", "add a tenant", _tenant, "tenant", "name")
    tenant.add_argument("--time-zone", default="UTC")
    tenant.add_argument("--country", default="US")
    return parser


def _by(tenant_id: str = ALL_TENANTS) -> Principal:
    return Principal(
        "person", ids.named("operator", tenant_id), "command line", tenant_id, roles=frozenset({"super_admin"})
    )


def _person(email: str) -> rows.Person:
    person = rows.person_by_email(people.folded(email))
    if person is None:
        raise NotFound(f"Nobody has the e-mail {email}.")
    return person


def _link(settings: Settings, arguments: argparse.Namespace) -> None:
    token = secrets.token_urlsafe(32)
    sessions.make_link(arguments.email, token=token, by=_by(), now=clock.now())
    print(sessions.address(settings.console_url, token))


def _list(_: Settings, arguments: argparse.Namespace) -> None:
    people.tenant(arguments.tenant)
    for person in _everybody(arguments.tenant):
        print(f"{person.email:<40} {person.role:<12} {'' if person.active else 'inactive':<9} {person.name}")


def _everybody(tenant_id: str) -> Iterator[rows.Person]:
    """All people of a tenant, by name, read page after page."""
    page = people.find_all(tenant_id, limit=READ_AT_ONCE)
    yield from page.items
    while page.next:
        page = people.find_all(tenant_id, limit=READ_AT_ONCE, cursor=page.next)
        yield from page.items


def _password(_: Settings, arguments: argparse.Namespace) -> None:
    person = _person(arguments.email)
    sessions.set_password(person.id, sys.stdin.readline().rstrip("\n"), by=_by(person.tenant_id), now=clock.now())


def _role(_: Settings, arguments: argparse.Namespace) -> None:
    person = _person(arguments.email)
    people.change(person.id, role=arguments.role, by=_by(person.tenant_id), now=clock.now())


def _deactivate(_: Settings, arguments: argparse.Namespace) -> None:
    person = _person(arguments.email)
    people.change(person.id, active=False, by=_by(person.tenant_id), now=clock.now())


def _activate(_: Settings, arguments: argparse.Namespace) -> None:
    person = _person(arguments.email)
    people.change(person.id, active=True, by=_by(person.tenant_id), now=clock.now())


def _add(_: Settings, arguments: argparse.Namespace) -> None:
    people.add(
        ids.new_id(),
        name=arguments.name,
        email=arguments.email,
        role=arguments.role,
        by=_by(arguments.tenant),
        now=clock.now(),
    )


def _tenant(_: Settings, arguments: argparse.Namespace) -> None:
    people.add_tenant(
        arguments.tenant,
        name=arguments.name,
        time_zone=arguments.time_zone,
        country=arguments.country,
        by=_by(arguments.tenant),
        now=clock.now(),
    )
