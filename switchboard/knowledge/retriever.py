"""LangChain BaseRetriever that fuses words and vectors, and remembers what was asked before.

Fusing: 0.6 · cosine + 0.4 · BM25 / the question's best BM25, a convex combination after Bruch, Gai and
Ingber, "An Analysis of Fusion Functions for Hybrid Retrieval" (2023). Without vectors BM25 / best alone.
Scores of the three questions before count 0.3, 0.15 and 0.075. Rewriting questions is not covered.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Protocol

import numpy as np
from langchain_core.callbacks import AsyncCallbackManagerForRetrieverRun, CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings
from langchain_core.retrievers import BaseRetriever
from numpy.typing import NDArray
from pydantic import PrivateAttr, SkipValidation

from switchboard.knowledge.keywords import KeywordIndex
from switchboard.knowledge.passages import Scores

BUDGET = 6_000
"""Characters of passages that go to the model: some 1,500 tokens, seven chunks."""
DENSE_WEIGHT = 0.6
CARRIED, HALVED, TURNS = 0.3, 0.5, 3
CANDIDATES = 100
"""Chunks that each way of searching proposes for fusing."""

_Floats = NDArray[np.float32]


class VectorIndex(Protocol):
    """What fusing asks of a vector store."""

    def nearest(self, vector: Sequence[float], count: int) -> list[str]:
        """The ids of the nearest chunks, the nearest first."""

    def vectors(self, ids: Sequence[str]) -> dict[str, _Floats]:
        """The unit vectors of those chunks."""


@dataclass(frozen=True, eq=False, slots=True)
class Dense:
    """A vector store with the model that made its vectors."""

    index: VectorIndex
    embeddings: Embeddings


@dataclass(frozen=True, eq=False, slots=True)
class _Turn:
    """A question, with its scores of every chunk."""

    weight: float
    words: _Floats
    vector: _Floats
    """Empty where there are no vectors."""


class FusionRetriever(BaseRetriever):
    """Finds chunks for a question; each comes with its ``Scores`` in ``metadata["scores"]``.

    Attributes:
        chunks: what is searched, each with an id.
        keywords: BM25 over ``chunks``, in their order.
        dense: vectors of the same chunks; ``None`` searches by words alone.
        budget: the most characters that the chunks found may have together; the best is always among them.
    """

    chunks: SkipValidation[Sequence[Document]]
    keywords: SkipValidation[KeywordIndex]
    dense: SkipValidation[Dense | None] = None
    budget: int = BUDGET
    _rows: dict[str | None, int] = PrivateAttr(default_factory=dict)

    def model_post_init(self, context: object) -> None:  # noqa: ARG002
        """Note where each chunk stands; pydantic calls this after the fields are set."""
        self._rows = {chunk.id: row for row, chunk in enumerate(self.chunks)}

    def _get_relevant_documents(
        self,
        query: str,
        *,
        run_manager: CallbackManagerForRetrieverRun,  # noqa: ARG002
        earlier: Sequence[str] = (),
    ) -> list[Document]:
        """The best chunks for ``query``, best first; ``earlier`` are the questions before, newest last."""
        found: list[Document] = []
        room = self.budget
        for row, scores in self.ranking(query, earlier):
            chunk = self.chunks[row]
            if found and len(chunk.page_content) > room:
                break
            room -= len(chunk.page_content)
            found.append(chunk.model_copy(update={"metadata": {**chunk.metadata, "scores": scores}}))
        return found

    async def _aget_relevant_documents(
        self, query: str, *, run_manager: AsyncCallbackManagerForRetrieverRun, earlier: Sequence[str] = ()
    ) -> list[Document]:
        found = partial(
            self._get_relevant_documents, query, run_manager=run_manager.get_sync(), earlier=earlier
        )
        return await asyncio.to_thread(found)

    def ranking(self, question: str, earlier: Sequence[str] = ()) -> list[tuple[int, Scores]]:
        """Each candidate's row in ``chunks`` with its scores, best first; what shares nothing is left out."""
        weights = [1.0, *(CARRIED * HALVED**n for n in range(TURNS))]
        questions = [question, *reversed(earlier)]
        turns = [self._turn(text, weight) for text, weight in zip(questions, weights, strict=False)]
        rows = self._candidates(turns)
        if not rows:
            return []
        vectors = self._vectors(rows)
        total = np.zeros(len(rows))
        now: list[Scores] = []
        for turn in turns:
            words = turn.words[rows]
            best = float(turn.words.max()) or 1.0
            cosines = None if vectors is None else vectors @ turn.vector
            total += turn.weight * fused(words / best, cosines)
            if not now:
                dense = [None] * len(rows) if cosines is None else cosines.tolist()
                now = [Scores(d, float(w), 0.0) for d, w in zip(dense, words, strict=True)]
        order = np.argsort(-total, kind="stable")
        return [(rows[i], replace(now[i], fused=float(total[i]))) for i in order if total[i] > 0]

    def _turn(self, question: str, weight: float) -> _Turn:
        vector = self.dense.embeddings.embed_query(question) if self.dense else []
        return _Turn(weight, self.keywords.scores(question), np.asarray(vector, dtype=np.float32))

    def _candidates(self, turns: Sequence[_Turn]) -> list[int]:
        found: set[int] = set()
        for turn in turns:
            count = min(CANDIDATES, len(turn.words))
            best: list[int] = np.argpartition(-turn.words, count - 1)[:count].tolist()
            found |= {row for row in best if turn.words[row] > 0}
            if self.dense:
                near = self.dense.index.nearest(turn.vector.tolist(), CANDIDATES)
                found |= {self._rows[i] for i in near if i in self._rows}
        return sorted(found)

    def _vectors(self, rows: Sequence[int]) -> _Floats | None:
        if self.dense is None:
            return None
        ids = [self.chunks[row].id or "" for row in rows]
        known = self.dense.index.vectors(ids)
        # A chunk that the store lost in the meantime counts as having nothing to do with the question.
        lost = np.zeros_like(next(iter(known.values()))) if known else None
        return None if lost is None else np.stack([known.get(i, lost) for i in ids])


def fused(words: _Floats, cosines: _Floats | None) -> _Floats:
    """The fused scores of chunks.

    Args:
        words: BM25 divided by the best one, from 0 to 1.
        cosines: from -1 to 1, in the same order; ``None`` leaves ``words`` as they are.
    """
    return words if cosines is None else DENSE_WEIGHT * cosines + (1 - DENSE_WEIGHT) * words
