"""What the tabs show of an answer while it is written, with hostile words in every place."""

from html.parser import HTMLParser
from types import SimpleNamespace

import pytest
from markdown_it import MarkdownIt

from switchboard.agent import ToolFinished, ToolStarted, Turn
from switchboard.errors import StreamCut
from switchboard.knowledge.passages import Passage, Retrieved, Scores
from switchboard.messages import (
    AssistantMessage,
    Finish,
    FinishReason,
    TextDelta,
    ToolCall,
    ToolResult,
    Usage,
)
from switchboard.timing import AnswerWatch
from tabs.desk_draft import RESULT_CHARACTERS, DeskDraft
from tabs.knowledge import NO_SOURCES, KnowledgeDraft, sources_shown

HOSTILE = "</small></li><script>alert(1)</script><img src=https://evil.example/p onerror=alert(1)>"
MARKED = "](javascript:alert(1)) ![p](https://evil.example/p) `x` **b** <b onclick=alert(1)>x</b>"
DONE = Finish(FinishReason.STOP, Usage(3, 2))


class Tags(HTMLParser):
    def __init__(self, html):
        super().__init__()
        self.tags, self.links, self.words = set(), [], ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.links += [value for name, value in attrs if name in ("href", "src")]
        assert not any(name.startswith("on") for name, _ in attrs)

    def handle_data(self, data):
        self.words += data


def rendered(markdown):
    return Tags(MarkdownIt("commonmark", {"html": True}).enable("table").render(markdown))


def is_harmless(seen):
    return not seen.tags & {"script", "img", "iframe", "style", "b"} and all(
        link.startswith(("https://", "http://")) for link in seen.links
    )


@pytest.fixture
def watch():
    return AnswerWatch(SimpleNamespace(provider="OpenAI", model=f"gpt {MARKED}"))


def texts(shown):
    return [part["text"] for one in shown for part in one["content"]]


CALL = ToolCall("c1", "get_ticket_price", '{"origin": "DEL", "destination": "BOM"}')


def finished(call=CALL, text='{"price": 100}', failed=False):
    return ToolFinished(call, ToolResult(call.id, call.name, text, failed), 0.0123)


class TestDesk:
    def test_a_call_is_a_step_between_the_words_that_ends_with_its_time_and_result(self, watch):
        draft = DeskDraft(watch)
        draft.take([TextDelta("Let me "), TextDelta("look."), ToolStarted(CALL)])
        words, step = draft.shown()
        assert texts([words]) == ["Let me look."]
        assert step["metadata"]["status"] == "pending"
        draft.take([finished(), TextDelta("It is $100.")])
        _, step, after = draft.shown()
        assert step["metadata"]["status"] == "done"
        assert step["metadata"]["log"] == "12 ms"
        assert step["metadata"]["title"].startswith("✓ get")
        assert texts([step]) == ['```json\n{\n  "price": 100\n}\n```']
        assert texts([after]) == ["It is $100."]

    def test_equal_calls_at_once_are_steps_of_their_own(self, watch):
        draft = DeskDraft(watch)
        draft.take([ToolStarted(CALL), ToolStarted(CALL), finished(text="1")])
        assert [one["metadata"]["status"] for one in draft.shown()] == ["done", "pending"]
        draft.take([finished(text="2")])
        assert [one["metadata"]["status"] for one in draft.shown()] == ["done", "done"]

    def test_a_failed_call_is_marked(self, watch):
        draft = DeskDraft(watch)
        draft.take([ToolStarted(CALL), finished(text="No such route.", failed=True)])
        assert draft.shown()[0]["metadata"]["title"].startswith("✗ ")

    @pytest.mark.parametrize(
        "arguments",
        [
            "",
            "null",
            "[1]",
            "not json",
            '{"a": ',
            '"' + MARKED + '"',
            "[" * 100_000,
            '{"a":' * 100_000,
            "9" * 9_999,
        ],
    )
    def test_arguments_that_a_model_garbled_are_shown_all_the_same(self, watch, arguments):
        draft = DeskDraft(watch)
        draft.take([ToolStarted(ToolCall("c1", "look", arguments))])
        title = draft.shown()[0]["metadata"]["title"]
        assert len(title) < 500
        assert is_harmless(rendered(title))

    @pytest.mark.parametrize("words", [HOSTILE, MARKED])
    def test_hostile_names_and_arguments_are_plain_text(self, watch, words):
        draft = DeskDraft(watch)
        draft.take([ToolStarted(ToolCall("c1", words, '{"city": "' + words.replace('"', "'") + '"}'))])
        assert is_harmless(rendered(draft.shown()[0]["metadata"]["title"]))

    @pytest.mark.parametrize(
        "text",
        [
            HOSTILE,
            f"```\n{HOSTILE}\n```",
            f"``````\n{HOSTILE}",
            "`",
            "",
            "~~~",
            "[" * 100_000,
            f"x\n```json\n{MARKED}",
        ],
    )
    def test_no_result_gets_out_of_its_block_of_code(self, watch, text):
        draft = DeskDraft(watch)
        draft.take([ToolStarted(CALL), finished(text=text)])
        assert rendered(texts(draft.shown())[0]).tags == {"pre", "code"}

    def test_a_long_result_is_cut_for_the_eye(self, watch):
        draft = DeskDraft(watch)
        draft.take([ToolStarted(CALL), finished(text="x" * 100_000)])
        [text] = texts(draft.shown())
        assert len(text) < RESULT_CHARACTERS + 50
        assert "…" in text

    def test_turns_are_remembered_and_words_without_one_too(self, watch):
        turn = Turn((AssistantMessage("", (CALL,)), ToolResult("c1", CALL.name, "{}")))
        draft = DeskDraft(watch)
        draft.take([turn, TextDelta("Done."), Turn((AssistantMessage("Done."),)), DONE])
        draft.end()
        assert draft.turns == (*turn.messages, AssistantMessage("Done."))
        draft = DeskDraft(watch)
        draft.take([TextDelta("Half of ")])
        draft.end()
        assert draft.turns == (AssistantMessage("Half of "),)

    def test_words_that_were_stopped_after_a_call_are_remembered(self, watch):
        turn = Turn((AssistantMessage("", (CALL,)), ToolResult("c1", CALL.name, "{}")))
        draft = DeskDraft(watch)
        draft.take([turn, TextDelta("It costs ")])
        draft.end()
        assert draft.turns == (*turn.messages, AssistantMessage("It costs "))

    def test_what_broke_off_stays_and_says_why(self, watch):
        draft = DeskDraft(watch)
        draft.take([TextDelta("Half "), ToolStarted(CALL)])
        draft.fail(StreamCut("The answer broke off.", "Try again."))
        *_, note = texts(draft.end())
        assert "The answer broke off. Try again." in rendered(note).words
        assert note.removesuffix("</small>").endswith("broke off")

    def test_a_call_that_was_never_finished_does_not_look_as_if_it_went_on(self, watch):
        draft = DeskDraft(watch)
        draft.take([ToolStarted(CALL)])
        ended = draft.end()
        assert all((one["metadata"] or {}).get("status") != "pending" for one in ended)


def passage(number=1, words="Bags", dense=0.5):
    return Passage(
        number, words, "policies", f"policies/{words}.md", words, 0, 5, words, Scores(dense, 1.0, 0.9)
    )


class TestKnowledge:
    async def test_passages_come_first_and_the_answer_below_them(self, watch):
        draft = KnowledgeDraft(watch)
        assert (draft.sources, draft.shown(), draft.turns) == (NO_SOURCES, [], ())
        draft.take([Retrieved((passage(1, "A bag weighs 23 kg."), passage(2, dense=None)), 12.3)])
        assert "[2]" in draft.sources
        assert draft.sources.count("meaning") == 1
        draft.take([TextDelta("23 "), TextDelta("kg [1]."), DONE])
        assert texts(await draft.end())[0] == "23 kg [1]."
        assert draft.turns == (AssistantMessage("23 kg [1]."),)

    async def test_a_sentence_that_its_passage_does_not_bear_out_is_marked_with_the_reason(self, watch):
        draft = KnowledgeDraft(watch)
        words = "A checked bag weighs up to 23 kg. A cat travels in the cabin."
        draft.take([Retrieved((passage(1, words),), 1.0)])
        draft.take([TextDelta("A checked bag weighs up to 32 kg [1]. A cat travels in the cabin [1]."), DONE])
        answer, note = texts(await draft.end())
        assert answer == "A checked bag weighs up to 32 kg [1]. ⚠ A cat travels in the cabin [1]."
        assert "32" in note and draft.turns[0].text.count("⚠") == 0

    async def test_an_answer_that_cites_nothing_is_not_doubted(self, watch):
        draft = KnowledgeDraft(watch)
        draft.take(
            [Retrieved((passage(1),), 1.0), TextDelta("The documents do not say who won in 1972."), DONE]
        )
        assert "⚠" not in "".join(texts(await draft.end()))

    def test_that_nothing_was_found_is_shown(self):
        assert "—" in sources_shown((), 3.0)

    @pytest.mark.parametrize("words", [HOSTILE, MARKED, "</pre></details><svg onload=alert(1)>"])
    def test_hostile_titles_paths_and_text_are_plain_text(self, words):
        seen = Tags(sources_shown([passage(words=words)], 1.0))
        assert seen.tags == {"p", "div", "details", "summary", "b", "small", "pre"}
        assert seen.words.count(words) == 4

    @pytest.mark.parametrize("words", [HOSTILE, MARKED])
    async def test_hostile_answers_are_harmless(self, watch, words):
        draft = KnowledgeDraft(watch)
        draft.take([TextDelta(words)])
        draft.fail(StreamCut(words))
        for text in texts(await draft.end()):
            assert is_harmless(rendered(text.replace("<small>", "").replace("</small>", "")))
