"""The errors that a person may read.

Each says what happened and what to do about it::

    SwitchboardError
    ├── BadInput                what was typed, attached or sent cannot be used
    │   ├── TooLarge            it is over a limit
    │   └── UnknownChoice       it names a provider, model or option that does not exist
    ├── NotFound                no such conversation, page or record for this visitor
    ├── Busy                    too much is running already
    ├── AddressRefused          an address that this page does not connect to
    ├── PageUnreadable          an address was reached, its text could not be read
    ├── ToolError               a tool's expected failure; the model reads it as text
    ├── DataDamaged             a file of ours is missing, altered or from another version
    └── BackendError            a model's provider did not answer as asked
        ├── MissingKey          no key was given
        ├── KeyRefused          the key was given, the provider does not take it
        ├── OutOfCredit         the account has nothing left
        ├── RateLimited         too many requests; ``retry_after`` in seconds where it is known
        ├── Overloaded          the provider is up, too busy or broken
        ├── Unreachable         no connection to the address
        ├── TimedOut            connected, no answer in time
        ├── StreamCut           the answer broke off half-way
        ├── UnknownModel        the provider has no such model
        ├── ContextTooLong      the conversation does not fit into the model's window
        ├── Unsupported         the model cannot do what was asked (tools, images, a schema)
        └── RequestRefused      any other refusal, in the provider's own words

Bugs are not in this tree: they raise as what they are.
"""


class SwitchboardError(Exception):
    """What happened, in ``what``, with what to do about it, in ``fix``.

    Both are whole sentences, safe to show to a stranger: no key, no file path, no address of the server.
    """

    def __init__(self, what: str, fix: str = "") -> None:
        super().__init__(what, fix)
        self.what = what
        self.fix = fix

    def __str__(self) -> str:
        return f"{self.what} {self.fix}".strip()


class BadInput(SwitchboardError):
    """What was typed, attached or sent cannot be used."""


class TooLarge(BadInput):
    """The input is over a limit."""


class UnknownChoice(BadInput):
    """The input names a provider, model or option that does not exist."""


class NotFound(SwitchboardError):
    """There is no such record for this visitor."""


class Busy(SwitchboardError):
    """Too much is running already."""


class AddressRefused(SwitchboardError):
    """This page does not connect to that address."""


class PageUnreadable(SwitchboardError):
    """The address was reached but its text could not be read."""


class ToolError(SwitchboardError):
    """A tool's expected failure, passed to the model as text."""


class DataDamaged(SwitchboardError):
    """A file of ours is missing, altered or from another version."""


class BackendError(SwitchboardError):
    """A model's provider did not answer as asked."""


class MissingKey(BackendError):
    """No key was given."""


class KeyRefused(BackendError):
    """The provider does not take the key."""


class OutOfCredit(BackendError):
    """The account has nothing left."""


class RateLimited(BackendError):
    """Too many requests; ``retry_after`` is in seconds, or ``None`` where the provider did not say."""

    def __init__(self, what: str, fix: str = "", retry_after: float | None = None) -> None:
        super().__init__(what, fix)
        self.retry_after = retry_after


class Overloaded(BackendError):
    """The provider is up but too busy, or broken."""


class Unreachable(BackendError):
    """There is no connection to the provider's address."""


class TimedOut(BackendError):
    """The provider was connected but did not answer in time."""


class StreamCut(BackendError):
    """The answer broke off half-way."""


class UnknownModel(BackendError):
    """The provider has no such model."""


class ContextTooLong(BackendError):
    """The conversation does not fit into the model's window."""


class Unsupported(BackendError):
    """The model cannot do what was asked."""


class RequestRefused(BackendError):
    """The provider refused, for a reason of its own."""
