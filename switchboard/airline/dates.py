"""The day that people mean when they say one.

Own code, because dateparser 1.5 reads "next Friday" as this one, "a week from today" as a week ago and no
misspelling, and dateutil 4.0 none of them. English; the Gregorian calendar; no time of day, no span of days.

How the doubtful forms are read:

- A weekday is the coming one, today included. "Next Friday" is the Friday of next week, weeks beginning on
  Monday; "Friday week" is a week after the coming one.
- A date without a year is the next such day, but one of the last ``PAST_DAYS`` days stays past: nobody books
  eleven months ahead, people do ask about last week's flight. "The 21st" is the next one, today included.
- Numbers are day and month (4/5 is 4 May); month and day where the other order is no date (5/21).
"""

import calendar
import re
from datetime import date, timedelta

from switchboard.airline.date_words import DATE_PATTERN, WEEKDAYS, symbols
from switchboard.errors import ToolError

__all__ = ["DATE_PATTERN", "day_of"]

CHARACTERS = 60
"""The longest text that is read as a day."""
PAST_DAYS = 60

_ISO = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?:[t ]\d\d:[\d:.+z-]{2,25})?", re.ASCII)
_NUMERIC = re.compile(r"(\d{1,2})([-/.])(\d{1,2})(?:\2(\d{4}|\d{2})|\.)?", re.ASCII)
_RELATIVE = {
    "today": 0,
    "tomorrow": 1,
    "yesterday": -1,
    "day after tomorrow": 2,
    "day before yesterday": -2,
}
_DAYS = {"day": 1, "week": 7, "fortnight": 14}
_WEEKDAY = re.compile(
    r"(?:this )?w(?P<coming>\d)(?: this week)?|(?:next|next week|week next) w(?P<next>\d)|"
    r"w(?P<after>\d) next week|last w(?P<last>\d)|w(?P<week>\d) week"
)
_COUNTED = re.compile(
    r"(?:(\d{1,3}|a|(?:a )?couple) )?(day|week|fortnight|month)"
    r"(?: (ago)| (?:from |after )?(today|tomorrow|(?:this )?w\d))?"
)
_DATE = re.compile(
    r"(?:w(?P<before>\d) )?(?:(?P<day>\d+) m(?P<month>\d+)|m(?P<named>\d+) (?P<nth>\d\d?))"
    r"(?: w(?P<after>\d))?(?: (?P<year>\d{4}))?"
)
_NTH = re.compile(r"(?:w(?P<before>\d) )?(?P<day>\d\d?)(?: (?P<which>this|next)(?: month))?")
_END = re.compile(r"(?:(?:end|last day) )(?:(?:this |(?P<next>next ))?month|m(?P<month>\d+))|month end")
_VAGUE = re.compile(
    r"(?:(?:this|next|last) )?(?:week|weekend|month)|(?:this |next )?m\d+|(?:end )?week(?: end)?"
)


def day_of(text: str, today: date) -> date:
    """The day that ``text`` says.

    Args:
        text: as people write it: "2026-05-21", "21 May", "next friday", "in two weeks", "tommorow", "5/21".
        today: what relative days are counted from.

    Raises:
        ToolError: it is no day, or more than one.
    """
    shown = " ".join(text[:CHARACTERS].split())
    try:
        day = _numeric(shown, today) or _worded(symbols(shown.casefold()), today)
    except (ValueError, OverflowError) as exc:
        raise ToolError(f"The calendar has no day “{shown}”.", "Check the date, such as 21 May.") from exc
    if day is None or len(text.strip()) > CHARACTERS:
        raise ToolError(f"“{shown}” is not a day.", "Say it like 21 May, Friday, tomorrow or 2026-05-21.")
    return day


def _numeric(text: str, today: date) -> date | None:
    if match := _ISO.fullmatch(text.casefold()):
        return date(int(match[1]), int(match[3]), int(match[4]))
    if match := _NUMERIC.fullmatch(text):
        day, month = int(match[1]), int(match[3])
        if month > 12 >= day and match[2] != ".":
            day, month = month, day
        return _dated(day, month, match[4] or "", today)
    return None


def _worded(words: str, today: date) -> date | None:
    """The day that symbols of ``date_words`` say."""
    if words in _RELATIVE:
        return today + timedelta(_RELATIVE[words])
    if match := _WEEKDAY.fullmatch(words):
        return _weekday(match, today)
    if _VAGUE.fullmatch(words):
        raise ToolError("That is more than one day.", "Name one of them, such as next Friday or 21 May.")
    if match := _END.fullmatch(words):
        month = int(match["month"] or today.month)
        first = _months_on(today.replace(day=1), (month - today.month) % 12 + bool(match["next"]))
        return _months_on(first, 1) - timedelta(1)
    if match := _COUNTED.fullmatch(words):
        return _counted(match, today)
    if match := _DATE.fullmatch(words):
        day, month = int(match["day"] or match["nth"]), int(match["month"] or match["named"])
        return _agreed(_dated(day, month, match["year"] or "", today), match["before"] or match["after"])
    if match := _NTH.fullmatch(words):
        return _agreed(_nth(int(match["day"]), match["which"], today), match["before"])
    return None


def _weekday(match: re.Match[str], today: date) -> date:
    form, number = next((form, int(value)) for form, value in match.groupdict().items() if value)
    coming = today + timedelta((number - today.weekday()) % 7)
    match form:
        case "coming":
            return coming
        case "week":
            return coming + timedelta(7)
        case "last":
            return today - timedelta((today.weekday() - number - 1) % 7 + 1)
        case _:
            return today + timedelta(7 - today.weekday() + number)


def _counted(match: re.Match[str], today: date) -> date | None:
    """So many days, weeks or months from a day on; before today with "ago"."""
    said, unit = match[1] or "a", match[2]
    count = int(said) if said.isdecimal() else 2 if said.endswith("couple") else 1
    count = -count if match[3] else count
    start = _worded(match[4] or "today", today)
    if start is None:
        return None
    return _months_on(start, count) if unit == "month" else start + timedelta(count * _DAYS[unit])


def _dated(day: int, month: int, year: str, today: date) -> date:
    """The date of a year; without one the next, or one of the last days."""
    if year:
        return date(int(year) + (2000 if len(year) == 2 else 0), month, day)
    date(2000, month, day)  # Refuses what no year has; 2000 has a 29 February.
    earliest = today - timedelta(PAST_DAYS)
    years = range(earliest.year, earliest.year + 10)
    days = (date(year, month, day) for year in years if day <= calendar.monthrange(year, month)[1])
    return next(found for found in days if found >= earliest)


def _nth(day: int, which: str | None, today: date) -> date:
    """A day of this or the next month; of the first that still has it, where none is named."""
    first = today.replace(day=1)
    if which:
        return _months_on(first, 1 if which == "next" else 0).replace(day=day)
    months = [_months_on(first, number) for number in range(3)]
    days = [one.replace(day=day) for one in months if 0 < day <= calendar.monthrange(one.year, one.month)[1]]
    if not days:
        raise ValueError("no month has that day")
    return next(found for found in days if found >= today)


def _months_on(start: date, months: int) -> date:
    """The same day of another month, or that month's last."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return date(year, month + 1, min(start.day, calendar.monthrange(year, month + 1)[1]))


def _agreed(found: date, weekday: str | None) -> date:
    if weekday and found.weekday() != int(weekday):
        raise ToolError(
            f"{found.day} {found:%B %Y} is a {found:%A}, not a {WEEKDAYS[int(weekday)]}.",
            "Say which of the two is meant.",
        )
    return found
