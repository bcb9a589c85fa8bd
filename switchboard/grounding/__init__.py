"""Which sentences of a text its sources bear out: by their words, figures, dates and names alone.

It runs no model and knows nothing of the world, so an honest paraphrase in quite other words may be doubted,
and a change that leaves every word in its place may pass; how often is measured in ``tests/grounding``.

Files, from the bottom up::

    wording.txt      words that stand for one another, contradict one another or claim something by themselves
    wording.py       words as they are compared
    months.py        the names of months
    numerals.py      numbers in words
    figures.py       numbers and dates as values
    tokens.py        what a text is cut into
    bounds.py        "at least" and "up to" beside a number
    ranges.py        "3 to 5 million"
    amounts.py       numbers, dates and times put together
    facts.py         a text → its tokens

    units.py         a source → its sentences, items and rows, with what stands above them
    evidence.py      which units hold a word or a number
    naming.py        the names in a claim
    derived.py       what the numbers of a unit add up to
    rivals.py        which of several facts in one sentence a claim's words belong to
    reading.py       a claim beside the evidence: its facts and words, and the units that hold them
    alignment.py     the units that a claim is read against

    signs.py         what speaks against a claim, and how much
    directions.py    from one to another
    subjects.py      facts in a sentence that is of something else
    placing.py       facts that fit another sentence better
    tables.py        facts and words of another row
    exchanges.py     two things that have changed places
    trends.py        up for down
    negation.py      a "not" too many or too few
    contrast.py      an "all", an opposite, a bound, a plan told as done
    strange.py       words that the sources do not have
    bearing.py       all of them together → whether the evidence bears a claim out

    claims.py        a text → its claims and what they cite
    checking.py      a text and its sources → what became of each sentence

Use ``check(text, sources)``.
"""

from switchboard.grounding.checking import Checked, NoClaim, Supported, Unsupported, Verdict, check

__all__ = ["Checked", "NoClaim", "Supported", "Unsupported", "Verdict", "check"]
