import asyncio
import subprocess
import sys
import threading
from dataclasses import replace

import pytest

from switchboard.errors import BadInput, NotFound, TooLarge, UnknownChoice
from switchboard.knowledge import corpus as corpus_module
from switchboard.knowledge.base import NOTHING_FOUND, QUESTION_CHARACTERS, WORDS_ONLY, KnowledgeBase
from switchboard.knowledge.passages import Retrieved, Store, store_named
from switchboard.messages import AssistantMessage, Finish, FinishReason, Notice, TextDelta, user

DONE = Finish(FinishReason.STOP)


@pytest.fixture
def words_only(folder, tmp_path):
    return KnowledgeBase(folder, tmp_path / "vectors", lambda: None)


@pytest.fixture
async def vectored(folder, tmp_path, hash_model):
    knowledge = KnowledgeBase(folder, tmp_path / "vectors", lambda: hash_model)
    await knowledge.prepare()
    assert await knowledge.settle(30)
    return knowledge


@pytest.fixture
def loading(folder, tmp_path, hash_model, embeddings):
    """A knowledge base whose embedding model does not finish loading before it is let go."""
    go = threading.Event()

    def load():
        go.wait(30)
        return embeddings

    yield KnowledgeBase(folder, tmp_path / "vectors", lambda: replace(hash_model, load=load)), go
    go.set()


async def answered(knowledge, backend, *arguments):
    return [event async for event in knowledge.answer(backend, *arguments)]


async def test_without_a_model_it_finds_by_words_and_says_so(words_only):
    passages = await words_only.retrieve("Where does a cat travel?")
    best = passages[0]
    assert (best.number, best.title, best.kind, best.path) == (1, "Cats", "policies", "policies/pets/cats.md")
    assert best.scores.dense is None
    assert best.scores.bm25 > 0
    status = words_only.status()
    assert (status.documents, status.chunks, status.embedding, status.store) == (3, 3, "", "")
    assert "words alone (BM25): no embedding model is installed" in status.text
    assert not status.preparing


async def test_a_passage_is_the_documents_own_text(vectored):
    for passage in await vectored.retrieve("How heavy is a bag, and where do cats travel?"):
        text = await vectored.document_text(passage.path)
        assert text[passage.start : passage.end] == passage.text


async def test_both_stores_find_the_same_with_vectors(vectored):
    found = [await vectored.retrieve("night crew of a flight", (), store) for store in Store]
    assert [p.path for p in found[0]] == [p.path for p in found[1]]
    for one, other in zip(*found, strict=True):
        assert one.scores.dense == pytest.approx(other.scores.dense, abs=1e-5)
    assert found[0][0].scores.fused == pytest.approx(0.6 * found[0][0].scores.dense + 0.4, abs=1e-5)
    assert vectored.status().embedding == "hash"
    assert vectored.status().store == "Chroma and FAISS"


async def test_the_first_answer_does_not_wait_for_the_embedding_model(loading, scripted):
    knowledge, go = loading
    found = await answered(knowledge, scripted(TextDelta("In the cabin [1]."), DONE), "Where do cats travel?")
    assert isinstance(found[0], Retrieved)
    assert found[0].passages[0].scores.dense is None
    assert Notice(WORDS_ONLY) in found
    assert knowledge.status().preparing
    assert "vectors are being prepared" in knowledge.status().text
    go.set()
    assert await knowledge.settle(30)
    assert (await knowledge.retrieve("Where do cats travel?"))[0].scores.dense is not None


async def test_an_answer_shows_its_passages_first_and_gives_them_to_the_backend(words_only, scripted):
    backend = scripted(TextDelta("Up to 23 kg [1]"), TextDelta(" or [8]."), DONE)
    found = await answered(
        words_only, backend, "  What does a checked bag weigh?  ", (user("Hi"), AssistantMessage("Hello"))
    )
    first, *rest = found
    assert isinstance(first, Retrieved)
    assert first.milliseconds > 0
    [request] = backend.requests
    assert request.sources == tuple(passage.source for passage in first.passages)
    assert request.sources[0].place == "policies/baggage.md"
    assert [m.text for m in request.messages] == ["Hi", "Hello", "What does a checked bag weigh?"]
    assert "".join(e.text for e in rest if isinstance(e, TextDelta)) == "Up to 23 kg [1] or."
    assert rest[-1] == DONE


async def test_a_follow_up_finds_what_the_question_before_was_about(words_only):
    history = (user("Do cats travel in the cabin?"), AssistantMessage("Yes."))
    alone = await words_only.retrieve("And surfboards?")
    after = await words_only.retrieve("And surfboards?", history)
    assert [p.title for p in alone] == ["Baggage"]
    assert [p.title for p in after] == ["Baggage", "Cats"]


async def test_where_nothing_is_found_no_model_is_asked(words_only, scripted):
    backend = scripted(DONE)
    found = await answered(words_only, backend, "zebra?")
    assert found[0].passages == ()
    assert found[1:] == [TextDelta(NOTHING_FOUND), DONE]
    assert backend.requests == []


async def test_closing_the_answer_stops_the_model(words_only, scripted):
    backend = scripted(TextDelta("Up to 23 kg and more"), stall=True)
    events = words_only.answer(backend, "What does a bag weigh?")
    async for event in events:
        if isinstance(event, TextDelta):
            break
    await events.aclose()
    await asyncio.wait_for(backend.closed.wait(), 0.25)
    assert backend.closed.is_set()


async def test_cancelling_the_task_stops_a_stalled_model(words_only, scripted):
    backend = scripted(stall=True)
    task = asyncio.create_task(answered(words_only, backend, "What does a bag weigh?"))
    while not backend.requests:
        await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert backend.closed.is_set()


async def test_a_changed_new_or_removed_file_counts_after_prepare(vectored, folder):
    (folder / "policies" / "pets" / "cats.md").unlink()
    (folder / "people" / "ada.md").write_text("# Ada\n\nAda repairs the engines.\n")
    await vectored.prepare()
    assert (await vectored.retrieve("Who repairs engines?"))[0].path == "people/ada.md"
    assert all(p.title != "Cats" for p in await vectored.retrieve("cats"))
    with pytest.raises(NotFound):
        await vectored.document_text("policies/pets/cats.md")
    assert await vectored.settle(30)
    assert (await vectored.retrieve("Who repairs engines?"))[0].scores.dense is not None


async def test_many_at_once_read_the_folder_once(words_only, monkeypatch):
    reads = []
    read = corpus_module.read_corpus
    monkeypatch.setattr(corpus_module, "read_corpus", lambda folder: reads.append(folder) or read(folder))
    results = await asyncio.gather(*(words_only.prepare() for _ in range(8)), words_only.retrieve("cats"))
    assert len(reads) == 1
    assert results[-1][0].title == "Cats"


@pytest.mark.parametrize(
    ("question", "error"),
    [
        ("", BadInput),
        ("  \n", BadInput),
        (None, BadInput),
        (["cats"], BadInput),
        ("x" * (QUESTION_CHARACTERS + 1), TooLarge),
    ],
)
async def test_a_question_that_cannot_be_asked_is_refused(words_only, scripted, question, error):
    backend = scripted(DONE)
    with pytest.raises(error) as caught:
        await answered(words_only, backend, question)
    assert caught.value.fix
    assert backend.requests == []


async def test_half_a_surrogate_pair_is_no_trouble(words_only):
    found = await words_only.retrieve("cats \ud83d", (user("dogs \udc00"),))
    assert found[0].title == "Cats"


async def test_an_unknown_store_is_refused(words_only):
    with pytest.raises(UnknownChoice):
        await words_only.retrieve("cats", (), "pinecone")
    with pytest.raises(UnknownChoice, match="chroma or faiss"):
        store_named("pinecone")
    assert store_named("faiss") is Store.FAISS


@pytest.mark.parametrize("path", ["README.md", "../secret.md", "/etc/passwd", ""])
async def test_only_documents_can_be_read(words_only, path):
    with pytest.raises(NotFound, match="no such document"):
        await words_only.document_text(path)


async def test_a_missing_and_an_empty_folder_say_what_to_do(tmp_path):
    with pytest.raises(NotFound, match=r"There is no folder kb\. Create it"):
        await KnowledgeBase(tmp_path / "kb", tmp_path / "v", lambda: None).retrieve("cats")
    (tmp_path / "kb" / "people").mkdir(parents=True)
    (tmp_path / "kb" / "README.md").write_text("# Read me")
    with pytest.raises(NotFound, match=r"holds no documents\. Put Markdown files"):
        await KnowledgeBase(tmp_path / "kb", tmp_path / "v", lambda: None).prepare()


async def test_what_was_left_out_is_told(folder, tmp_path):
    (folder / "people" / "photo.md").write_bytes(b"\0\1")
    knowledge = KnowledgeBase(folder, tmp_path / "v", lambda: None)
    await knowledge.prepare()
    assert "Left out: people/photo.md (not a text file)." in knowledge.status().text


async def test_code_that_was_never_split_is_quoted_from_its_beginning(folder, tmp_path):
    (folder / "policies" / "code.md").write_text("```\n" + "boarding gate\n" * 2_000 + "```\n")
    [passage] = await KnowledgeBase(folder, tmp_path / "v", lambda: None).retrieve("boarding gate")
    assert len(passage.text) == passage.end - passage.start == 6_000


def test_importing_it_imports_nothing_heavy():
    code = (
        "import sys, switchboard.knowledge.base, switchboard.knowledge.citations;"
        "heavy = ('numpy', 'langchain_core', 'chromadb', 'faiss', 'torch', 'bm25s');"
        "print([name for name in heavy if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "[]", done.stderr[-1000:]
