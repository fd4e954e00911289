"""CSV files as people bring them: encodings, separators, headers, and which column is which field."""

from __future__ import annotations

import codecs

import pytest

from shared.csv_import import file_text, mapping, sheet_table, sources
from shared.csv_import.cell_types import AMOUNT, DAY, TEXT, Choices
from shared.csv_import.fields import TOO_MANY, ImportField, ImportFields
from shared.csv_import.mapping import ColumnChoice
from shared.ground.errors import Invalid

FIELDS = ImportFields(
    (
        ImportField("name", "Name", needed=True, synonyms=("Company",)),
        ImportField("stage", "Stage"),
        ImportField("note", "Note", multiline=True),
        ImportField("due_on", "Due", DAY),
        ImportField("fee", "Fee", AMOUNT),
    )
)


def read(text, choice=None):
    table = sheet_table.read(text)
    chosen = mapping.chosen_for(table, FIELDS, choice)
    mapping.check(table, FIELDS, chosen)
    return mapping.lines(table, FIELDS, chosen)


def cells(text):
    return [(line.number, line.cells) for line in read(text)]


def refused(text, choice=None):
    with pytest.raises(Invalid) as error:
        read(text, choice)
    return " ".join(error.value.errors["csv"])


def test_cells_come_under_their_columns_without_what_surrounds_them():
    assert cells("Name,Stage\n Acme\u00a0, new\u200b\n") == [(2, {"name": "Acme", "stage": "new"})]


@pytest.mark.parametrize("blank", ["", ",", " , ", "\t,", "\u00a0,\u200b", ",,,"])
def test_a_line_of_nothing_is_passed_over(blank):
    assert cells(f"name,stage\nAcme,new\n{blank}\nBeta,\n") == [
        (2, {"name": "Acme", "stage": "new"}),
        (4, {"name": "Beta"}),
    ]


def test_lines_of_nothing_above_the_header_count_and_are_passed_over():
    assert cells(" ,\n\nname,stage\nAcme,new\n") == [(4, {"name": "Acme", "stage": "new"})]


@pytest.mark.parametrize("header", ["name,stage,", "name,stage, ,", "name,,stage", ",name,stage"])
def test_a_column_of_nothing_needs_no_name(header):
    columns = header.split(",")
    line = ",".join({"name": "Acme", "stage": "new"}.get(column, " ") for column in columns)
    assert cells(f"{header}\n{line}\n") == [(2, {"name": "Acme", "stage": "new"})]


def test_something_without_a_name_over_it_is_not_lost():
    assert read("name,stage,\nAcme,new,lost\n")[0].problems == [TOO_MANY]
    assert "Column (without a name) is not known." in refused("name,,stage\nAcme,lost,new\n")
    [line] = read("name,,stage\nAcme,kept,new\n", ColumnChoice({"name": "name", "Column 2": "note", "stage": "stage"}))
    assert line.cells == {"name": "Acme", "note": "kept", "stage": "new"}


def test_a_cell_keeps_its_own_line_breaks_and_the_numbers_are_the_spreadsheets():
    text = 'name,note\nAcme,"One\r\ntwo, ""quoted"""\nBeta,x\n'
    assert cells(text) == [(2, {"name": "Acme", "note": 'One\r\ntwo, "quoted"'}), (3, {"name": "Beta", "note": "x"})]


@pytest.mark.parametrize(
    "text",
    [
        "name,stage\nA c,new\n",
        "name;stage\nA c;new\n",
        "name\tstage\nA c\tnew\n",
        "name|stage\nA c|new\n",
        "sep=;\nname;stage\nA c;new\n",
        "SEP=,\r\nname,stage\r\nA c,new\r\n",
        '"sep=|"\nname|stage\nA c|new\n',
        '"name";"stage"\n"A c";"new"\n',
        "name,stage\rA c,new\r",
    ],
)
def test_what_separates_the_cells_is_told_by_the_header_or_the_line_above_it(text):
    assert cells(text) == [(2, {"name": "A c", "stage": "new"})]


def test_a_separator_within_quotes_separates_nothing():
    table = sheet_table.read('"name, of it; all, of, it";stage\n"Acme, Inc.";new\n')
    assert (table.columns, table.rows[0].cells) == (["name, of it; all, of, it", "stage"], ["Acme, Inc.", "new"])


def test_a_header_that_stands_again_further_down_is_no_row():
    assert cells("name,stage\nAcme,new\nNAME,Stage\nBeta,new\n") == [
        (2, {"name": "Acme", "stage": "new"}),
        (4, {"name": "Beta", "stage": "new"}),
    ]


def test_two_columns_of_one_name_are_told_apart_and_one_is_to_be_chosen():
    table = sheet_table.read("name,Stage,stage,Stage\nAcme,a,b,c\n")
    assert table.columns == ["name", "Stage", "stage", "Stage (2)"]
    told = refused("name,Stage,Stage\nAcme,a,b\n")
    assert "Column stage is there twice: “Stage” and “Stage (2)”. Choose one of them." in told
    [line] = read("name,Stage,Stage\nAcme,a,b\n", ColumnChoice({"name": "name", "Stage (2)": "stage"}))
    assert line.cells == {"name": "Acme", "stage": "b"}


def test_ten_thousand_rows_are_read_and_one_more_is_not():
    text = "name\n" + "Acme\n" * sheet_table.MOST_ROWS
    assert len(read(text + "\n \n")) == sheet_table.MOST_ROWS
    assert "At most 10000 rows" in refused(text + "Acme\n")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "empty"),
        (" \n,,\n", "empty"),
        ('name,"stage\nAcme,new\n', "never closed"),
        ('name,stage\n"Acme"x,new\n', "follows a closed quotation mark"),
        ("name,stage\n" + "x" * 140_000 + ",y\n", "longer than"),
        ("name\n" + "," * 300 + "\n", ""),
    ],
)
def test_what_is_no_csv_file_is_refused_in_plain_words(text, told):
    if told:
        assert told in refused(text)
    else:
        assert cells(text) == []


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [
        ("utf-8", b""), ("utf-8", codecs.BOM_UTF8), ("utf-16-le", codecs.BOM_UTF16_LE), ("utf-16-be", codecs.BOM_UTF16_BE),
        ("utf-32-le", codecs.BOM_UTF32_LE), ("utf-16-le", b""), ("utf-16-be", b""), ("cp1252", b""),
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    "text", ["name,fee\nMüller & Söhne,5\n", "name\nO’Brien – “the best” é…, 5 €\nŠkoda\n", "name\nJosé\n"]
)
def test_a_file_is_read_as_what_it_can_only_be(text, encoding, mark):
    assert file_text.decoded(mark + text.encode(encoding))[0] == text


@pytest.mark.parametrize(
    ("text", "encoding", "name"),
    [
        ("имя\nМосква Банк\n", "cp1251", "Cyrillic"),
        ("όνομα\nΑθήνα Τράπεζα\n", "cp1253", "Greek"),
        ("name\n株式会社東芝\n", "cp932", "Japanese"),
    ],
)
def test_another_alphabet_is_not_guessed_but_asked_for(text, encoding, name):
    with pytest.raises(Invalid, match=name):
        file_text.decoded(text.encode(encoding))
    assert file_text.decoded(text.encode(encoding), encoding) == (text, encoding)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"PK\x03\x04rest", "save it as CSV"),
        (b"%PDF-1.7", "a PDF, not a CSV"),
        (b"\xd0\xcf\x11\xe0\xa1", "a spreadsheet, not a CSV"),
        (b"name\n\x00\x01", "NUL"),
    ],
)
def test_what_is_no_text_is_refused_with_what_to_do(content, told):
    with pytest.raises(Invalid) as error:
        file_text.decoded(content)
    assert told in str(error.value)


def test_an_encoding_that_the_file_is_not_in_is_refused():
    with pytest.raises(Invalid, match="It is not UTF-8"):
        file_text.decoded("Café".encode("cp1252"), "utf-8")


@pytest.mark.parametrize(
    ("headers", "source"),
    [
        ("Record ID,Company name,Website URL,Company owner,Create Date", "hubspot"),
        ("Record ID,First Name,Last Name,Email,Associated Company", "hubspot"),
        ("Account Name,Account Owner,Billing State/Province,Type", "salesforce"),
        ("First Name,Last Name,Title,Account Name,Email", "salesforce"),
        ("Id,IsDeleted,Name,OwnerId", "salesforce"),
        ("Organization - ID,Organization - Name,Organization - Owner", "pipedrive"),
        ("Person - Name,Person - Email,Person - Organization", "pipedrive"),
    ],
)
def test_an_export_is_recognised_by_its_headers(headers, source):
    assert sources.recognised(headers.split(",")) == source


def test_files_of_nobody_known_are_of_one_source_if_they_have_the_same_headers():
    one, same, other = (sources.recognised(headers) for headers in (["A", "b"], ["B", "a"], ["a"]))
    assert one == same != other
    assert sources.label_of(one) is None


def test_what_is_known_by_its_header_is_proposed_and_what_was_chosen_before_goes_first():
    table = sheet_table.read("Company,Phase,Note\nAcme,new,x\n")
    assert mapping.propose(table, FIELDS) == {"Company": "name", "Phase": None, "Note": "note"}
    before = {"Phase": "stage", "Note": None, "Gone": "fee"}
    assert mapping.propose(table, FIELDS, before) == {"Company": "name", "Phase": "stage", "Note": None}


def test_one_value_for_all_rows_stands_where_a_cell_is_blank():
    choice = ColumnChoice({"name": "name"}, {"stage": "new", "due_on": "1 May 2027"})
    [line] = read("name,other\nAcme,x\n", choice)
    assert line.values == {"name": "Acme", "stage": "new", "due_on": "2027-05-01"}


@pytest.mark.parametrize(
    ("choice", "told"),
    [
        (ColumnChoice({"nome": "name"}), "mapping.nome"),
        (ColumnChoice({"name": "mood"}), "mapping.name"),
        (ColumnChoice({"name": "name"}, {"mood": "x"}), "constants.mood"),
    ],
)
def test_a_choice_of_what_there_is_not_is_refused_by_name(choice, told):
    with pytest.raises(Invalid) as error:
        read("name\nAcme\n", choice)
    assert list(error.value.errors) == [told]


def test_a_column_that_leaves_open_what_it_means_is_asked_about_until_it_is_chosen():
    table = sheet_table.read("name,due_on,fee\nA,01/05/2027,1.234\nB,,\n")
    open_ones = list(mapping.open_questions(table, FIELDS, ColumnChoice({"due_on": "due_on", "fee": "fee"})))
    assert [choice for choice, _ in open_ones] == ["dateOrder", "decimalMark"]
    choice = ColumnChoice({"due_on": "due_on", "fee": "fee"}, choices=Choices("day", ","))
    assert list(mapping.open_questions(table, FIELDS, choice)) == []
    assert TEXT.reading(["x"], Choices())("x") == "x"
