"""Typed commands for changes, in which a field that was not given differs from one that was given as null."""

from __future__ import annotations

from enum import Enum
from typing import Any, ClassVar

from marshmallow import post_load

from shared.contracts.camel import CamelSchema


class NotGiven(Enum):
    """The type of NOT_GIVEN."""

    NOT_GIVEN = "not given"


NOT_GIVEN = NotGiven.NOT_GIVEN
"""The default of a field that a command leaves as it is."""


def given(command: Any, *names: str) -> dict[str, Any]:
    """The given fields of a command by name; with `names`, only these."""
    wanted = names or tuple(vars(command))
    return {name: value for name in wanted if (value := getattr(command, name)) is not NOT_GIVEN}


class CommandSchema(CamelSchema):
    """A schema that is loaded as a command: `command` is the dataclass, with the fields of the schema."""

    command: ClassVar[type[Any]]

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Any:
        """The command."""
        return self.command(**data)
