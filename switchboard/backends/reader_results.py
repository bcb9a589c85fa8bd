"""A tool's result in plain words.

JSON becomes a list or a table of Markdown; any other text stays as it is.
"""

import json
from collections.abc import Mapping, Sequence

from switchboard.messages import ToolResult

ROWS = 50
"""The most rows or entries shown; the rest are counted."""


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
        return "\n".join(_entry(str(key), item) for key, item in value.items())
    if not isinstance(value, list) or not value:
        return ""
    if all(isinstance(item, Mapping) for item in value):
        return _items(value) if any(map(_nests, value)) else _table(value)
    more = [f"- and {len(value) - ROWS:,} more"] if len(value) > ROWS else []
    return "\n".join([f"- {_inline(item)}" for item in value[:ROWS]] + more)


def _entry(key: str, item: object) -> str:
    name = f"**{_spaced(key)}**"
    if isinstance(item, list) and item and all(isinstance(row, Mapping) for row in item):
        return f"\n{name}\n\n{_table(item)}\n"
    return f"- {name} {_inline(item)}"


def _nests(row: Mapping[str, object]) -> bool:
    return any(isinstance(item, list) and any(isinstance(v, Mapping) for v in item) for item in row.values())


def _items(rows: Sequence[Mapping[str, object]]) -> str:
    """Rows that hold tables of their own: one after the other, each led by its first value."""
    blocks = []
    for row in rows[:ROWS]:
        (_, lead), *rest = row.items()
        plain = [f"{_spaced(key)} {_inline(item)}" for key, item in rest if not _nests({key: item})]
        tables = [_table(item) for key, item in rest if isinstance(item, list) and _nests({key: item})]
        blocks.append("\n\n".join([" · ".join([f"**{_inline(lead)}**", *plain]), *tables]))
    more = [f"and {len(rows) - ROWS:,} more"] if len(rows) > ROWS else []
    return "\n\n".join([*blocks, *more])


def _table(rows: Sequence[Mapping[str, object]]) -> str:
    columns = list(dict.fromkeys(str(key) for row in rows for key in row))
    lines = [[_spaced(key) for key in columns], ["---"] * len(columns)]
    lines += [[_inline(row[key]) if key in row else "" for key in columns] for row in rows[:ROWS]]
    table = "\n".join(f"| {' | '.join(_cell(cell) for cell in line)} |" for line in lines)
    return f"{table}\n\nand {len(rows) - ROWS:,} more" if len(rows) > ROWS else table


def _inline(value: object) -> str:
    match value:
        case None:
            return "none"
        case bool():
            return "yes" if value else "no"
        case Mapping():
            return ", ".join(f"{_spaced(str(key))} {_inline(item)}" for key, item in value.items())
        case list():
            return ("; " if any(isinstance(item, Mapping) for item in value) else ", ").join(
                map(_inline, value)
            ) or "none"
        case _:
            return " ".join(str(value).split())


def _spaced(key: str) -> str:
    return key.replace("_", " ").strip() or key


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
