"""Commands tell what was not given from what was given as null, in one way."""

from __future__ import annotations

from dataclasses import dataclass

from marshmallow import fields

from shared.contracts.commands import NOT_GIVEN, CommandSchema, NotGiven, given


@dataclass(frozen=True, kw_only=True)
class Rename:
    name: str | NotGiven = NOT_GIVEN
    first_owner: str | None | NotGiven = NOT_GIVEN


class RenameIn(CommandSchema):
    command = Rename
    name = fields.String(load_default="none")
    first_owner = fields.String(allow_none=True)


def test_null_is_given_and_what_is_left_out_is_not():
    command = RenameIn(partial=True).load({"firstOwner": None})
    assert command == Rename(first_owner=None)
    assert command.name is NOT_GIVEN
    assert given(command) == {"first_owner": None}


def test_a_command_that_is_not_partial_has_its_defaults():
    assert given(RenameIn().load({})) == {"name": "none"}
