"""Arithmetic, and nothing but arithmetic."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchboard.airline.calculator import calculated
from switchboard.errors import ToolError


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("2 * ((350 - 122) + (499 - 127))", 1200),
        ("1,200 + 34.5", 1234.5),
        ("-3 + +5", 2),
        ("10 / 4", 2.5),
        ("1/3", 0.33),
        (" 7 ", 7),
    ],
)
def test_it_reckons(expression, value):
    assert calculated(expression) == value


@pytest.mark.parametrize(
    "expression",
    [
        "", "two", "2 ** 9999999", "9 // 2", "__import__('os').system('true')", "(1", "1 if 2 else 3",
        "[1][0]",
        "f'{1}'", "True + 1", "x := 3", "1; 2", "lambda: 1", "'a' * 9", "1e999999 - 1e999999", "\x00", "1j",
        "9" * 299, "(" * 140 + "1" + ")" * 140, "-" * 299 + "1", "1 / 0", "1" * 301,
    ],
)  # fmt: skip
def test_anything_else_is_refused_or_harmless(expression):
    try:
        value = calculated(expression)
    except ToolError as exc:
        assert exc.fix
    else:
        assert isinstance(value, float)


@given(st.text(max_size=400))
def test_no_text_breaks_it(expression):
    with suppress(ToolError):
        assert isinstance(calculated(expression), float)


@given(st.integers(-10_000, 10_000), st.integers(-10_000, 10_000), st.integers(1, 500))
def test_it_reckons_as_whole_numbers_do(one, other, third):
    assert calculated(f"({one} - {other}) * {third}") == (one - other) * third
