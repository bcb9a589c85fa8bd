"""The real embedding model; skipped where the extra ``local`` is not installed."""

import pytest

from switchboard.knowledge.base import KnowledgeBase
from switchboard.knowledge.embedding import installed_minilm

pytestmark = [
    pytest.mark.local,
    pytest.mark.skipif(installed_minilm() is None, reason="no embedding model is installed"),
]


@pytest.mark.timeout(240)
async def test_minilm_finds_by_meaning_what_shares_no_word(folder, tmp_path):
    knowledge = KnowledgeBase(folder, tmp_path / "vectors")
    await knowledge.prepare()
    assert await knowledge.settle(200)
    status = knowledge.status()
    assert (status.embedding, status.preparing) == ("all-MiniLM-L6-v2", False)
    best = (await knowledge.retrieve("Is my kitten allowed aboard?"))[0]
    assert best.title == "Cats"
    assert best.scores.dense > 0.3
