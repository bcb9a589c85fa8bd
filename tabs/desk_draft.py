"""An answer of the airline's desk while it is written: its text, with its calls as folded steps between."""

import json
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass

from switchboard.agent import AgentEvent, ToolFinished, ToolStarted, Turn
from switchboard.errors import SwitchboardError
from switchboard.messages import AssistantMessage, Message, TextDelta, ToolCall
from switchboard.records import Ending
from switchboard.timing import AnswerWatch
from tabs.transcript import Shown, answer_shown, message, note_shown, plain

RESULT_CHARACTERS = 4_000
"""As much of a tool's result as is shown; the model reads more."""


@dataclass(frozen=True, slots=True)
class _Step:
    """A call, with its end where that has come."""

    call: ToolCall
    finished: ToolFinished | None = None


class DeskDraft:
    """What there is of the answer so far.

    Attributes:
        turns: what is to be remembered of it for the model.
    """

    def __init__(self, watch: AnswerWatch) -> None:
        self.turns: tuple[Message, ...] = ()
        self._watch = watch
        self._pieces: list[str | _Step] = []
        self._said = ""
        self._ending: Ending | None = None

    def take(self, batch: Iterable[AgentEvent]) -> None:
        """Add the events of a batch."""
        for event in batch:
            self._watch.see(event)
            match event:
                case TextDelta(piece):
                    self._said += piece
                    self._add_text(piece)
                case ToolStarted(call):
                    self._pieces.append(_Step(call))
                case ToolFinished(call):
                    self._pieces[self._pieces.index(_Step(call))] = _Step(call, event)
                case Turn(messages):
                    self.turns, self._said = (*self.turns, *messages), ""

    def fail(self, error: SwitchboardError) -> None:
        """The answer broke off: keep what there is, and say why."""
        self._watch.warn(str(error))
        self._ending = Ending.FAILED

    def end(self) -> list[Shown]:
        """The whole answer, with how it came about; what was said after the last ``Turn`` is remembered."""
        if self._said:
            self.turns, self._said = (*self.turns, AssistantMessage(self._said)), ""
        return [*self._shown(ended=True), note_shown(self._watch.note(self._ending))]

    def shown(self) -> list[Shown]:
        """What there is so far."""
        return self._shown(ended=False)

    def _shown(self, ended: bool) -> list[Shown]:
        shown: list[Shown] = []
        for piece in self._pieces:
            shown += answer_shown(piece) if isinstance(piece, str) else [_step_shown(piece, ended)]
        return shown

    def _add_text(self, piece: str) -> None:
        if self._pieces and isinstance(last := self._pieces[-1], str):
            self._pieces[-1] = last + piece
        else:
            self._pieces.append(piece)


def _step_shown(step: _Step, ended: bool) -> Shown:
    title = plain(f"{step.call.name}({_arguments(step.call)})"[:200])
    if step.finished is None:
        mark, status = ("✗", "done") if ended else ("⚙", "pending")
        return message("assistant", "", {"title": f"{mark} {title}", "status": status})
    result = step.finished.result
    metadata = {
        "title": f"{'✗' if result.failed else '✓'} {title}",
        "status": "done",
        "log": f"{step.finished.seconds * 1000:,.0f} ms",
    }
    return message("assistant", _fenced(result.text), metadata)


def _arguments(call: ToolCall) -> str:
    try:
        values = json.loads(call.arguments or "{}")
    except (ValueError, RecursionError):
        return call.arguments
    if not isinstance(values, dict):
        return call.arguments
    return ", ".join(f"{name}: {value}" for name, value in values.items())


def _fenced(text: str) -> str:
    """A tool's result as code, which shows every character as it is; JSON is laid out."""
    with suppress(ValueError, RecursionError):
        text = json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    shown = text[:RESULT_CHARACTERS] + ("\n…" if len(text) > RESULT_CHARACTERS else "")
    fence = "`" * max(3, *(len(run) + 1 for run in _backticks(shown)), 3)
    return f"{fence}json\n{shown}\n{fence}"


def _backticks(text: str) -> list[str]:
    return [run for run in "".join(c if c == "`" else " " for c in text).split() if run]
