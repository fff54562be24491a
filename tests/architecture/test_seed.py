"""The plugin page is kept: every promise has a test, and the reference page says which."""

from __future__ import annotations

from seed import table


def test_every_row_is_told_by_one_test() -> None:
    rows = table.rows()
    assert sorted(rows) == sorted(table.expected())
    assert {name: row.levels for name, row in rows.items() if len(row.levels) != 1} == {}
    assert [name for name, row in rows.items() if not row.statement] == []


def test_every_conflict_has_a_decision() -> None:
    for name, row in table.rows().items():
        assert (row.levels == ["H"]) == name.startswith("H"), name
        assert row.decision or not name.startswith("H"), name


def test_the_reference_page_is_what_the_tests_say() -> None:
    assert table.PAGE.read_text(encoding="utf-8") == table.page(), "python tests/seed/table.py"
