"""Which sentences of a text its sources bear out: by their words, figures, dates and names alone.

It runs no model and knows nothing of the world, so an honest paraphrase in quite other words is doubted, and
a change that leaves every word in its place may pass; how often is measured in ``tests/grounding``.
"""

from switchboard.grounding.checking import Checked, NoClaim, Supported, Unsupported, Verdict, check

__all__ = ["Checked", "NoClaim", "Supported", "Unsupported", "Verdict", "check"]
