"""LangChain TextSplitter: Markdown → heading-aware chunks that know where they stand in the file.

Chunks follow one another without overlap and cover the whole text. Which embedding model they go to does
not matter here.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

from langchain_core.documents import Document
from langchain_text_splitters import RecursiveCharacterTextSplitter, TextSplitter

from switchboard.knowledge.markdown import Span, spans

LONGEST, ENOUGH = 900, 350
"""A chunk has at most 900 characters; from 350 on it rather ends before a heading than goes on."""
CHUNKING = f"headings-{LONGEST}"
"""Names the way of splitting; a collection of vectors carries it, so that two ways never mix."""
_SEPARATORS = ["\n", ". ", "? ", "! ", "; ", ", ", " ", ""]


@dataclass(frozen=True, slots=True)
class _Chunk:
    start: int
    end: int
    path: tuple[str, ...]
    lead: str


class MarkdownSplitter(TextSplitter):
    """Splits Markdown at headings and paragraphs, and packs small sections together.

    Code between fences and rows of a table are never split, even where one alone is over the limit. A
    document that comes out of ``split_documents`` has ``heading``, ``start``, ``end`` and ``lead`` (the
    header rows of a table that was cut) in its metadata beside those of the whole, an id made from its
    content, and the headings above its own text in ``page_content``.
    """

    def __init__(self) -> None:
        super().__init__(chunk_size=LONGEST, chunk_overlap=0, strip_whitespace=False)
        self._sentences = RecursiveCharacterTextSplitter(
            separators=_SEPARATORS,
            keep_separator="end",
            chunk_size=LONGEST // 2,
            chunk_overlap=0,
            strip_whitespace=False,
        )

    def split_text(self, text: str) -> list[str]:
        """The chunks' own texts, in order, as they stand in ``text``."""
        return [text[chunk.start : chunk.end] for chunk in self._chunks(text)]

    def create_documents(
        self, texts: list[str], metadatas: list[dict[Any, Any]] | None = None
    ) -> list[Document]:
        """A document for every chunk of every text, with the text's metadata and its own."""
        each = metadatas or [{}] * len(texts)
        return [
            _document(text, chunk, metadata)
            for text, metadata in zip(texts, each, strict=True)
            for chunk in self._chunks(text)
        ]

    def _chunks(self, text: str) -> Iterator[_Chunk]:
        held: list[Span] = []
        for section in _sections(self._small(text, spans(text))):
            if held and _length(held) >= ENOUGH and _length([*held, *section]) > LONGEST:
                yield _chunk(held)
                held = []
            for span in section:
                if held and _length([*held, span]) > LONGEST:
                    kept, held = _without_last_headings(held)
                    if kept:
                        yield _chunk(kept)
                held.append(span)
        if held:
            yield _chunk(held)

    def _small(self, text: str, found: Iterable[Span]) -> Iterator[Span]:
        """The same spans, those that are too long and may be split cut at sentences."""
        for span in found:
            if span.whole or span.end - span.start <= LONGEST:
                yield span
                continue
            position = span.start
            for piece in self._sentences.split_text(text[span.start : span.end]):
                yield replace(span, start=position, end=position + len(piece), heading=False)
                position += len(piece)


def _sections(found: Iterable[Span]) -> Iterator[list[Span]]:
    """Each heading with what stands below it, up to the next heading that has something below it."""
    section: list[Span] = []
    for span in found:
        if span.heading and section and not section[-1].heading:
            yield section
            section = []
        section.append(span)
    if section:
        yield section


def _length(held: Sequence[Span]) -> int:
    return held[-1].end - held[0].start


def _without_last_headings(held: list[Span]) -> tuple[list[Span], list[Span]]:
    """A heading goes with what follows it, never alone at the end of a chunk."""
    last = len(held)
    while last and held[last - 1].heading:
        last -= 1
    return held[:last], held[last:]


def _chunk(held: list[Span]) -> _Chunk:
    body = next((span for span in held if not span.heading), held[0])
    return _Chunk(held[0].start, held[-1].end, body.path, held[0].lead)


def _document(text: str, chunk: _Chunk, metadata: dict[Any, Any]) -> Document:
    title = metadata.get("title", "")
    below = chunk.path[1:] if chunk.path[:1] == (title,) else chunk.path
    heading = " › ".join(below)
    above = " › ".join(name for name in (title, *below) if name)
    content = f"{above}\n\n{chunk.lead}{text[chunk.start : chunk.end]}"
    place = f"{metadata.get('path', '')}\0{chunk.start}\0{content}"
    return Document(
        id=sha256(place.encode()).hexdigest()[:32],
        page_content=content,
        metadata={
            **metadata,
            "heading": heading,
            "start": chunk.start,
            "end": chunk.end,
            "lead": chunk.lead,
        },
    )
