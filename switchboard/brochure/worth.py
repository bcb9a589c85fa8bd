"""What a sentence of a site is worth to a brochure.

Facts before slogans: figures, dates and names count for a sentence, an address to the reader counts against
it. Words tell, meaning is not understood. Which sentences are chosen is decided in ``quoting.py``.
"""

import re

from switchboard.brochure.quoting_words import QuotingWords

LONGEST = 420
"""Characters of a sentence that is quoted, at most."""
_BARE = 16
"""Characters of a figure that stands alone."""
_FEWEST, _MOST = 4, 60
"""Words of one."""
_MONTH = r"[^\W\d_]{3,12}\.?"
_DAY = r"\d{1,2}(?:st|nd|rd|th|er|º|\.)?"
_YEAR = r"(?:19|20)\d\d"
DATE = re.compile(
    rf"\b(?:{_DAY}\s(?:de\s)?{_MONTH},?\s(?:de\s)?{_YEAR}|{_MONTH}\s{_DAY},?\s{_YEAR}|"
    rf"\d{{1,2}}[./]\d{{1,2}}[./](?:{_YEAR}|\d\d)|{_YEAR}-\d\d-\d\d)\b"
)
_PLAIN_YEAR = re.compile(rf"{_YEAR}\Z")
_FIGURE = re.compile(
    r"(?<![\w/:.-])(?:[$€£¥₹]\s?)?\d{1,15}(?:[.,'’\u00a0\u202f]\d{1,3}){0,5}(?:\s?[%€£¥₹$]|(?![\w/:-]))"
)
_NAME = re.compile(r"(?<=[\w,;:] )[^\W\d_a-zß-ÿ][\w-]+")
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\u0e00-\u0e7f]")
_END = re.compile(r"[.!…。！।][\"'”’»“)\]」』]{0,3}\Z")
_ASKS = ("?", "？", "؟", ";?")
_QUOTES = '"“”„«»「」'
_LEGAL = re.compile(
    r",?\s(?:inc|ltd|llc|plc|gmbh|ag|kg|se|sa|s\.a|sas|sarl|srl|s\.r\.l|spa|s\.p\.a|bv|b\.v|nv|lda|co|corp|limited|"
    r"company|corporation|gmbh & co\.? kg)\.?\Z"
)


def word_count(text: str) -> int:
    """How many words a text has; two characters make one where words are not spaced."""
    return len(text.split()) + len(_UNSPACED.findall(text)) // 2


def figures(text: str) -> list[str]:
    """The amounts and counts in a text: no dates, years, times or numbers of flights and models."""
    if not any(map(str.isdigit, text)):
        return []
    found = [figure.strip() for figure in _FIGURE.findall(DATE.sub(" ", text))]
    return [figure for figure in found if not _PLAIN_YEAR.match(figure)]


def is_bare_figure(text: str) -> bool:
    """Whether it is a figure and nothing else, such as ``4,100`` or ``11 days``."""
    is_short = 0 < len(text) <= _BARE and len(text.split()) <= 2
    return is_short and text[-1] not in ".!?" and bool(figures(text.rstrip("+")))


class Judge:
    """Judges sentences in one language, for one company.

    Args:
        words: of the language.
        company: its name, with or without its legal form; empty where it is not known.
    """

    def __init__(self, words: QuotingWords, company: str) -> None:
        self._words = words
        name = " ".join(company.casefold().split())
        self._name = _LEGAL.sub("", name) or name

    def is_sentence(self, text: str) -> bool:
        """Whether it has an end, and the size of one."""
        return len(text) <= LONGEST and _FEWEST <= word_count(text) <= _MOST and bool(_END.search(text))

    def is_welcome(self, text: str, *, orders: bool = False) -> bool:
        """Whether it is more than a signpost, a notice, a question, a lone quotation or a call to the reader.

        Args:
            text: a sentence, a heading or an item of a list.
            orders: whether it may tell the reader to do something.
        """
        begun = _begun(text)
        if text.endswith(_ASKS) or text.startswith("¿") or "©" in text or "://" in text:
            return False
        if text[0] in _QUOTES and text[-1] in _QUOTES:
            return False
        if not orders and (self._words.orders.match(begun) or text.endswith(("!", "！"))):
            return False
        return not self._words.crumbs.search(begun)

    def depends(self, text: str) -> bool:
        """Whether it leans on a sentence before it: “It …”, “However, …”, “Today they …”."""
        begun = _begun(text)
        if text[:1].islower() or self._words.dependent.match(begun):
            return True
        return any(word.strip(",;:") in self._words.pronouns for word in begun.split(maxsplit=3)[:3])

    def refers(self, text: str) -> bool:
        """Whether, further down a paragraph, it may speak of what was just named: “The project …”."""
        return _begun(text).partition(" ")[0] in self._words.definite

    def tells(self, text: str) -> bool:
        """Whether it holds one of the verbs that are known; true where none is."""
        known = self._words.verbs | self._words.auxiliary
        return not self._words.verbs or not known.isdisjoint(text.lower().split())

    def is_of_history(self, text: str) -> bool:
        """Whether it tells of how the company began or where it sits."""
        return bool(self._words.founded.search(text.lower()))

    def worth(self, text: str) -> float:
        """What it is worth, about -1 to 3."""
        lowered = text.lower()
        words = lowered.split()
        size = word_count(text)
        amounts = len(figures(text))
        worth = (0.0, 0.8, 1.1)[min(amounts, 2)]
        worth += 0.25 if any(sign in text for sign in "%€$£¥₹") else 0.0
        worth += 0.4 if re.search(_YEAR, text) else 0.0
        worth += 0.3 if not self._words.ours.isdisjoint(words) else 0.0
        worth += 0.15 * min(2, len(_NAME.findall(text)))
        worth += 0.4 if self._name and self._name in lowered else 0.0
        worth -= 0.5 * min(2, len(self._words.slogans.findall(lowered)))
        worth -= 0.3 if "you" in words or "sie" in words[1:] else 0.0
        worth -= 0.6 if text.endswith(("!", "！")) else 0.0
        worth -= 0.08 * max(0, 8 - size) + 0.03 * max(0, size - 32)
        if not self.tells(text):
            worth -= 2.0 if ":" in text else 0.7
        return worth

    def definition(self, text: str) -> float:
        """How well it says what the company does; 0 where it does not say it."""
        lowered = " ".join(text.casefold().split())
        at = lowered.find(self._name) if self._name else -1
        first = _begun(text).partition(" ")[0]
        if 0 <= at <= 25:
            value, after = 2.0, lowered[at + len(self._name) :]
        elif first in self._words.we:
            value, after = 1.2, lowered.partition(" ")[2]
        elif first in self._words.verbs:
            value, after = 0.8, lowered
        else:
            return 0.0
        following = [word.strip(",.;:") for word in after.split(maxsplit=6)[:5]]
        verb = next((place for place, word in enumerate(following) if word in self._words.verbs), None)
        if verb is not None:
            value += 1.6 - 0.2 * verb - (0.3 if self.is_of_history(text) else 0.0)
        elif value < 2 or not (
            any(word in self._words.auxiliary for word in following) or not self._words.verbs
        ):
            return 0.0
        else:
            value -= 0.8 if self.is_of_history(text) else 0.0
        value -= 0.5 * min(2, len(self._words.slogans.findall(lowered)))
        size = word_count(text)
        return max(0.1, value - 0.1 * max(0, 8 - size) - 0.04 * max(0, size - 30))


def _begun(text: str) -> str:
    return text.lower().lstrip(_QUOTES + "'‘’([¡¿*–— ")
