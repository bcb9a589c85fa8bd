"""A brochure, and the summary of a page, in the site's own sentences.

Every sentence, line and row is taken word for word from a page and followed by the page's number; only the
headings of the sections are ours. What can be quoted is found in ``quote_finding.py``, composed in
``composing.py``.
"""

from collections.abc import Sequence

from switchboard.brochure.brief import SENTENCES, Brief
from switchboard.brochure.composing import Composer
from switchboard.brochure.events import PageKind
from switchboard.brochure.quote_finding import QuoteFinder
from switchboard.brochure.quoted_markdown import escaped
from switchboard.brochure.quoting_words import guessed_language, words_of
from switchboard.brochure.worth import Judge
from switchboard.messages import Source

_LEAST = 3
"""Quotations under which it is said that there was little."""
_USUAL = Brief()


def quoted_brochure(
    company: str,
    sources: Sequence[Source],
    kinds: Sequence[PageKind],
    brief: Brief = _USUAL,
    *,
    language: str = "",
) -> str:
    """A brochure in Markdown, with ``[n]`` after every sentence of page ``n``.

    Args:
        company: its name, as typed.
        sources: the pages, the home page first.
        kinds: what each of them is for.
        brief: its length, topics and readers; a site is quoted in its own language and tone. Lists and tables
            come on top of the sentences.
        language: of the pages, such as ``de``; guessed where it is empty.
    """
    words = words_of(language or guessed_language(source.text for source in sources))
    judge = Judge(words, company)
    finder = QuoteFinder(judge, company)
    for source, kind in zip(sources, kinds, strict=True):
        finder.read(source, kind)
    numbers = (source.number for source in sources)
    composer = Composer(finder.found, judge, dict(zip(numbers, kinds, strict=True)))
    parts = [f"# {escaped(company)}", composer.standfirst()]
    for topic, body in composer.sections(brief.ordered_topics, SENTENCES[brief.length] - 1):
        parts += [f"## {words.headings[topic]}", body]
    if composer.quoted < _LEAST:
        parts.append(words.little)
    return "\n\n".join(filter(None, parts)) + "\n"


def quoted_summary(page: Source, sentences: int, language: str = "") -> str:
    """The summary of one page in Markdown, in the page's order, with its number after every sentence.

    Args:
        page: the page.
        sentences: about how many.
        language: of the page, such as ``de``; guessed where it is empty.
    """
    words = words_of(language or guessed_language([page.text]))
    judge = Judge(words, "")
    finder = QuoteFinder(judge, "")
    finder.read(page, PageKind.ABOUT)
    composer = Composer(finder.found, judge, {})
    parts = [f"# {escaped(page.title)}", *composer.summary(max(1, sentences))]
    if composer.quoted < min(_LEAST, sentences):
        parts.append(words.little)
    return "\n\n".join(filter(None, parts)) + "\n"
