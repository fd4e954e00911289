"""Cells read as what the whole column can only be, or as was chosen; never as a guess."""

from __future__ import annotations

import pytest

from shared.csv_import.cell_types import AMOUNT, DAY, FLAG, WEBSITE, WHOLE, CellProblem, Choice, Choices, currency_of


def column(cell_type, *cells, **choices):
    """The values of a column; a text in brackets is why a cell cannot be read."""
    read = cell_type.reading(cells, Choices(**choices))

    def value(cell):
        try:
            return read(cell)
        except CellProblem as problem:
            return [problem.message]

    return [value(cell) for cell in cells]


@pytest.mark.parametrize(
    ("cell", "amount"),
    [
        ("248127.00", "248127.00"), ("$248,127.00", "248127.00"), ("USD 1000", "1000"), ("1000 USD", "1000"), ("3,100", "3100"),
        ("1 234.50", "1234.50"), ("1\u00a0234,50", "1234.50"), ("1\u202f234\u202f567", "1234567"), ("1000.5", "1000.5"),
        ("1000,5", "1000.5"), ("12,34,567", "1234567"), ("1.234.567", "1234567"), ("1.234,50 €", "1234.50"), ("€1,234.50", "1234.50"),
        ("1'234.50", "1234.50"), ("CHF 1’234.50", "1234.50"), ("-5", "-5"), ("5-", "-5"), ("−5", "-5"), ("+5", "5"), ("(5.00)", "-5.00"),
        ("($1,234)", "-1234"), ("-$5", "-5"), ("$-5", "-5"), ("(-5)", "5"), ("A$5", "5"), ("5 kr", "5"), ("0", "0"),
    ],
)  # fmt: skip
def test_an_amount_is_read_with_its_signs_thousands_brackets_and_currency(cell, amount):
    assert column(AMOUNT, cell) == [amount]


@pytest.mark.parametrize(
    "cell", ["1e5", "1,234,5", "1.2.3", "--5", "1.5k", "lots", "$", "5 apples", "1,23,45", "(5", "5 5 5", "€5$"]
)
def test_what_is_no_amount_is_left_as_it_is_for_the_check_to_refuse(cell):
    assert column(AMOUNT, cell) == [cell]


def test_an_amount_that_can_be_two_is_asked_about_and_never_guessed():
    told = ["1.234 can be 1.234 or 1234: choose the decimal mark."]
    assert column(AMOUNT, "1.234") == [told]
    assert column(AMOUNT, "1.234", decimal_mark=",") == ["1234"]
    assert column(AMOUNT, "1.234", decimal_mark=".") == ["1.234"]


def test_one_amount_tells_the_mark_of_the_whole_column():
    assert column(AMOUNT, "1.234", "2.500,50") == ["1234", "2500.50"]
    assert column(AMOUNT, "3,100", "12,5") == ["3.100", "12.5"]
    assert column(AMOUNT, "1.234", "12.5") == ["1.234", "12.5"]
    both = column(AMOUNT, "12,50", "12.50", "1.234")
    assert both[:2] == ["12.50", "12.50"]
    assert "numbers of both kinds" in both[2][0]


@pytest.mark.parametrize(
    ("cell", "codes"),
    [
        ("€5", {"EUR"}),
        ("5 GBP", {"GBP"}),
        ("£5", {"GBP"}),
        ("5", set()),
        ("zł 5", {"PLN"}),
        ("eur 5", {"EUR"}),
        ("lots", set()),
    ],
)
def test_the_currency_beside_an_amount_is_known(cell, codes):
    assert currency_of(cell) == codes


def test_a_dollar_can_be_several():
    assert {"USD", "CAD", "AUD"} <= currency_of("$5")


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("85", 85),
        ("85%", 85),
        ("85 %", 85),
        ("85.0", 85),
        ("85,0", 85),
        ("1,250", 1250),
        ("85.5", "85.5"),
        ("high", "high"),
        ("$5", "$5"),
        ("-1", -1),
    ],
)
def test_a_whole_number_is_read_with_a_percent_sign_and_places_of_nothing(cell, number):
    assert column(WHOLE, cell) == [number]


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("2027-05-01", "2027-05-01"), ("2027-5-1", "2027-05-01"), ("2027/05/01", "2027-05-01"), ("20270501", "2027-05-01"),
        ("2027-W18-6", "2027-05-08"), ("2027-05-01 00:00:00", "2027-05-01"), ("2027-05-01T09:30:00Z", "2027-05-01"),
        ("15/09/2027", "2027-09-15"), ("9/15/2027", "2027-09-15"), ("15/09/2027 9:30 AM", "2027-09-15"), ("05/05/2027", "2027-05-05"),
        ("01.05.2027", "2027-05-01"), ("1 May 2027", "2027-05-01"), ("May 1, 2027", "2027-05-01"), ("1-May-27", "2027-05-01"),
        ("1. März 2027", "2027-03-01"), ("1 mai 2027", "2027-05-01"), ("1st March 2027", "2027-03-01"), ("Sept 3, 2027", "2027-09-03"),
    ],
)  # fmt: skip
def test_a_date_that_can_only_be_one_is_read(cell, day):
    assert column(DAY, cell) == [day]


@pytest.mark.parametrize("cell", ["1 May", "never", "31/02/2027", "2027-02-30", "13/13/2027", "1 Foo 2027", "1/2/3"])
def test_what_is_no_date_is_left_as_it_is_for_the_check_to_refuse(cell):
    assert column(DAY, cell) == [cell]


def test_a_date_that_can_be_two_is_asked_about_and_never_guessed():
    [[told]] = column(DAY, "01/05/2027")
    assert (
        told == "01/05/2027 can be 1 May 2027 or 5 January 2027: choose whether dates begin with the day or the month."
    )
    assert column(DAY, "01/05/2027", date_order="day") == ["2027-05-01"]
    assert column(DAY, "01/05/2027", date_order="month") == ["2027-01-05"]
    assert "a year of two figures" in column(DAY, "5/1/27")[0][0]
    assert [column(DAY, "05/01/27", date_order=order) for order in ("day", "month", "year")] == [
        ["2027-01-05"],
        ["2027-05-01"],
        ["2005-01-27"],
    ]
    assert column(DAY, "27/05/01", date_order="year") == ["2027-05-01"]
    assert "spreadsheet's own number" in column(DAY, "46508")[0][0]


def test_one_date_tells_the_order_of_the_whole_column():
    assert column(DAY, "01/05/2027", "15/09/2027") == ["2027-05-01", "2027-09-15"]
    assert column(DAY, "01/05/2027", "9/15/2027") == ["2027-01-05", "2027-09-15"]
    both = column(DAY, "15/09/2027", "9/15/2027", "01/05/2027")
    assert both[:2] == ["2027-09-15", "2027-09-15"]
    assert "dates of both kinds" in both[2][0]


def test_what_was_chosen_makes_a_date_of_the_other_order_no_date():
    assert column(DAY, "15/09/2027", date_order="month") == ["15/09/2027"]


def test_yes_and_no_are_read_in_many_ways_and_nothing_else():
    assert column(FLAG, "yes", "X", "TRUE", "1", "no", "False", "0", "maybe") == [True] * 4 + [False] * 3 + ["maybe"]


def test_one_of_several_words_is_read_in_any_spelling():
    role = Choice(("economic_buyer", "champion"), {"boss": "economic_buyer"})
    assert column(role, "Economic Buyer", "ECONOMIC-BUYER", "Boss", "friend") == ["economic_buyer"] * 3 + ["friend"]


def test_the_bare_name_of_a_website_gets_its_scheme():
    assert column(WEBSITE, "bluebay.example.test", "http://a.test", "javascript:alert(1)") == [
        "https://bluebay.example.test", "http://a.test", "javascript:alert(1)",
    ]  # fmt: skip
