"""The types of cells: each reads the cells of a whole column as what they can only be, or as the person says."""

from shared.csv_import.cell_types.amounts import AMOUNT, WHOLE, currency_of
from shared.csv_import.cell_types.cell_type import Ambiguous, CellProblem, CellType, Choices, Reading
from shared.csv_import.cell_types.days import DAY
from shared.csv_import.cell_types.words import FLAG, TEXT, WEBSITE, Choice

__all__ = [
    "AMOUNT",
    "Ambiguous",
    "DAY",
    "FLAG",
    "TEXT",
    "WEBSITE",
    "WHOLE",
    "CellProblem",
    "CellType",
    "Choice",
    "Choices",
    "Reading",
    "currency_of",
]
