"""Saved conversations, in SQLite.

Each belongs to one owner, and every query names the owner: another's conversation is as unknown as one that
never was. Writing an answer is ``chat.py``; the files a person downloads are made in ``export.py``.
"""

import json
import re
import secrets
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from switchboard.database import Database
from switchboard.errors import BadInput, NotFound
from switchboard.messages import Image, Message, UserMessage
from switchboard.records import Note, Record, message_from_json, message_to_json, note_from_json, note_to_json

_ID = re.compile(r"[A-Za-z0-9_-]{16}")
TITLE_CHARACTERS = 80
SYSTEM_CHARACTERS = 20_000

_SCHEMA = Path(__file__).with_name("conversations.sql")


Turn = tuple[Message, Note | None]
"""A message with, where it is an answer, how it came about."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """A saved conversation without its messages."""

    id: str
    title: str
    system: str
    created: datetime
    updated: datetime


def mint_id() -> str:
    """An id for a conversation that may begin later: 96 random bits in 16 characters."""
    return secrets.token_urlsafe(12)


class Conversations:
    """The conversations in one database file, made when it is first needed.

    Safe to use from several threads and processes.
    """

    def __init__(self, path: Path) -> None:
        self._database = Database(path, _SCHEMA.read_text(encoding="utf-8"))

    def create(self, owner: str, title: str, system: str = "", id: str = "") -> Conversation:
        """Begin a conversation; ``title`` is shortened to fit.

        Args:
            owner: whose it is.
            title: what the list calls it.
            system: what the model is told before it.
            id: one from ``mint_id``; without it one is minted.

        Raises:
            BadInput: the system prompt is too long.
            NotFound: the id was not minted, or belongs to another conversation.
        """
        if id and not _ID.fullmatch(id):
            raise _unknown()
        now = datetime.now(UTC)
        new = Conversation(id or mint_id(), _title(title), _system(system), now, now)
        values = (new.id, owner, new.title, new.system, now.isoformat(), now.isoformat())
        with self._database.write() as db:
            if not db.execute(
                "INSERT OR IGNORE INTO conversation VALUES (?, ?, ?, ?, ?, ?)", values
            ).rowcount:
                raise _unknown()
        return new

    def listed(self, owner: str, limit: int = 100) -> list[Conversation]:
        """The owner's conversations, the last one written in first."""
        with self._database.read() as db:
            rows = db.execute(
                "SELECT * FROM conversation WHERE owner = ? ORDER BY updated DESC LIMIT ?", (owner, limit)
            )
            return [_conversation(row) for row in rows]

    def find(self, owner: str, conversation: str) -> Conversation:
        """The owner's conversation of this id.

        Raises:
            NotFound: there is none, or it is another's.
        """
        with self._database.read() as db:
            return _find(db, owner, conversation)

    def records(self, owner: str, conversation: str, last: int | None = None) -> list[Record]:
        """The messages in their order, or only the ``last`` ones of them.

        Raises:
            NotFound: as ``find`` does.
        """
        with self._database.read() as db:
            _find(db, owner, conversation)
            rows = db.execute(
                "SELECT id, body, note, created FROM message WHERE conversation = ? ORDER BY id DESC LIMIT ?",
                (conversation, -1 if last is None else last),
            ).fetchall()
            return [_record(db, row) for row in reversed(rows)]

    def count(self, owner: str, conversation: str) -> int:
        """How many messages it has.

        Raises:
            NotFound: as ``find`` does.
        """
        with self._database.read() as db:
            _find(db, owner, conversation)
            row = db.execute(
                "SELECT count(*) FROM message WHERE conversation = ?", (conversation,)
            ).fetchone()
            return int(row[0])

    def append(self, owner: str, conversation: str, turns: Sequence[Turn]) -> list[int]:
        """Add messages, all of them or none; their record ids come back.

        Raises:
            NotFound: as ``find`` does.
        """
        now = datetime.now(UTC).isoformat()
        with self._database.write() as db:
            _find(db, owner, conversation)
            ids = [_insert(db, conversation, message, note, now) for message, note in turns]
            db.execute("UPDATE conversation SET updated = ? WHERE id = ?", (now, conversation))
        return ids

    def replace(self, owner: str, conversation: str, record: int, message: Message, note: Note) -> None:
        """Put another message, without images, in the place of a record's, as when an answer is continued.

        Raises:
            NotFound: the conversation or the record is not there.
        """
        with self._database.write() as db:
            _find(db, owner, conversation)
            changed = db.execute(
                "UPDATE message SET body = ?, note = ? WHERE id = ? AND conversation = ?",
                (message_to_json(message), note_to_json(note), record, conversation),
            )
            if not changed.rowcount:
                raise NotFound("That message is gone.", "Reload the page.")

    def cut(self, owner: str, conversation: str, record: int) -> None:
        """Remove a record and all after it, as before an answer is written anew.

        Raises:
            NotFound: as ``find`` does.
        """
        with self._database.write() as db:
            _find(db, owner, conversation)
            db.execute("DELETE FROM message WHERE conversation = ? AND id >= ?", (conversation, record))

    def rename(self, owner: str, conversation: str, title: str) -> None:
        """Give it another title.

        Raises:
            BadInput: the title is empty.
            NotFound: as ``find`` does.
        """
        if not title.strip():
            raise BadInput("A conversation needs a name.", "Type one.")
        self._set(owner, conversation, "UPDATE conversation SET title = ? WHERE id = ?", _title(title))

    def set_system(self, owner: str, conversation: str, system: str) -> None:
        """Give it another system prompt.

        Raises:
            BadInput: the prompt is too long.
            NotFound: as ``find`` does.
        """
        self._set(owner, conversation, "UPDATE conversation SET system = ? WHERE id = ?", _system(system))

    def delete(self, owner: str, conversation: str) -> None:
        """Remove it with all its messages.

        Raises:
            NotFound: as ``find`` does.
        """
        with self._database.write() as db:
            _find(db, owner, conversation)
            db.execute("DELETE FROM conversation WHERE id = ?", (conversation,))

    def _set(self, owner: str, conversation: str, statement: str, value: str) -> None:
        with self._database.write() as db:
            _find(db, owner, conversation)
            db.execute(statement, (value, conversation))


def _find(db: sqlite3.Connection, owner: str, conversation: str) -> Conversation:
    row = db.execute(
        "SELECT * FROM conversation WHERE id = ? AND owner = ?", (conversation, owner)
    ).fetchone()
    if row is None:
        raise _unknown()
    return _conversation(row)


def _unknown() -> NotFound:
    return NotFound("There is no such conversation.", "Choose one from the list, or begin a new one.")


def _conversation(row: sqlite3.Row) -> Conversation:
    created, updated = datetime.fromisoformat(row["created"]), datetime.fromisoformat(row["updated"])
    return Conversation(row["id"], row["title"], row["system"], created, updated)


def _insert(db: sqlite3.Connection, conversation: str, message: Message, note: Note | None, now: str) -> int:
    cursor = db.execute(
        "INSERT INTO message (conversation, body, note, created) VALUES (?, ?, ?, ?)",
        (conversation, message_to_json(message), note_to_json(note) if note else None, now),
    )
    record = int(cursor.lastrowid or 0)
    if isinstance(message, UserMessage):
        for index, part in enumerate(message.parts):
            if isinstance(part, Image):
                db.execute("INSERT INTO image VALUES (?, ?, ?)", (record, index, part.data))
    return record


def _record(db: sqlite3.Connection, row: sqlite3.Row) -> Record:
    body = json.loads(row["body"])
    images: dict[int, bytes] = {}
    if any(part.get("kind") == "image" for part in body.get("parts", ())):
        images = dict(db.execute("SELECT part, data FROM image WHERE message = ?", (row["id"],)).fetchall())
    note = note_from_json(row["note"]) if row["note"] else None
    return Record(row["id"], message_from_json(body, images), note, datetime.fromisoformat(row["created"]))


def _title(text: str) -> str:
    words = " ".join(text.split()) or "New conversation"
    return words if len(words) <= TITLE_CHARACTERS else words[: TITLE_CHARACTERS - 1].rstrip() + "…"


def _system(text: str) -> str:
    if len(text) > SYSTEM_CHARACTERS:
        raise BadInput(f"The system prompt is over {SYSTEM_CHARACTERS:,} characters.", "Shorten it.")
    return text.strip()
