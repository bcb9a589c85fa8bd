"""LangChain VectorStore over an exact FAISS index and a JSON file.

No pickle: the vectors stand in FAISS's own format, ids and texts in JSON. The index is flat, which is exact
and quick up to some 100,000 chunks; approximate indexes are not covered.
"""

import json
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Self
from uuid import uuid4

import faiss
import numpy as np
from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings
from langchain_core.vectorstores import VectorStore
from numpy.typing import NDArray

from switchboard.errors import DataDamaged

_LIST = "chunks.json"


@dataclass(frozen=True, eq=False, slots=True)
class _Content:
    """The index with what its rows mean; replaced as a whole, so that a search meets no half-made one."""

    index: Any
    documents: dict[str, Document]
    """By id, in the order of the index's rows."""
    names: tuple[str, ...]
    rows: dict[str, int]


class FaissStore(VectorStore):
    """A folder with ``chunks.json`` and the index file it names; of unit vectors compared by their cosine."""

    def __init__(self, folder: Path, embeddings: Embeddings, dimension: int) -> None:
        self._folder = folder
        self._embeddings = embeddings
        self._dimension = dimension
        self._writing = threading.Lock()
        self._content = self._read() if (folder / _LIST).exists() else self._built({}, ())

    @property
    def embeddings(self) -> Embeddings:
        """What makes vectors of texts."""
        return self._embeddings

    @classmethod
    def from_texts(
        cls,
        texts: list[str],
        embedding: Embeddings,
        metadatas: list[dict[str, Any]] | None = None,
        *,
        ids: list[str] | None = None,
        **kwargs: Any,
    ) -> Self:
        """A store of those texts in ``kwargs["folder"]``, saved."""
        store = cls(Path(kwargs["folder"]), embedding, len(embedding.embed_query("length")))
        store.add_texts(texts, metadatas, ids=ids)
        return store

    def add_texts(
        self,
        texts: Iterable[str],
        metadatas: list[dict[str, Any]] | None = None,
        *,
        ids: list[str] | None = None,
        **kwargs: Any,  # noqa: ARG002
    ) -> list[str]:
        """Add texts, those whose id is known already being replaced.

        Returns:
            Their ids, which are digests of the texts where none were given.
        """
        texts = list(texts)
        ids = ids or [sha256(text.encode()).hexdigest()[:32] for text in texts]
        each = metadatas or [{}] * len(texts)
        new = {
            id_: Document(id=id_, page_content=text, metadata=metadata)
            for id_, text, metadata in zip(ids, texts, each, strict=True)
        }
        vectors = dict(zip(ids, self._embeddings.embed_documents(texts), strict=True))
        with self._writing:
            kept = {i: d for i, d in self._content.documents.items() if i not in new}
            rows = [*self.vectors(list(kept)).values(), *(vectors[i] for i in new)]
            self._replace(kept | new, rows)
        return ids

    def delete(self, ids: list[str] | None = None, **_: Any) -> bool:
        """Remove those chunks, or all."""
        with self._writing:
            gone = self._content.documents.keys() if ids is None else set(ids)
            kept = {i: d for i, d in self._content.documents.items() if i not in gone}
            self._replace(kept, list(self.vectors(list(kept)).values()))
        return True

    def get_by_ids(self, ids: Sequence[str], /) -> list[Document]:
        """The chunks with those ids."""
        return [self._content.documents[i] for i in ids if i in self._content.documents]

    def similarity_search(self, query: str, k: int = 4, **_: Any) -> list[Document]:
        """The ``k`` chunks nearest to the question."""
        return self.get_by_ids(self.nearest(self._embeddings.embed_query(query), k))

    def ids(self) -> set[str]:
        """The ids of all chunks."""
        return set(self._content.documents)

    def nearest(self, vector: Sequence[float], count: int) -> list[str]:
        """The ids of the ``count`` chunks nearest to ``vector``, the nearest first."""
        content = self._content
        if not content.names:
            return []
        query = np.asarray([vector], dtype=np.float32)
        _, rows = content.index.search(query, min(count, len(content.names)))
        return [content.names[row] for row in rows[0]]

    def vectors(self, ids: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        """The stored vectors of those chunks, by id; unknown ids are left out."""
        content = self._content
        return {i: content.index.reconstruct(content.rows[i]) for i in ids if i in content.rows}

    def _replace(self, documents: dict[str, Document], rows: Sequence[Any]) -> None:
        """Write both files and use them; whenever the process is killed, the old pair or the new is whole."""
        content = self._built(documents, rows)
        self._folder.mkdir(parents=True, exist_ok=True)
        name = f"{uuid4().hex}.faiss"
        faiss.write_index(content.index, str(self._folder / name))
        chunks = [[i, d.page_content, d.metadata] for i, d in documents.items()]
        draft = self._folder / f"{_LIST}.new"
        draft.write_text(json.dumps({"index": name, "chunks": chunks}, ensure_ascii=False), "utf-8")
        draft.replace(self._folder / _LIST)
        self._content = content
        for file in self._folder.glob("*.faiss"):
            if file.name != name:
                file.unlink(missing_ok=True)

    def _built(self, documents: dict[str, Document], rows: Sequence[Any]) -> _Content:
        index = faiss.IndexFlatIP(self._dimension)
        if rows:
            index.add(np.asarray(rows, dtype=np.float32))
        return _content(index, documents)

    def _read(self) -> _Content:
        try:
            stored = json.loads((self._folder / _LIST).read_text("utf-8"))
            # The name alone, so that an altered list opens no file elsewhere.
            index = faiss.read_index(str(self._folder / Path(stored["index"]).name))
            documents = {i: Document(id=i, page_content=t, metadata=m) for i, t, m in stored["chunks"]}
        except (OSError, ValueError, KeyError, TypeError, RuntimeError) as exc:
            raise self._damaged() from exc
        if index.d != self._dimension or index.ntotal != len(documents):
            raise self._damaged()
        return _content(index, documents)

    def _damaged(self) -> DataDamaged:
        return DataDamaged(
            "The FAISS index in the vector folder cannot be read.",
            "Delete the folder vector_db/faiss: it is made again.",
        )


def _content(index: Any, documents: dict[str, Document]) -> _Content:
    names = tuple(documents)
    return _Content(index, documents, names, {name: row for row, name in enumerate(names)})
