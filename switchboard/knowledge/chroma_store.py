"""LangChain's Chroma on disk, with what fusing scores needs.

One process may write at a time; ``vectors.py`` sees to that.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from chromadb.config import Settings
from chromadb.errors import ChromaError
from langchain_chroma import Chroma
from langchain_core.embeddings import Embeddings
from numpy.typing import NDArray

from switchboard.errors import DataDamaged

_BATCH = 1_000
"""Chunks written at once; Chroma takes some 5,000, and memory is spared."""


class ChromaStore(Chroma):
    """A Chroma collection of unit vectors compared by their cosine."""

    @classmethod
    def open(cls, folder: Path, collection: str, embeddings: Embeddings) -> "ChromaStore":
        """Open the collection in ``folder``, made where it is missing.

        Raises:
            DataDamaged: the folder's database cannot be read.
        """
        with _readable():
            return cls(
                collection_name=collection,
                embedding_function=embeddings,
                persist_directory=str(folder),
                client_settings=Settings(anonymized_telemetry=False),
                # Searching 200 neighbours deep instead of 100 finds what an exact search finds.
                collection_configuration={"hnsw": {"space": "cosine", "ef_search": 200}},
            )

    def add_texts(
        self,
        texts: Iterable[str],
        metadatas: list[dict[str, Any]] | None = None,
        ids: list[str] | None = None,
        **kwargs: Any,
    ) -> list[str]:
        """Add texts in batches that Chroma takes, those whose id is known already being replaced."""
        everything = list(texts)
        added: list[str] = []
        for begin in range(0, len(everything), _BATCH):
            part = slice(begin, begin + _BATCH)
            added += super().add_texts(
                everything[part], metadatas and metadatas[part], ids and ids[part], **kwargs
            )
        return added

    def delete(self, ids: list[str] | None = None, **kwargs: Any) -> None:
        """Remove those chunks, in batches that Chroma takes."""
        for begin in range(0, len(ids or ()), _BATCH):
            super().delete((ids or [])[begin : begin + _BATCH], **kwargs)

    def ids(self) -> set[str]:
        """The ids of all chunks in the collection."""
        return set(self.get(include=[])["ids"])

    def nearest(self, vector: Sequence[float], count: int) -> list[str]:
        """The ids of the ``count`` chunks nearest to ``vector``, the nearest first.

        Raises:
            DataDamaged: the folder's database cannot be read any more.
        """
        with _readable():
            found = self.similarity_search_by_vector_with_relevance_scores(list(vector), k=count)
        return [document.id for document, _ in found if document.id]

    def vectors(self, ids: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        """The stored vectors of those chunks, by id; unknown ids are left out.

        Raises:
            DataDamaged: the folder's database cannot be read any more.
        """
        with _readable():
            found = self.get(ids=list(ids), include=["embeddings"])
        return dict(zip(found["ids"], np.asarray(found["embeddings"], dtype=np.float32), strict=True))


@contextmanager
def _readable() -> Iterator[None]:
    try:
        yield
    except (ChromaError, ValueError) as exc:
        raise DataDamaged(
            "Chroma's database in the vector folder cannot be read.",
            "Stop the application and delete the folder vector_db/chroma: it is made again.",
        ) from exc
