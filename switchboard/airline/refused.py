"""A refusal by one of the airline's rules."""

from switchboard.errors import ToolError


class Refused(ToolError):
    """A rule forbids an action; a model reads which one and why, so that it can explain.

    Args:
        rule: the rule in words, without a full stop.
        why: what in this case is against it, whole sentences.
    """

    def __init__(self, rule: str, why: str) -> None:
        super().__init__(f"The airline's rules do not allow it: {rule}.", why)
        self.rule = rule
