import threading
from dataclasses import replace

import pytest
from filelock import FileLock

from switchboard.knowledge.corpus import read_corpus
from switchboard.knowledge.passages import Store
from switchboard.knowledge.vectors import Failed, Idle, Preparing, Ready, Vectors, collection_name


@pytest.fixture
def vectors(tmp_path, hash_model):
    return Vectors("knowledge-base", tmp_path / "vectors", hash_model)


def settled(vectors, corpus):
    vectors.follow(corpus)
    assert vectors.wait(30)
    return vectors.state


def test_both_stores_come_to_hold_the_corpus(vectors, folder):
    corpus = read_corpus(folder)
    state = settled(vectors, corpus)
    assert isinstance(state, Ready)
    ids = {chunk.id for chunk in corpus.chunks}
    assert state.stores[Store.CHROMA].index.ids() == state.stores[Store.FAISS].index.ids() == ids


def test_a_restart_with_an_unchanged_folder_embeds_nothing(tmp_path, vectors, folder, hash_model):
    settled(vectors, read_corpus(folder))
    assert vectors.embedded == 3
    restarted = Vectors("knowledge-base", tmp_path / "vectors", hash_model)
    assert isinstance(settled(restarted, read_corpus(folder)), Ready)
    assert restarted.embedded == 0


def test_a_changed_file_is_embedded_alone_and_a_removed_one_goes(vectors, folder):
    settled(vectors, read_corpus(folder))
    (folder / "people" / "ines.md").write_text("# Ines Okafor\n\nInes moved to the day flights.\n")
    (folder / "policies" / "pets" / "cats.md").unlink()
    corpus = read_corpus(folder)
    state = settled(vectors, corpus)
    assert vectors.embedded == 4
    assert state.stores[Store.CHROMA].index.ids() == {chunk.id for chunk in corpus.chunks}


def test_a_corpus_that_comes_while_another_is_made_wins(tmp_path, folder, hash_model, embeddings):
    go = threading.Event()

    def slow():
        go.wait(30)
        return embeddings

    vectors = Vectors("kb", tmp_path / "v", replace(hash_model, load=slow))
    first = read_corpus(folder)
    (folder / "people" / "new.md").write_text("# New\n\nA new colleague.\n")
    second = read_corpus(folder)
    vectors.follow(first)
    vectors.follow(second)
    assert isinstance(vectors.state, Preparing)
    go.set()
    assert vectors.wait(30)
    assert vectors.state.corpus is second


def test_without_a_model_there_is_nothing_to_do(tmp_path, folder):
    vectors = Vectors("kb", tmp_path / "v", None)
    assert isinstance(settled(vectors, read_corpus(folder)), Idle)
    assert not (tmp_path / "v").exists()


def test_a_second_writer_is_told_to_wait(tmp_path, folder, hash_model):
    (tmp_path / "v").mkdir()
    vectors = Vectors("kb", tmp_path / "v", hash_model, lock_seconds=0.1)
    corpus = read_corpus(folder)
    with FileLock(tmp_path / "v" / "writer.lock"):
        state = settled(vectors, corpus)
    assert state == Failed("Another process is writing the vectors. Refresh when it is done.")
    assert isinstance(settled(vectors, corpus), Ready)


def test_a_damaged_store_is_a_reason_to_read(tmp_path, folder, vectors):
    (tmp_path / "vectors" / "chroma").mkdir(parents=True)
    (tmp_path / "vectors" / "chroma" / "chroma.sqlite3").write_bytes(b"no database" * 1000)
    state = settled(vectors, read_corpus(folder))
    assert isinstance(state, Failed)
    assert "delete the folder vector_db/chroma" in state.reason


def test_a_folder_that_cannot_be_made_is_a_reason_to_read(tmp_path, folder, hash_model):
    (tmp_path / "file").write_text("in the way")
    state = settled(Vectors("kb", tmp_path / "file" / "v", hash_model), read_corpus(folder))
    assert isinstance(state, Failed)
    assert "cannot be read or written" in state.reason


def test_another_model_gets_a_collection_of_its_own(hash_model):
    names = {
        collection_name("knowledge-base", hash_model),
        collection_name("knowledge-base", replace(hash_model, dimension=32)),
        collection_name("knowledge-base", replace(hash_model, name="other/Model")),
        collection_name("uploads", hash_model),
    }
    assert len(names) == 4
    assert "kb-knowledge-base-hash-64-headings-900" in names
