import numpy as np
import pytest
from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings

from switchboard.knowledge.keywords import KeywordIndex
from switchboard.knowledge.retriever import Dense, FusionRetriever, fused

TEXTS = ["cat cabin", "dog hold", "bird cabin cabin", "fuel price"]
VECTORS = {"0": [1.0, 0.0], "1": [0.0, 1.0], "2": [0.6, 0.8], "3": [-1.0, 0.0]}


class Plane(Embeddings):
    """Two directions: "cat" points along the first, anything else along the second."""

    def embed_documents(self, texts):
        return [self.embed_query(text) for text in texts]

    def embed_query(self, text):
        return [1.0, 0.0] if "cat" in text else [0.0, 1.0]


class Exact:
    """A vector index that looks at every vector."""

    def nearest(self, vector, count):
        return sorted(VECTORS, key=lambda i: -np.dot(VECTORS[i], vector))[:count]

    def vectors(self, ids):
        return {i: np.array(VECTORS[i], dtype=np.float32) for i in ids if i in VECTORS}


def retriever(*, dense=True, budget=6_000):
    chunks = [Document(id=str(n), page_content=text) for n, text in enumerate(TEXTS)]
    return FusionRetriever(
        chunks=chunks,
        keywords=KeywordIndex(TEXTS),
        dense=Dense(Exact(), Plane()) if dense else None,
        budget=budget,
    )


def test_fusing_is_six_tenths_cosine_and_four_tenths_words():
    scores = fused(np.array([1.0, 0.5, 0.0]), np.array([0.5, 1.0, -1.0]))
    assert scores.tolist() == pytest.approx([0.7, 0.8, -0.6])


def test_without_vectors_the_words_rank_alone():
    found = retriever(dense=False).ranking("cat cabin")
    assert [row for row, _ in found] == [0, 2]
    assert found[0][1].fused == pytest.approx(1.0)
    assert found[0][1].dense is None


def test_with_vectors_the_scores_are_those_worked_by_hand():
    found = dict(retriever().ranking("cat"))
    # Only the first text has the word, and is the best: 0.6·1 + 0.4·1. The third: 0.6·0.6 + 0.4·0.
    assert found[0].fused == pytest.approx(1.0)
    assert found[2].fused == pytest.approx(0.36)
    assert found[2].dense == pytest.approx(0.6)
    # Cosine 0 and -1 with no shared word share nothing with the question.
    assert set(found) == {0, 2}


def test_earlier_questions_count_three_tenths_halved_each_turn_three_at_most():
    alone = {row: s.fused for row, s in retriever(dense=False).ranking("fuel")}
    assert alone == {3: pytest.approx(1.0)}
    earlier = ["dog", "price", "dog", "cat"]
    carried = {row: s.fused for row, s in retriever(dense=False).ranking("fuel", earlier)}
    assert carried == {3: pytest.approx(1.075), 1: pytest.approx(0.15), 0: pytest.approx(0.3)}


async def test_the_budget_counts_characters_and_the_best_is_always_in():
    small = await retriever(budget=1).ainvoke("cat cabin")
    assert [d.page_content for d in small] == ["cat cabin"]
    two = await retriever(budget=len("cat cabin") + len("bird cabin cabin")).ainvoke("cat cabin")
    assert [d.page_content for d in two] == ["cat cabin", "bird cabin cabin"]


def test_what_is_found_does_not_mark_the_chunks_themselves():
    searching = retriever()
    found = searching.invoke("cat", earlier=["dog"])
    assert found[0].metadata["scores"].bm25 > 0
    assert all("scores" not in chunk.metadata for chunk in searching.chunks)


def test_nothing_in_common_finds_nothing():
    assert retriever(dense=False).invoke("zebra") == []
