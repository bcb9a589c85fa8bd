"""What somebody wants of a brochure: tone, language, length, readers, contents.

The wishes as values, checked, and as the words that a model is told. What is on the pages is not covered.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from switchboard.errors import BadInput, TooLarge, UnknownChoice

WISH_CHARACTERS = 300
TONES = ("formal", "friendly", "humorous")
LANGUAGES: Mapping[str, str] = {
    "en": "English", "ar": "Arabic", "cs": "Czech", "da": "Danish", "de": "German", "el": "Greek",
    "es": "Spanish", "fi": "Finnish", "fr": "French", "he": "Hebrew", "hi": "Hindi", "hu": "Hungarian",
    "id": "Indonesian", "it": "Italian", "ja": "Japanese", "ko": "Korean", "nl": "Dutch",
    "no": "Norwegian", "pl": "Polish", "pt": "Portuguese", "ro": "Romanian", "ru": "Russian",
    "sv": "Swedish", "th": "Thai", "tr": "Turkish", "uk": "Ukrainian", "vi": "Vietnamese", "zh": "Chinese",
}  # fmt: skip
"""Languages to write in: their BCP 47 tags with their English names."""


class Length(StrEnum):
    """How long a brochure is."""

    SHORT = "short"
    MEDIUM = "medium"
    LONG = "long"


class Audience(StrEnum):
    """Whom a brochure is written for."""

    EVERYONE = "everyone"
    CUSTOMERS = "customers"
    INVESTORS = "investors"
    RECRUITS = "recruits"


class Topic(StrEnum):
    """What a brochure may hold."""

    OFFER = "what it offers"
    CUSTOMERS = "whom it serves"
    FIGURES = "figures"
    COMPANY = "the company and its people"
    CAREERS = "working there"
    NEWS = "news"
    CONTACT = "how to reach it"


WORDS = {Length.SHORT: (150, 250), Length.MEDIUM: (300, 600), Length.LONG: (700, 1_100)}
"""How many words of a brochure a model is asked for, from and to."""
SENTENCES = {Length.SHORT: 8, Length.MEDIUM: 16, Length.LONG: 30}
"""How many sentences are quoted where no model writes."""
_SUMMARY_SHARE = 3
"""How many times shorter than a brochure a summary is."""
_FIRST = {
    Audience.EVERYONE: tuple(Topic),
    Audience.CUSTOMERS: (Topic.OFFER, Topic.CUSTOMERS, Topic.CONTACT),
    Audience.INVESTORS: (Topic.FIGURES, Topic.COMPANY, Topic.NEWS),
    Audience.RECRUITS: (Topic.CAREERS, Topic.COMPANY, Topic.NEWS),
}
_READERS = {
    Audience.EVERYONE: "customers, investors and people who may want to work there",
    Audience.CUSTOMERS: "people who may buy from it",
    Audience.INVESTORS: "investors: sober, with the figures",
    Audience.RECRUITS: "people who may want to work there",
}


@dataclass(frozen=True, slots=True)
class Brief:
    """The wishes for one brochure."""

    tone: str = ""
    """One of ``TONES`` or one's own words; empty leaves it plain."""
    language: str = ""
    """A key of ``LANGUAGES``; empty for that of the pages."""
    length: Length = Length.MEDIUM
    audience: Audience = Audience.EVERYONE
    topics: frozenset[Topic] = frozenset(Topic)
    wishes: str = ""
    """What else it should hold, in one's own words."""

    @property
    def ordered_topics(self) -> tuple[Topic, ...]:
        """The topics in the order in which these readers want them."""
        first = _FIRST[self.audience]
        wanted = (*first, *(topic for topic in Topic if topic not in first))
        return tuple(topic for topic in wanted if topic in self.topics)

    @property
    def instructions(self) -> str:
        """The wishes as a list for the model's prompt."""
        return _listed(
            f"Readers: {_READERS[self.audience]}.",
            f"Contents, in this order: {'; '.join(self.ordered_topics)}.",
            *self._manner(1),
        )

    @property
    def summary_instructions(self) -> str:
        """The wishes that a summary of one page can meet, as a list for the model's prompt."""
        return _listed(*self._manner(_SUMMARY_SHARE))

    def _manner(self, shorter: int) -> Iterator[str]:
        low, high = WORDS[self.length]
        yield f"Length: {low // shorter} to {high // shorter} words."
        yield f"Language: {LANGUAGES.get(self.language, 'the language of the sources')}."
        yield f"Tone: {self.tone or 'plain and confident'}."
        if self.wishes:
            yield f"Also wanted, as far as the sources hold it: {self.wishes}"


def _listed(*lines: str) -> str:
    return "\n".join(f"- {line}" for line in lines)


def checked_brief(
    tone: object, language: object, length: object, audience: object, topics: object, wishes: object
) -> Brief:
    """The wishes as a page or a program sends them; ``None`` stands for the usual.

    Raises:
        BadInput: one's own words are no text on one line, or too long.
        UnknownChoice: a language, length, audience or topic that there is not.
    """
    if topics is None:
        topics = list(Topic)
    if not isinstance(topics, list | tuple) or not topics:
        raise BadInput("The brochure would hold nothing.", "Tick at least one of its contents.")
    return Brief(
        tone=_words(tone, "tone"),
        language=_choice(language or "", {"", *LANGUAGES}, "language"),
        length=Length(_choice(length or Length.MEDIUM, set(Length), "length")),
        audience=Audience(_choice(audience or Audience.EVERYONE, set(Audience), "audience")),
        topics=frozenset(Topic(_choice(topic, set(Topic), "content")) for topic in topics[: len(Topic)]),
        wishes=_words(wishes, "wish"),
    )


def checked_language(language: object) -> str:
    """A key of ``LANGUAGES``.

    Raises:
        UnknownChoice: it is none.
    """
    return _choice(language, set(LANGUAGES), "language")


def _choice(value: object, known: set[str], what: str) -> str:
    if not isinstance(value, str) or value not in known:
        raise UnknownChoice(f"There is no such {what}.", "Choose one from the list.")
    return value


def _words(value: object, what: str) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise BadInput(f"The {what} is no text.", "Type it in words.")
    words = " ".join(value.split())
    if len(words) > WISH_CHARACTERS:
        raise TooLarge(f"The {what} is longer than {WISH_CHARACTERS} characters.", "Shorten it.")
    if not words.isprintable():
        raise BadInput(f"The {what} holds a character that cannot be shown.", "Type it in words.")
    return words
