"""LangChain Embeddings that never embed the same text twice.

The vectors stand in an SQLite file, by model and by a digest of the text, so that a shifted chunk, another
store or a restart costs nothing. Which model makes them is in ``embedding.py``.
"""

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from hashlib import sha256
from itertools import islice
from pathlib import Path

import numpy as np
from langchain_core.embeddings import Embeddings

from switchboard.errors import DataDamaged

_BATCH = 128
"""Texts embedded between two commits: what is lost when the process is killed."""
_TABLE = """
create table if not exists vectors (
    model text not null, digest blob not null, vector blob not null, primary key (model, digest)
) strict, without rowid
"""


class CachedEmbeddings(Embeddings):
    """Wraps ``embeddings``; safe to share between threads, which take turns with the model.

    Attributes:
        embedded: how many documents' texts went through the model since this was made.
    """

    def __init__(self, embeddings: Embeddings, model: str, dimension: int, file: Path) -> None:
        self._embeddings = embeddings
        self._model = model
        self._dimension = dimension
        self._file = file
        self._turn = threading.Lock()
        self.embedded = 0

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """A vector for each text, in their order.

        Raises:
            DataDamaged: the file cannot be read or written.
        """
        digests = [sha256(text.encode()).digest() for text in texts]
        with self._opened() as database:
            known = self._known(database, digests)
            missing = iter({d: t for d, t in zip(digests, texts, strict=True) if d not in known}.items())
            while batch := dict(islice(missing, _BATCH)):
                made = self._made(list(batch.values()))
                rows = [(self._model, d, v.tobytes()) for d, v in zip(batch, made, strict=True)]
                with database:
                    database.executemany("insert or replace into vectors values (?, ?, ?)", rows)
                known |= dict(zip(batch, made, strict=True))
        return [known[digest].tolist() for digest in digests]

    def embed_query(self, text: str) -> list[float]:
        """The vector of a question, which is not kept."""
        with self._turn:
            return self._embeddings.embed_query(text)

    def _made(self, texts: list[str]) -> list[np.ndarray]:
        with self._turn:
            vectors = self._embeddings.embed_documents(texts)
        self.embedded += len(texts)
        return [np.asarray(vector, dtype=np.float32) for vector in vectors]

    def _known(self, database: sqlite3.Connection, digests: Sequence[bytes]) -> dict[bytes, np.ndarray]:
        known = {}
        for digest in set(digests):
            row = database.execute(
                "select vector from vectors where model = ? and digest = ?", (self._model, digest)
            ).fetchone()
            if row and len(row[0]) == self._dimension * np.dtype(np.float32).itemsize:
                known[digest] = np.frombuffer(row[0], dtype=np.float32)
        return known

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        try:
            with closing(sqlite3.connect(self._file, timeout=30)) as database:
                database.execute("pragma journal_mode = wal")
                database.execute(_TABLE)
                yield database
        except sqlite3.Error as exc:
            raise DataDamaged(
                f"The file {self._file.name} with the vectors made so far cannot be used.",
                "Check the disk's free space and rights, or delete the file: it is made again.",
            ) from exc
