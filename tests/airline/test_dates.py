"""What day people mean."""

import re
import time
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchboard.airline.dates import DATE_PATTERN, PAST_DAYS, day_of
from switchboard.errors import ToolError

TODAY = date(2026, 5, 14)
"""A Thursday."""

# ruff: noqa: E501
SAID = {
    "2026-05-21": "05-21", "2026/5/21": "05-21", "2026-05-21T08:00:00Z": "05-21",
    "21 May": "05-21", "21st May": "05-21", "21 st may": None, "May 21st": "05-21", "may 21": "05-21",
    "21may": "05-21", "the 21st of May": "05-21", "21 May 2026": "05-21", "May 21, 2026": "05-21",
    "21/5": "05-21", "21.5.": "05-21", "21.05.": "05-21", "21.5.26": "05-21", "21-05-2026": "05-21",
    "5/21": "05-21", "5/21/2026": "05-21", "4/6": "06-04", "the 21st": "05-21", "21": "05-21",
    "the 14th": "05-14", "the 3rd": "06-03", "the 31st": "05-31", "the first of june": "06-01",
    "the twenty first": "05-21", "21st of next month": "06-21", "on the 21st": "05-21",
    "Friday 22 May": "05-22", "friday the 22nd": "05-22", "22 May, Friday": "05-22", "Fri, 22 May 2026": "05-22",
    "today": "05-14", "tonight": "05-14", "now": "05-14", "tomorrow": "05-15", "tomorrow morning": "05-15",
    "day after tomorrow": "05-16", "the day after tomorrow": "05-16", "yesterday": "05-13",
    "day before yesterday": "05-12",
    "Friday": "05-15", "on friday evening": "05-15", "thursday": "05-14", "wed": "05-20", "this Saturday": "05-16",
    "coming monday": "05-18", "next Friday": "05-22", "next thursday": "05-21", "next monday": "05-18",
    "friday next week": "05-22", "next week friday": "05-22", "next week on friday": "05-22",
    "friday week": "05-22", "last friday": "05-08", "last thursday": "05-07",
    "in 3 days": "05-17", "in three days": "05-17", "in two weeks": "05-28", "in a week": "05-21",
    "in a month": "06-14", "in a fortnight": "05-28", "in a couple of days": "05-16", "3 days ago": "05-11",
    "a week from today": "05-21", "a week from tomorrow": "05-22", "two weeks from friday": "05-29",
    "a week on friday": "05-22", "3 days from now": "05-17", "two days after tomorrow": "05-17",
    "end of the month": "05-31", "the end of June": "06-30", "month end": "05-31", "end of next month": "06-30",
    "last day of february": None,
    "tommorow": "05-15", "tomorow": "05-15", "tommorrow": "05-15", "tmrw": "05-15", "wendesday": "05-20",
    "wensday": "05-20", "firday": "05-15", "thrusday": "05-14", "satuday": "05-16", "next firday": "05-22",
    "21 agust": "08-21", "2 febuary 2027": "2027-02-02", "1 Januray": "2027-01-01",
    "12 May": "05-12", "20 March": "03-20", "1 March": "2027-03-01", "29 February": "2028-02-29",
    "1/1": "2027-01-01", "2025-12-24": "2025-12-24",
}  # fmt: skip


def expected(said):
    known = SAID[said]
    return date.fromisoformat(known if len(known) > 5 else f"2026-{known}")


@pytest.mark.parametrize("said", [said for said, day in SAID.items() if day])
def test_a_day_is_understood_as_people_say_it(said):
    assert day_of(said, TODAY) == expected(said)
    assert day_of(f"  {said.upper()} ", TODAY) == expected(said)


def test_february_ends_when_it_ends():
    assert day_of("last day of february", TODAY) == date(2027, 2, 28)
    assert day_of("end of february", date(2028, 2, 3)) == date(2028, 2, 29)


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "delhi", "LK101", "ABC123", "a", "an", "of", "friday monday", "31 June", "30 february", "0 may",
        "32/1", "2026-13-01", "2026-02-30", "the 32nd", "0", "99", "99999-01-01", "٢١ May", "２１ May", "in 999 years",
        "21 May 2026 please cancel", "'; DROP TABLE flight; --", "\x00", "🎂", "next", "in days from", "999 months ago ago",
        "29 February 2027", "x" * 1_000_000, "21 May " * 200_000, "1" * 500_000,
    ],
)  # fmt: skip
def test_what_is_no_day_is_refused_with_examples(text):
    begin = time.process_time()
    with pytest.raises(ToolError) as caught:
        day_of(text, TODAY)
    assert caught.value.fix
    assert len(str(caught.value)) < 250
    assert time.process_time() - begin < 0.5


@pytest.mark.parametrize("text", ["next week", "this weekend", "weekend", "in June", "next month", "may"])
def test_more_than_one_day_is_asked_about(text):
    with pytest.raises(ToolError, match="more than one day"):
        day_of(text, TODAY)


def test_a_weekday_that_the_date_does_not_have_is_asked_about():
    with pytest.raises(ToolError, match="22 May 2026 is a Friday, not a Saturday"):
        day_of("Saturday 22 May", TODAY)


DAYS = st.dates(date(1990, 1, 1), date(2090, 1, 1))
WITH_YEAR = (
    "{0:%Y-%m-%d}",
    "{0:%d %B %Y}",
    "{0:%B %d, %Y}",
    "{0:%d.%m.%Y}",
    "{0:%d/%m/%Y}",
    "{0:%a %d %b %Y}",
)
WITHOUT_YEAR = (
    "{0:%d %B}",
    "{0:%b %d}",
    "{0:%d/%m}",
    "{0:%d.%m.}",
    "{0:%A, %d %B}",
    "the {0.day}th of {0:%B}",
)


@given(DAYS, DAYS, st.sampled_from(WITH_YEAR))
def test_a_date_with_its_year_comes_back_from_every_form(day, today, form):
    assert day_of(form.format(day), today) == day


@given(DAYS, st.integers(-PAST_DAYS, 300), st.sampled_from(WITHOUT_YEAR))
def test_a_date_without_its_year_comes_back_from_every_form(today, ahead, form):
    day = today + timedelta(ahead)
    assert day_of(form.format(day), today) == day


@given(DAYS, st.integers(0, 6))
def test_weekdays_come_within_the_week_and_next_ones_in_the_next(today, ahead):
    day = today + timedelta(ahead)
    assert day_of(f"{day:%A}", today) == day_of(f"this {day:%a}", today) == day
    following = day_of(f"next {day:%A}", today)
    assert following.weekday() == day.weekday()
    assert following.isocalendar().week == (today + timedelta(7)).isocalendar().week


@given(DAYS, st.integers(1, 300))
def test_so_many_days_on_is_that_day(today, count):
    assert day_of(f"in {count} days", today) == day_of(f"{count} days from now", today)
    assert day_of(f"in {count} days", today) == today + timedelta(count)


VOCABULARY = "next last this in a week month day friday may 21 31st 2026 of end from ago 5/21 ."
WORDS = st.lists(st.sampled_from(VOCABULARY.split()))


@given(st.text(max_size=80) | WORDS.map(" ".join), st.dates())
def test_any_text_is_a_day_or_an_expected_failure(text, today):
    try:
        found = day_of(text, today)
    except ToolError as failure:
        assert failure.what
        assert failure.fix
    else:
        assert isinstance(found, date)


IN_A_SENTENCE = ("flights from delhi to mumbai {} please", "is lk101 on time {}?", "{}: delhi to pune")


@pytest.mark.parametrize("sentence", IN_A_SENTENCE)
def test_days_are_found_within_a_sentence(sentence):
    missed = {}
    for said, day in SAID.items():
        if not day or said in (
            "now",
            "21",
            "2026-05-21T08:00:00Z",
            "the twenty first",
            "the first of june",
            "22 May, Friday",
        ):
            continue
        found = re.search(rf"\b(?:{DATE_PATTERN})", sentence.format(said))
        try:
            if not found or day_of(found[0], TODAY) != expected(said):
                missed[said] = found and found[0]
        except ToolError as failure:
            missed[said] = failure
    assert not missed


@pytest.mark.parametrize(
    "text",
    ["LK101", "ABC123", "may I bring two bags", "one stop", "3 passengers", "someday", "a holiday", "10.30 pm",
     "the second leg", "2 weeks", "study", "march on"],
)  # fmt: skip
def test_other_words_are_no_days(text):
    assert not re.search(rf"\b(?:{DATE_PATTERN})", text)


@pytest.mark.parametrize(
    "text",
    [
        "the " * 5_000,
        "1" * 20_000,
        "mon " * 5_000,
        "a week " * 3_000,
        "in 3 days from" * 1_500,
        " " * 20_000,
        "m" * 20_000,
    ],
)
def test_looking_for_days_takes_linear_time(text):
    begin = time.process_time()
    re.findall(DATE_PATTERN, text)
    assert time.process_time() - begin < 0.5
