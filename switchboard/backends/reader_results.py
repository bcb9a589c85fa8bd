"""A tool's result in plain words.

JSON becomes a list or a table of Markdown; any other text stays as it is. What a value is shows in its form
and in its key's ending: ``price_usd`` is money, ``delay_minutes`` a time.
"""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import date

from switchboard.messages import ToolResult

ROWS = 100
"""The most rows or entries shown; the rest are counted."""
ALIKE, WIDE = 2, 5
"""From so many rows on, with more columns than that, what is the same in all rows is said once."""

_TIME = re.compile(r"(?:^|_)minutes$")
_DAY = re.compile(r"(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d)(?::\d\d)?( UTC)?)?", re.ASCII)
_ONE_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_BIRTH = re.compile(r"birth|\bdob\b")
_TOKEN = re.compile(r"[a-z]+(?:_[a-z]+)+")
"""A choice among fixed ones, such as "one_way"; ids have digits."""


def result_words(result: ToolResult) -> str:
    """What a tool returned, as Markdown; a failure as the tool worded it."""
    if result.failed:
        return result.text
    try:
        value = json.loads(result.text)
    except (ValueError, RecursionError):
        return result.text or "Done."
    if isinstance(value, (Mapping, list)):
        return _block(value) or "Nothing was found."
    return result.text


def _block(value: object) -> str:
    if isinstance(value, Mapping):
        today = _day(value)
        return "\n".join(_entry(str(key), item, today) for key, item in value.items())
    if not isinstance(value, list) or not value:
        return ""
    if all(isinstance(item, Mapping) for item in value):
        return _items(value) if any(map(_nests, value)) else _table(value)
    more = [f"- and {len(value) - ROWS:,} more"] if len(value) > ROWS else []
    return "\n".join([f"- {_inline(item)}" for item in value[:ROWS]] + more)


def _entry(key: str, item: object, today: str) -> str:
    name = f"**{_title(key)}**"
    if isinstance(item, list) and item and all(isinstance(row, Mapping) for row in item):
        return f"\n{name}\n\n{_table(item)}\n"
    return f"- {name} {_inline(item, key, today)}"


def _nests(row: Mapping[str, object]) -> bool:
    return any(isinstance(item, list) and any(isinstance(v, Mapping) for v in item) for item in row.values())


def _items(rows: Sequence[Mapping[str, object]]) -> str:
    """Rows that hold tables of their own: one after the other, each led by its first value."""
    blocks = []
    for row in rows[:ROWS]:
        (first, lead), *rest = row.items()
        plain = [f"{_title(key)} {_inline(item, key)}" for key, item in rest if not _nests({key: item})]
        tables = [_table(item) for key, item in rest if isinstance(item, list) and _nests({key: item})]
        blocks.append("\n\n".join([" · ".join([f"**{_inline(lead, first)}**", *plain]), *tables]))
    more = [f"and {len(rows) - ROWS:,} more"] if len(rows) > ROWS else []
    return "\n\n".join([*blocks, *more])


def _table(rows: Sequence[Mapping[str, object]]) -> str:
    """The rows under their keys; what is the same in all of several stands above, where that saves width."""
    columns = list(dict.fromkeys(str(key) for row in rows for key in row))
    same: list[str] = []
    if len(rows) >= ALIKE and len(columns) > WIDE:
        same = [key for key in columns[1:] if all(row.get(key, rows) == rows[0].get(key) for row in rows)]
    columns = [key for key in columns if key not in same]
    lines = [[_title(key) for key in columns], ["---"] * len(columns)]
    for row in rows[:ROWS]:
        today = _day(row)
        lines.append([_inline(row[key], key, today) if key in row else "" for key in columns])
    table = "\n".join(f"| {' | '.join(_cell(cell) for cell in line)} |" for line in lines)
    lead = " · ".join(f"{_title(key)} {_inline(rows[0][key], key)}" for key in same)
    more = f"and {len(rows) - ROWS:,} more" if len(rows) > ROWS else ""
    return "\n\n".join(part for part in (lead, table, more) if part)


def _inline(value: object, key: str = "", today: str = "") -> str:
    """A value in one line; ``key`` is what it stands under, ``today`` the day that is named beside it."""
    match value:
        case None:
            return "none"
        case bool():
            return "yes" if value else "no"
        case int() | float():
            return _number(value, key)
        case Mapping():
            # Amounts of money in an object are money each.
            unit = "_usd" if key.endswith("_usd") else ""
            parts = (f"{_title(str(name))} {_inline(item, f'{name}{unit}')}" for name, item in value.items())
            return ", ".join(parts) or "none"
        case list():
            separator = "; " if any(isinstance(item, Mapping) for item in value) else ", "
            return separator.join(_inline(item, key) for item in value) or "none"
        case _:
            return _text(" ".join(str(value).split()), key, today)


def _number(value: float, key: str) -> str:
    if key.endswith("_usd"):
        amount = f"{abs(value):,}" if isinstance(value, int) else f"{abs(value):,.2f}"
        return f"{'-' if value < 0 else ''}${amount}"
    if _TIME.search(key) and isinstance(value, int) and value >= 0:
        hours, minutes = divmod(value, 60)
        return " ".join([f"{hours} h"] * bool(hours) + [f"{minutes} min"] * bool(minutes or not hours))
    return str(value)


def _text(text: str, key: str, today: str = "") -> str:
    """Text as people read it; of a moment on ``today``, as YYYY-MM-DD, the time alone."""
    if match := _DAY.fullmatch(text):
        try:
            day = date.fromisoformat(match[1])
        except ValueError:
            return text
        # On which weekday someone was born nobody wants to know.
        weekday = "" if _BIRTH.search(key) else f"{day:%a} "
        time = f"{match[2]}{match[3] or ''}" if match[2] else ""
        return time if time and match[1] == today else f"{weekday}{day.day} {day:%b %Y} {time}".rstrip()
    return text.replace("_", " ") if _TOKEN.fullmatch(text) and not key.endswith("_id") else text


def _day(row: Mapping[str, object]) -> str:
    """The day that a row names beside its moments, if it names one."""
    days = [item for item in row.values() if isinstance(item, str) and _ONE_DAY.fullmatch(item)]
    return days[0] if len(days) == 1 else ""


def _title(key: str) -> str:
    """A key in words, without the unit that its values carry."""
    if _TIME.fullmatch(key):
        return "duration"
    short = re.sub(r"_(?:usd|minutes)$", "", key)
    return short.replace("_", " ").strip() or key


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
