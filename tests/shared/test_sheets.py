"""CSV files as people bring them: what is nothing is passed over, and what cannot be read is refused with what to do."""

from __future__ import annotations

import pytest

from shared.contracts import sheets
from shared.ground.errors import Invalid


def read(text):
    found = sheets.read(text, needed=("name",), columns=("name", "stage", "note"), spellings={})
    return [(line.number, line.cells) for line in found]


def test_cells_come_under_their_columns_without_what_surrounds_them():
    assert read("\ufeffName,Stage\n Acme\u00a0, new\u200b\n") == [(2, {"name": "Acme", "stage": "new"})]


@pytest.mark.parametrize("blank", ["", ",", " , ", "\t,", "\u00a0,\u200b", ",,,"])
def test_a_line_of_nothing_is_passed_over(blank):
    assert read(f"name,stage\nAcme,new\n{blank}\nBeta,\n") == [
        (2, {"name": "Acme", "stage": "new"}),
        (4, {"name": "Beta"}),
    ]


@pytest.mark.parametrize("header", ["name,stage,", "name,stage, ,", "name,,stage", ",name,stage"])
def test_a_column_of_nothing_needs_no_name(header):
    columns = header.split(",")
    line = ",".join({"name": "Acme", "stage": "new"}.get(column, " ") for column in columns)
    assert read(f"{header}\n{line}\n") == [(2, {"name": "Acme", "stage": "new"})]


def test_something_without_a_name_over_it_is_not_lost():
    assert read("name,stage,\nAcme,new,lost\n")[0][1][sheets.OVERFLOW] == "more cells than columns"
    with pytest.raises(Invalid, match="without a name"):
        read("name,,stage\nAcme,lost,new\n")


def test_a_cell_keeps_its_own_line_breaks_and_the_numbers_are_the_spreadsheets():
    text = 'name,note\nAcme,"One\r\ntwo"\nBeta,x\n'
    assert read(text) == [(2, {"name": "Acme", "note": "One\r\ntwo"}), (3, {"name": "Beta", "note": "x"})]


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("name\tstage\nAcme\tnew\n", "separates its cells by tabs: save it as CSV"),
        ("sep=;\nname;stage\nAcme;new\n", "delete the line and import it again"),
        ("\ufeffSEP=,\nname,stage\n", "delete the line and import it again"),
    ],
)
def test_what_a_spreadsheet_writes_for_itself_is_refused_with_what_to_do(text, advice):
    with pytest.raises(Invalid) as refused:
        read(text)
    assert [advice in reason for reason in refused.value.errors["csv"]] == [True]


def test_ten_thousand_lines_are_read_and_one_more_is_not():
    text = "name\n" + "Acme\n" * sheets.MOST_LINES
    assert len(read(text + "\n \n")) == sheets.MOST_LINES
    with pytest.raises(Invalid, match="At most 10000 rows"):
        read(text + "Acme\n")
