"""Texts: as they are, as one of several words, as yes or no, as the address of a website."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from shared.csv_import.cell_types.cell_type import Choices, Reading

YES = frozenset({"yes", "y", "true", "t", "1", "x", "on", "✓", "ja", "oui", "si", "sí"})
NO = frozenset({"no", "n", "false", "f", "0", "off", "-", "nein", "non"})
_DOMAIN = re.compile(r"[\w-]+(?:\.[\w-]+)+(?:[/?#]\S*)?")


class Text:
    """A text as it stands."""

    asks = ""

    def reading(self, cells: Sequence[str], choices: Choices) -> Reading:
        """The cell itself."""
        return str


class Flag:
    """Yes or no."""

    asks = ""

    def reading(self, cells: Sequence[str], choices: Choices) -> Reading:
        """True, False, or the cell itself if it is neither."""

        def read(cell: str) -> Any:
            word = cell.casefold()
            return True if word in YES else False if word in NO else cell

        return read


class Website:
    """The address of a website, with or without its scheme."""

    asks = ""

    def reading(self, cells: Sequence[str], choices: Choices) -> Reading:
        """The address; `https://` goes before a bare name."""
        return lambda cell: f"https://{cell}" if _DOMAIN.fullmatch(cell) else cell


class Choice:
    """One of several words; `also` maps further ones to them."""

    asks = ""

    def __init__(self, words: Sequence[str], also: Mapping[str, str] | None = None) -> None:
        self._words = {word: word for word in words} | dict(also or {})

    def reading(self, cells: Sequence[str], choices: Choices) -> Reading:
        """The word that is meant in any case and with blanks or hyphens, or the cell itself."""
        return lambda cell: self._words.get(re.sub(r"[\s_-]+", "_", cell.strip().casefold()), cell)


TEXT, FLAG, WEBSITE = Text(), Flag(), Website()
