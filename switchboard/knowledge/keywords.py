"""BM25 over the chunks of a knowledge base.

Held in memory and built anew when the documents change: a thousand chunks take well under a second. How
words are told apart is in ``switchboard/ranking.py``.
"""

from collections.abc import Sequence

import bm25s
import numpy as np
from numpy.typing import NDArray

from switchboard.ranking import terms

K1, B = 1.2, 0.75
"""Robertson and Zaragoza, The Probabilistic Relevance Framework (2009), section 3.5: the usual range."""


class KeywordIndex:
    """Scores every chunk for the words of a question; read-only, so that threads may share it."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._count = len(texts)
        words = [terms(text) for text in texts]
        self._bm25 = None
        if any(words):
            self._bm25 = bm25s.BM25(k1=K1, b=B)
            self._bm25.index(words, show_progress=False)

    def scores(self, question: str) -> NDArray[np.float32]:
        """The BM25 score of each chunk, in the order of the texts; 0 where no word is shared."""
        words = terms(question)
        if self._bm25 is None or not words:
            return np.zeros(self._count, dtype=np.float32)
        found: NDArray[np.float32] = self._bm25.get_scores(words)
        return found
