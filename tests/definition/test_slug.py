"""Names of columns and tables: short, ASCII, never ambiguous."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dougong.definition.slug import column_name, cut, table_name


def test_chinese_becomes_pinyin():
    assert column_name("项目 A", ()) == "f_xiang_mu_a"


def test_a_nested_name_is_joined_by_two_underscores():
    assert column_name("address.city", ()) == "f_address__city"


def test_names_that_only_differ_in_case_get_columns_of_their_own():
    first = column_name("A", ())
    assert (first, column_name("a", {first})) == ("f_a", "f_a_2")


def test_names_alike_in_their_first_sixty_characters_get_columns_of_their_own():
    names = ["项目部" * 20 + "甲", "项目部" * 20 + "乙"]
    first = column_name(names[0], ())
    second = column_name(names[1], {first})
    assert first != second
    assert len(second) <= 40


def test_a_name_without_letters_still_gets_a_column():
    assert column_name("🎉", ()) == "f_field"
    assert column_name("🎉🎉", {"f_field"}) == "f_field_2"


def test_words_of_sql_are_harmless():
    assert column_name("select", ()) == "f_select"
    assert table_name("select", "order") == "select__order"


def test_a_table_that_would_be_too_long_ends_in_its_hash():
    long = table_name("m" * 30, "f" * 30, "lines")
    assert len(long) == 63
    assert long != table_name("m" * 30, "f" * 30, "line")
    assert long[-9] == "_"


def test_subtables_whose_slugs_are_alike_get_tables_of_their_own():
    assert len({table_name("a", "b", sub) for sub in ("lines", "Lines", "LINES", "明细", "名系", "🎉")}) == 6


def test_a_short_name_is_left_alone():
    assert cut("v_pay__ask") == "v_pay__ask"


@given(st.text(min_size=1, max_size=80), st.lists(st.text(min_size=1, max_size=80), max_size=5))
def test_every_name_gets_a_free_valid_column(name: str, others: list[str]):
    taken: set[str] = set()
    for each in (*others, name):
        column = column_name(each, taken)
        assert column not in taken
        assert len(column.encode()) <= 40
        assert column.isascii() and column.isidentifier() and column.startswith("f_")
        taken.add(column)
