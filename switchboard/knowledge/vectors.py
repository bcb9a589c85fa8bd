"""Both vector stores, brought up to date in a background thread.

Opening an embedding model takes seconds, so nobody waits here: until the vectors of a corpus are complete
there are none, and whoever asks searches by words. What is written stands in one folder, in which one
process writes at a time.
"""

import re
import sqlite3
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from filelock import FileLock, Timeout
from langchain_core.documents import Document

from switchboard.errors import Busy, DataDamaged, SwitchboardError
from switchboard.knowledge.corpus import Corpus
from switchboard.knowledge.embedding import EmbeddingModel
from switchboard.knowledge.passages import Store
from switchboard.knowledge.retriever import Dense
from switchboard.knowledge.splitter import CHUNKING
from switchboard.knowledge.vector_cache import CachedEmbeddings


class WritableStore(Protocol):
    """What bringing a store up to date asks of it."""

    def ids(self) -> set[str]:
        """The ids of all chunks in it."""

    def add_documents(self, documents: list[Document], *, ids: list[str]) -> list[str]:
        """Add chunks, embedding them."""

    def delete(self, ids: list[str]) -> object:
        """Remove chunks."""


@dataclass(frozen=True, slots=True)
class Idle:
    """Nothing was asked for yet, or no embedding model is installed."""


@dataclass(frozen=True, slots=True)
class Preparing:
    """The vectors are on their way."""


@dataclass(frozen=True, eq=False, slots=True)
class Ready:
    """The vectors of ``corpus`` are complete."""

    corpus: Corpus
    stores: Mapping[Store, Dense]


@dataclass(frozen=True, slots=True)
class Failed:
    """The vectors could not be made; ``reason`` is for the person at the page."""

    reason: str


VectorState = Idle | Preparing | Ready | Failed


class Vectors:
    """The vectors of a knowledge base, as far as they are; safe to share between threads.

    Attributes:
        model: what makes them, or ``None`` where no embedding model is installed.
    """

    def __init__(
        self, name: str, folder: Path, model: EmbeddingModel | None, *, lock_seconds: float = 60.0
    ) -> None:
        self.model = model
        self._name = name
        self._folder = folder
        self._lock_seconds = lock_seconds
        self._guard = threading.Lock()
        self._settled = threading.Event()
        self._settled.set()
        self._state: VectorState = Idle()
        self._wanted: Corpus | None = None
        self._embeddings: CachedEmbeddings | None = None

    @property
    def state(self) -> VectorState:
        """How far the vectors are."""
        return self._state

    @property
    def embedded(self) -> int:
        """How many chunks went through the embedding model since the start."""
        return self._embeddings.embedded if self._embeddings else 0

    def follow(self, corpus: Corpus) -> None:
        """Begin to make the vectors of ``corpus``, unless they are there or being made."""
        if self.model is None:
            return
        with self._guard:
            if self._wanted is corpus and not isinstance(self._state, Failed):
                return
            self._wanted = corpus
            self._state = Preparing()
            if self._settled.is_set():
                self._settled.clear()
                # A daemon: Ctrl+C does not wait for the vectors.
                work = threading.Thread(
                    target=self._work, args=(self.model, corpus), name="vectors", daemon=True
                )
                work.start()

    def wait(self, seconds: float) -> bool:
        """Wait for the thread to be done; false when it was not within ``seconds``."""
        return self._settled.wait(seconds)

    def _work(self, model: EmbeddingModel, corpus: Corpus) -> None:
        """Prepare ``corpus``, then whichever is wanted by then, until none newer is."""
        try:
            while not self._settled_with(corpus, self._prepared(model, corpus)):
                corpus = self._wanted or corpus
        except BaseException:
            self._wanted = corpus
            self._settled_with(corpus, Failed("The vectors could not be prepared; the log says why."))
            raise

    def _settled_with(self, corpus: Corpus, state: VectorState) -> bool:
        with self._guard:
            if self._wanted is not corpus:
                return False
            self._state = state
            self._settled.set()
            return True

    def _prepared(self, model: EmbeddingModel, corpus: Corpus) -> VectorState:
        # Chroma, FAISS and the model take seconds to import: this is the thread that has them.
        from chromadb.errors import ChromaError

        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with FileLock(self._folder / "writer.lock", timeout=self._lock_seconds):
                return Ready(corpus, self._synchronised(model, corpus.chunks))
        except Timeout:
            return Failed(str(Busy("Another process is writing the vectors.", "Refresh when it is done.")))
        except SwitchboardError as exc:
            return Failed(str(exc))
        except (OSError, RuntimeError, sqlite3.Error, ChromaError):
            damaged = DataDamaged(
                "The vectors cannot be read or written.",
                "Check the disk's free space and rights, or empty the vector folder: it is made again.",
            )
            return Failed(str(damaged))

    def _synchronised(self, model: EmbeddingModel, chunks: Sequence[Document]) -> dict[Store, Dense]:
        from switchboard.knowledge.chroma_store import ChromaStore
        from switchboard.knowledge.faiss_store import FaissStore

        if self._embeddings is None:
            file = self._folder / "embeddings.sqlite3"
            self._embeddings = CachedEmbeddings(model.load(), model.name, model.dimension, file)
        embeddings = self._embeddings
        name = collection_name(self._name, model)
        chroma = ChromaStore.open(self._folder / "chroma", name, embeddings)
        faiss = FaissStore(self._folder / "faiss" / name, embeddings, model.dimension)
        for store in (chroma, faiss):
            synchronise(store, chunks)
        return {Store.CHROMA: Dense(chroma, embeddings), Store.FAISS: Dense(faiss, embeddings)}


def synchronise(store: WritableStore, chunks: Sequence[Document]) -> None:
    """Bring ``store`` to hold exactly ``chunks``: adds what is new, then removes what is gone."""
    wanted = {chunk.id or "": chunk for chunk in chunks}
    present = store.ids()
    missing = [chunk for id_, chunk in wanted.items() if id_ not in present]
    gone = sorted(present - wanted.keys())
    if missing:
        store.add_documents(missing, ids=[chunk.id or "" for chunk in missing])
    if gone:
        store.delete(gone)


def collection_name(name: str, model: EmbeddingModel) -> str:
    """Names a collection by its documents, embedding model, dimension and chunking, so that none mix."""
    plain = re.sub(r"[^A-Za-z0-9]+", "-", f"{name} {model.name}").strip("-").lower()
    return f"kb-{plain[:200]}-{model.dimension}-{CHUNKING}"
