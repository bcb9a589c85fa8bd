"""What a knowledge base finds and tells.

Pure data: LangChain's documents become these values where they leave the package.
"""

from dataclasses import dataclass
from enum import Enum

from switchboard.errors import UnknownChoice
from switchboard.messages import Event, Source


class Store(Enum):
    """Where the vectors are kept."""

    CHROMA = "chroma"
    FAISS = "faiss"


def store_named(name: str) -> Store:
    """The store of that name, "chroma" or "faiss".

    Raises:
        UnknownChoice: there is no such store.
    """
    try:
        return Store(name)
    except ValueError as exc:
        names = " or ".join(store.value for store in Store)
        raise UnknownChoice("There is no such vector store.", f"Choose {names}.") from exc


@dataclass(frozen=True, slots=True)
class Scores:
    """Why a passage was found."""

    dense: float | None
    """Cosine with the question, from -1 to 1; ``None`` where no vectors were used."""
    bm25: float
    """BM25 with the question, from 0, without an upper bound."""
    fused: float
    """What passages are ranked by, earlier questions included; see ``retriever.py``."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of a document, found for a question; ``number`` counts from 1, the best."""

    number: int
    title: str
    kind: str
    path: str
    """Relative to the knowledge base's folder, with forward slashes."""
    heading: str
    """The headings it stands under, below the title, joined by " › "."""
    start: int
    end: int
    """Offsets in characters into ``KnowledgeBase.document_text(path)``, ``end`` excluded."""
    text: str
    """The document's own characters from ``start`` to ``end``."""
    scores: Scores
    lead: str = ""
    """The header rows of the table that ``text`` was cut from, where it does not begin with them."""

    @property
    def source(self) -> Source:
        """The passage as a backend takes it."""
        title = f"{self.title} › {self.heading}" if self.heading else self.title
        return Source(self.number, title, self.lead + self.text, self.path)


@dataclass(frozen=True, slots=True)
class KnowledgeStatus:
    """What can be searched now, in figures and in words for the person at the page."""

    documents: int
    chunks: int
    embedding: str
    """The embedding model in use; empty while passages are found by their words alone."""
    store: str
    """The vector stores in use; empty likewise."""
    text: str
    preparing: bool = False
    """Whether vectors are being prepared, so that asking again later is worth it."""


@dataclass(frozen=True, slots=True)
class Retrieved:
    """The passages an answer may cite; the first event of every answer."""

    passages: tuple[Passage, ...]
    milliseconds: float


KnowledgeEvent = Retrieved | Event
