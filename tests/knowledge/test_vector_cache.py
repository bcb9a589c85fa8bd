import threading

import pytest

from switchboard.errors import DataDamaged
from switchboard.knowledge.vector_cache import CachedEmbeddings


def cached(embeddings, file, model="hash"):
    return CachedEmbeddings(embeddings, model, 64, file)


def test_a_text_is_embedded_once_also_after_a_restart(embeddings, tmp_path):
    first = cached(embeddings, tmp_path / "v.sqlite3").embed_documents(["cat", "dog", "cat"])
    again = cached(embeddings, tmp_path / "v.sqlite3")
    assert again.embed_documents(["dog", "cat", "bird"])[:2] == [first[1], first[0]]
    assert embeddings.texts == ["cat", "dog", "bird"]
    assert again.embedded == 1


def test_models_do_not_share_vectors(embeddings, tmp_path):
    cached(embeddings, tmp_path / "v.sqlite3", "one").embed_documents(["cat"])
    cached(embeddings, tmp_path / "v.sqlite3", "two").embed_documents(["cat"])
    assert embeddings.texts == ["cat", "cat"]


def test_threads_take_turns(embeddings, tmp_path):
    shared = cached(embeddings, tmp_path / "v.sqlite3")
    results = []
    texts = [f"text {n}" for n in range(300)]
    threads = [
        threading.Thread(target=lambda: results.append(shared.embed_documents(texts))) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 4
    assert all(result == results[0] for result in results)


def test_a_damaged_file_says_so(embeddings, tmp_path):
    (tmp_path / "v.sqlite3").write_bytes(b"no database" * 100)
    with pytest.raises(DataDamaged, match="delete the file"):
        cached(embeddings, tmp_path / "v.sqlite3").embed_documents(["cat"])
