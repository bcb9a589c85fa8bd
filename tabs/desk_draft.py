"""An answer of the airline's desk while it is written: its text, with its calls as folded steps between."""

import json
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from switchboard.agent import ToolFinished, ToolStarted, Turn
from switchboard.errors import SwitchboardError
from switchboard.messages import AssistantMessage, Message, TextDelta, ToolCall
from switchboard.records import Ending
from switchboard.timing import AnswerWatch
from tabs.transcript import Shown, answer_shown, message, note_shown, plain

if TYPE_CHECKING:
    from switchboard.airline.desk import DeskEvent

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

    @property
    def begun(self) -> bool:
        """Whether there is anything of it."""
        return bool(self._pieces)

    def take(self, batch: "Iterable[DeskEvent]") -> None:
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
    arguments = _arguments(step.call)
    title = plain(f"{step.call.name}({_on_a_line(arguments)})"[:200])
    if step.finished is None:
        mark, status = ("✗", "done") if ended else ("⚙", "pending")
        return message("assistant", "", {"title": f"{mark} {title}", "status": status})
    result = step.finished.result
    metadata = {
        "title": f"{'✗' if result.failed else '✓'} {title}",
        "status": "done",
        "log": f"{step.finished.seconds * 1000:,.0f} ms",
    }
    text = _fenced(result.text)
    if _is_nested(arguments):
        text = f"Arguments\n\n{_fenced(step.call.arguments)}\n\nResult\n\n{text}"
    return message("assistant", text, metadata)


def _arguments(call: ToolCall) -> Any:
    """The arguments as they were meant, or as they were written where that is no JSON."""
    try:
        return json.loads(call.arguments or "{}")
    except (ValueError, RecursionError):
        return call.arguments


def _on_a_line(arguments: Any) -> str:
    """The arguments for a title: what is nested in them is counted only."""
    if not isinstance(arguments, dict):
        return str(arguments)
    return ", ".join(f"{name}: {_brief(value)}" for name, value in arguments.items())


def _brief(value: Any) -> str:
    if isinstance(value, list | dict):
        return f"{len(value)} item{'' if len(value) == 1 else 's'}"
    return str(value)


def _is_nested(arguments: Any) -> bool:
    return isinstance(arguments, dict) and any(isinstance(one, list | dict) for one in arguments.values())


def _fenced(text: str) -> str:
    """A tool's result as code, which shows every character as it is; JSON is laid out."""
    with suppress(ValueError, RecursionError):
        text = json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    shown = text[:RESULT_CHARACTERS] + ("\n…" if len(text) > RESULT_CHARACTERS else "")
    fence = "`" * max(3, *(len(run) + 1 for run in _backticks(shown)), 3)
    return f"{fence}json\n{shown}\n{fence}"


def _backticks(text: str) -> list[str]:
    return [run for run in "".join(c if c == "`" else " " for c in text).split() if run]
