"""What the built-in reader says of its own, and how it tells what a message is about.

Its sentences are fixed. What it quotes comes from ``reader_answers.py``.
"""

import re
from collections.abc import Sequence
from enum import Enum, auto

from switchboard.tools import Tool
from switchboard.wishes import for_people

NO_MODEL = "I am the built-in reader, no language model: I find and quote, and write nothing of my own."
SWITCH_ON = (
    "To converse freely, switch a language model on in the model bar above: choose **OpenAI** or **Claude** "
    "and paste a key, or install **Ollama** and choose it (free, on your own machine)."
)
CAN = (
    "Attach a text, Markdown, CSV, HTML or PDF file and ask about it or for a summary: I answer in its own "
    "words, with the place. I also answer questions about this application from its manual."
)
CANNOT_SEE = (
    "I cannot see pictures. Choose a model that can, such as one of OpenAI's or Claude's, in the model bar."
)
UNANSWERED = "I found no answer to that in this application's manual, and I do not guess."
NOT_IN_SOURCES = "The sources do not answer this."
NOT_IN_FILES = "The attached text does not answer this."
CUT = "Only the first {:,} characters of the attached text were read."
NEAREST = "The passage that shares most words with the question is:"
OTHER_WORDS = (
    "I compare words, so asking in the text's own words may help; a language model in the model bar above "
    "understands others."
)
NOTHING_TO_SUM_UP = "There is no sentence here to sum up."


class Talk(Enum):
    """Small talk that has an answer of its own."""

    GREETING = auto()
    THANKS = auto()
    FAREWELL = auto()
    IDENTITY = auto()
    ABILITIES = auto()


_END = (
    r"(?:[\s,!.?]+(?:there|reader|everyone|friend|again|you|so much|very much|a lot|all|for.{0,40}))*[\s!.?]*"
)
_GREETINGS = r"hello|hi|hey|hiya|good (?:morning|afternoon|evening|day)|greetings|namaste|hola|bonjour|hallo"
_HOW_ARE_YOU = r"how are you.*|what['’]?s up.*"
_TALK = (
    (Talk.GREETING, rf"(?:{_GREETINGS}){_END}(?:{_HOW_ARE_YOU})?|{_HOW_ARE_YOU}"),
    (Talk.THANKS, rf"(?:(?:many |ok |okay )?(?:thanks|thank you|thx|cheers)){_END}"),
    (Talk.THANKS, rf"(?:great|nice|cool|perfect|awesome|ok|okay){_END}"),
    (Talk.FAREWELL, rf"(?:bye|goodbye|good night|see you){_END}"),
    (Talk.IDENTITY, r"(?:who|what) (?:exactly )?are you.*|what(?:['’]s| is) your name.*"),
    (
        Talk.IDENTITY,
        r"are you (?:an? |the )?(?:ai|bot|robot|human|person|real|chatgpt|gpt|claude|model|llm)\b.*",
    ),
    (Talk.IDENTITY, r"(?:what|which) (?:language )?model (?:is this|are you|am i).*"),
    (Talk.ABILITIES, r"(?:help(?: me)?|how (?:can|do) you help(?: me)?|how does this work)[\s!.?]*"),
    (Talk.ABILITIES, r"what (?:can|do) (?:you|i) do(?: here)?[\s!.?]*"),
    (Talk.ABILITIES, r"what (?:can|should|could) i ask(?: you)?[\s!.?]*"),
)
_TALK_FORMS = tuple((talk, re.compile(form)) for talk, form in _TALK)
_SWITCHING = re.compile(
    r"\bhow\b.*\b(?:switch|turn|choose|use|connect|enable|change|select|add|get|paste|set ?up)\b.*"
    r"\b(?:models?|openai|gpt\S*|chatgpt|claude|anthropic|ollama|llms?|keys?)\b"
)
_SUMMARY = re.compile(
    r"\b(?:summar(?:y|ies|i[sz]e[sd]?|i[sz]ing)|sum (?:it|this|that|them|these|up)\b|brochure|overview|"
    r"tl;?dr|abstract|digest|outline|gist|(?:key|main) (?:points?|facts|ideas|takeaways)|takeaways|"
    r"what(?:['’]s| is| are) (?:this|it|these|that|the (?:files?|documents?|texts?|pages?|pdf))"
    r"(?: \w+)? (?:about|saying))\b"
)
_WRITING = re.compile(
    r"\s*(?:please )?(?:write|create|make|draft|compose|prepare|produce|generate|present)\b"
)
_ASKING = re.compile(
    r"\b(?:does|did|where|which|say|mention)\b.*\b(?:summary|overview|brochure|outline|abstract)\b.*\?"
)
_REQUEST_WORDS = re.compile(
    r"\b(?:summar\w+|sum|up|brochure|overview|tl;?dr|abstract|digest|outline|gist|key|main|points?|facts|ideas|"
    r"takeaways|write|create|make|draft|compose|prepare|produce|generate|present|short|brief|long|please|give|"
    r"file|document|text|page|pages|pdf|attached|attachment|article|report|section|chapter|company|following|"
    r"sentences?|words?|bullets?|paragraphs?|sources?|markdown|one|two|three|four|five|\d+)\b"
)


def small_talk(text: str) -> Talk | None:
    """The small talk that a whole message is, if it is any."""
    said = " ".join(text.casefold().split())[:200]
    return next((talk for talk, form in _TALK_FORMS if form.fullmatch(said)), None)


def asks_how_to_switch(text: str) -> bool:
    """Whether a message asks how to switch a language model on."""
    return bool(_SWITCHING.search(text.casefold()[:300]))


def wants_summary(text: str) -> bool:
    """Whether a message asks for a summary, a brochure or the like; one without words does."""
    said = text.casefold()[:2_000]
    if not said.strip():
        return True
    if _ASKING.search(said):
        return False
    return bool(_SUMMARY.search(said)) or (bool(_WRITING.match(said)) and not said.rstrip().endswith("?"))


def summary_focus(text: str) -> str:
    """What a wish for a summary says beyond that, such as a section; a brochure is about all."""
    if "brochure" in text.casefold():
        return ""
    return _REQUEST_WORDS.sub(" ", text.casefold()[:300])


def abilities(tools: Sequence[Tool]) -> str:
    """What the reader can do with those of the tools that people can ask for, from their descriptions."""
    asked = for_people(tools)
    firsts = [re.split(r"[.!?,:]\s|[.]$", tool.description, maxsplit=1)[0] for tool in asked]
    lines = [f"- {' '.join(first.split())}" for first in firsts]
    return "\n".join(["I have these tools here:", "", *lines]) if lines else CAN


def talked(talk: Talk, can: str) -> str:
    """The answer to small talk; ``can`` says what the reader can do here."""
    match talk:
        case Talk.THANKS:
            return "You are welcome."
        case Talk.FAREWELL:
            return "Goodbye."
        case Talk.GREETING:
            return f"Hello! {NO_MODEL}\n\n{can}\n\n{SWITCH_ON}"
        case Talk.IDENTITY | Talk.ABILITIES:
            return f"{NO_MODEL}\n\n{can}\n\n{SWITCH_ON}"
