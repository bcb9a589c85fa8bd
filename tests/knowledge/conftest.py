"""A small knowledge base, an embedding model of hashes, and a backend that plays a script."""

import asyncio
import hashlib
import math
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from langchain_core.embeddings import Embeddings

from switchboard.backends.base import Capability, ChatRequest, Model, Status
from switchboard.knowledge.embedding import EmbeddingModel
from switchboard.messages import Event
from switchboard.ranking import terms

DIMENSION = 64


class HashEmbeddings(Embeddings):
    """Each word is a fixed direction, a text the sum of its words: no meaning, but always the same."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        self.texts += texts
        return [self.embed_query(text) for text in texts]

    def embed_query(self, text: str) -> list[float]:
        total = [1e-3] * DIMENSION
        for word in terms(text):
            digest = hashlib.sha512(word.encode()).digest()
            total = [t + (byte - 127.5) / 127.5 for t, byte in zip(total, digest, strict=True)]
        length = math.sqrt(sum(t * t for t in total))
        return [t / length for t in total]


class ScriptedBackend:
    """Plays its events; an exception among them is raised. Keeps the requests and whether it was closed."""

    provider = "Script"
    model = "script-1"
    capabilities = frozenset({Capability.LANGUAGE, Capability.TEMPERATURE})

    def __init__(self, *script: Event | Exception, stall: bool = False) -> None:
        self.script = script
        self.stall = stall
        self.requests: list[ChatRequest] = []
        self.closed = asyncio.Event()

    async def stream(self, request: ChatRequest) -> AsyncIterator[Event]:
        self.requests.append(request)
        try:
            for event in self.script:
                if isinstance(event, Exception):
                    raise event
                yield event
            if self.stall:
                await asyncio.sleep(3600)
        finally:
            self.closed.set()

    async def models(self) -> list[Model]:
        return [Model(self.model)]

    async def check(self) -> Status:
        return Status(True, "ready")


@pytest.fixture
def embeddings() -> HashEmbeddings:
    return HashEmbeddings()


@pytest.fixture
def hash_model(embeddings) -> EmbeddingModel:
    return EmbeddingModel("hash", DIMENSION, lambda: embeddings)


@pytest.fixture
def scripted() -> type[ScriptedBackend]:
    return ScriptedBackend


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three documents of two kinds, beside a README that is none."""
    root = tmp_path / "knowledge-base"
    files = {
        "README.md": "# Read me\n\nHow this folder is laid out.\n",
        "policies/baggage.md": (
            "# Baggage\n\nEvery passenger may bring bags.\n\n"
            "## Weight\n\nA checked bag weighs up to 23 kg.\n\n"
            "## Surfboards\n\nSurfboards travel as sports equipment for 75 dollars.\n"
        ),
        "policies/pets/cats.md": "# Cats\n\nA cat travels in the cabin in a soft crate.\n",
        "people/ines.md": "# Ines Okafor\n\nInes leads the crew of the night flights since 2019.\n",
    }
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    return root
