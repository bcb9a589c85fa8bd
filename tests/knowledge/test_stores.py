"""Chroma and FAISS, held to the same behaviour."""

import json
import subprocess
import sys

import pytest
from langchain_core.documents import Document

from switchboard.errors import DataDamaged
from switchboard.knowledge import chroma_store
from switchboard.knowledge.chroma_store import ChromaStore
from switchboard.knowledge.faiss_store import FaissStore
from switchboard.knowledge.vectors import synchronise


def chunk(name, text):
    return Document(id=name, page_content=text, metadata={"path": f"{name}.md", "start": 0})


CHUNKS = [chunk("a", "cats fly in the cabin"), chunk("b", "dogs fly in the hold"), chunk("c", "fuel is dear")]


@pytest.fixture(params=["chroma", "faiss"])
def opened(request, tmp_path, embeddings):
    if request.param == "chroma":
        return lambda: ChromaStore.open(tmp_path / "chroma", "kb-test-64", embeddings)
    return lambda: FaissStore(tmp_path / "faiss", embeddings, 64)


def test_a_store_holds_exactly_the_chunks_given(opened):
    store = opened()
    synchronise(store, CHUNKS)
    assert store.ids() == {"a", "b", "c"}
    synchronise(store, [CHUNKS[0], chunk("d", "a new one")])
    assert store.ids() == {"a", "d"}


def test_the_same_chunks_again_embed_nothing(opened, embeddings):
    store = opened()
    synchronise(store, CHUNKS)
    embeddings.texts.clear()
    synchronise(store, CHUNKS)
    assert embeddings.texts == []
    assert store.ids() == {"a", "b", "c"}


def test_adding_an_id_twice_replaces_it(opened):
    store = opened()
    store.add_documents([CHUNKS[0]], ids=["a"])
    store.add_documents([chunk("a", "cats stay at home")], ids=["a"])
    assert [d.page_content for d in store.get_by_ids(["a"])] == ["cats stay at home"]


def test_it_is_found_again_after_reopening(opened):
    synchronise(opened(), CHUNKS)
    store = opened()
    assert store.ids() == {"a", "b", "c"}
    found = store.similarity_search("cats in a cabin", k=1)[0]
    assert (found.page_content, found.metadata["path"]) == ("cats fly in the cabin", "a.md")


def test_vectors_are_compared_by_cosine(opened, embeddings):
    store = opened()
    synchronise(store, CHUNKS)
    vectors = store.vectors(["a", "c", "unknown"])
    assert set(vectors) == {"a", "c"}
    assert vectors["a"].tolist() == pytest.approx(embeddings.embed_query(CHUNKS[0].page_content), abs=1e-5)
    assert store.nearest(embeddings.embed_query("dogs in the hold"), 10)[0] == "b"


def test_an_empty_store_finds_nothing(opened, embeddings):
    assert opened().nearest(embeddings.embed_query("cats"), 3) == []


def test_both_stores_rank_alike(tmp_path, embeddings):
    chunks = [chunk(f"n{n}", f"flight {n} to city {n % 7} costs {n * 3}") for n in range(300)]
    chroma = ChromaStore.open(tmp_path / "chroma", "kb-test-64", embeddings)
    faiss = FaissStore(tmp_path / "faiss", embeddings, 64)
    for store in (chroma, faiss):
        synchronise(store, chunks)
    for n in (3, 77, 250):
        vector = embeddings.embed_query(f"what costs flight {n} to city {n % 7}")
        assert chroma.nearest(vector, 20) == faiss.nearest(vector, 20)


def test_more_chunks_than_one_batch_are_added_and_removed(opened, monkeypatch):
    monkeypatch.setattr(chroma_store, "_BATCH", 10)
    store = opened()
    synchronise(store, [chunk(f"n{n}", f"flight {n}") for n in range(35)])
    assert len(store.ids()) == 35
    synchronise(store, CHUNKS)
    assert store.ids() == {"a", "b", "c"}


def test_faiss_keeps_no_pickle_and_no_old_index(tmp_path, embeddings):
    store = FaissStore(tmp_path, embeddings, 64)
    synchronise(store, CHUNKS)
    synchronise(store, CHUNKS[:2])
    assert sorted(file.suffix for file in tmp_path.iterdir()) == [".faiss", ".json"]
    assert [entry[0] for entry in json.loads((tmp_path / "chunks.json").read_text())["chunks"]] == ["a", "b"]


def test_faiss_is_made_from_texts_as_langchain_does_it(tmp_path, embeddings):
    store = FaissStore.from_texts(
        ["cats fly", "fuel is dear"], embeddings, [{"n": 1}, {"n": 2}], folder=tmp_path
    )
    found = store.as_retriever(search_kwargs={"k": 1}).invoke("a cat flies")
    assert [d.metadata for d in found] == [{"n": 1}]


@pytest.mark.parametrize("content", ["", "{}", "[1]", '{"index": "../x.faiss", "chunks": []}'])
def test_a_damaged_faiss_list_says_what_to_delete(tmp_path, embeddings, content):
    (tmp_path / "chunks.json").write_text(content)
    with pytest.raises(DataDamaged, match="Delete the folder vector_db/faiss"):
        FaissStore(tmp_path, embeddings, 64)


def test_a_faiss_index_of_another_dimension_is_damaged(tmp_path, embeddings):
    synchronise(FaissStore(tmp_path, embeddings, 64), CHUNKS)
    with pytest.raises(DataDamaged):
        FaissStore(tmp_path, embeddings, 32)


def test_a_damaged_chroma_says_what_to_delete(tmp_path, embeddings):
    (tmp_path / "chroma.sqlite3").write_bytes(b"no database" * 1000)
    with pytest.raises(DataDamaged, match="delete the folder vector_db/chroma"):
        ChromaStore.open(tmp_path, "kb-test-64", embeddings)


def test_a_collection_that_was_deleted_meanwhile_says_what_to_do(tmp_path, embeddings):
    store = ChromaStore.open(tmp_path, "kb-test-64", embeddings)
    synchronise(store, CHUNKS)
    ChromaStore.open(tmp_path, "kb-test-64", embeddings).delete_collection()
    with pytest.raises(DataDamaged, match="delete the folder"):
        store.nearest(embeddings.embed_query("cats"), 2)


def test_another_process_finds_what_chroma_wrote(tmp_path, embeddings):
    synchronise(ChromaStore.open(tmp_path, "kb-test-64", embeddings), CHUNKS)
    code = (
        "import sys; from pathlib import Path; from switchboard.knowledge.chroma_store import ChromaStore;"
        "print(sorted(ChromaStore.open(Path(sys.argv[1]), 'kb-test-64', None).ids()))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, timeout=60
    )
    assert done.stdout.strip() == "['a', 'b', 'c']", done.stderr[-1000:]
