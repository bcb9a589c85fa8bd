"""What is asked for in the Brochure tab: the company, the address, how the text is written.

Layout, and reading what a browser sends of it; nothing a browser sends is taken on trust.
"""

from typing import Any

import gradio as gr

from switchboard.brochure.brief import (
    LANGUAGES,
    TONES,
    WISH_CHARACTERS,
    Audience,
    Length,
    Topic,
)
from switchboard.brochure.links import registered_domain
from switchboard.brochure.reading import MOST_PAGES, NAME_CHARACTERS, PAGES, SitePlan
from switchboard.errors import BadInput
from switchboard.inputs import text_of

BROCHURE, SUMMARY = "brochure", "summary"
ADDRESS_CHARACTERS = 2_000
_DOMAINS = 5
_THEIRS = ("The site’s own", "")


class BrochureFields:
    """The fields in their order."""

    def __init__(self) -> None:
        self.kind = gr.Radio(
            [("Brochure of a company", BROCHURE), ("Summary of one page", SUMMARY)],
            value=BROCHURE,
            show_label=False,
            container=False,
            elem_id="brochure-kind",
        )
        self.address = gr.Textbox(
            label="Web address",
            max_lines=1,
            max_length=ADDRESS_CHARACTERS,
            placeholder="www.example.com",
            elem_id="brochure-address",
        )
        self.company = gr.Textbox(
            label="Company (empty: as the site calls it)",
            max_lines=1,
            max_length=NAME_CHARACTERS,
            elem_id="brochure-company",
        )
        with gr.Accordion("Readers, tone, language, length, contents", open=False, elem_id="brochure-wishes"):
            self._lay_out_manner()
            self._lay_out_contents()

    def _lay_out_manner(self) -> None:
        with gr.Row():
            self.audience = gr.Dropdown(
                [(one.capitalize(), one.value) for one in Audience],
                value=Audience.EVERYONE.value,
                label="Readers",
                min_width=130,
                elem_id="brochure-audience",
            )
            self.tone = gr.Dropdown(
                [("Plain", ""), *((tone.capitalize(), tone) for tone in TONES)],
                value="",
                label="Tone (or your own words)",
                allow_custom_value=True,
                min_width=130,
                elem_id="brochure-tone",
            )
        with gr.Row():
            self.language = gr.Dropdown(
                [_THEIRS, *((name, tag) for tag, name in LANGUAGES.items())],
                value="",
                label="Language",
                min_width=130,
                elem_id="brochure-language",
            )
            self.length = gr.Dropdown(
                [(one.capitalize(), one.value) for one in Length],
                value=Length.MEDIUM.value,
                label="Length",
                min_width=130,
                elem_id="brochure-length",
            )

    def _lay_out_contents(self) -> None:
        self.topics = gr.CheckboxGroup(
            [(one.capitalize(), one.value) for one in Topic],
            value=[one.value for one in Topic],
            label="Contents",
            elem_id="brochure-topics",
        )
        self.wishes = gr.Textbox(
            label="What else it should hold",
            max_lines=3,
            max_length=WISH_CHARACTERS,
            elem_id="brochure-else",
        )
        with gr.Row(elem_id="brochure-reach"):
            self.pages = gr.Slider(
                1, MOST_PAGES, value=PAGES, step=1, label="Pages besides the home page", min_width=130
            )
            self.allowed = gr.Textbox(
                label="Other domains it may read",
                placeholder="jobs.example.net",
                max_lines=1,
                max_length=ADDRESS_CHARACTERS,
                min_width=130,
                elem_id="brochure-allowed",
            )

    @property
    def site(self) -> list[Any]:
        """What ``site_plan`` reads."""
        return [self.company, self.address, self.pages, self.allowed]

    @property
    def brief(self) -> list[Any]:
        """What ``checked_brief`` reads."""
        return [self.tone, self.language, self.length, self.audience, self.topics, self.wishes]


def site_plan(company: Any, address: Any, pages: Any, allowed: Any) -> SitePlan:
    """What is to be read, as a browser sends it.

    Raises:
        BadInput: one of the fields cannot be used.
    """
    if isinstance(pages, bool) or not isinstance(pages, int | float) or not 0 <= pages <= MOST_PAGES:
        raise BadInput("The number of pages is no number.", f"Choose one up to {MOST_PAGES}.")
    names = text_of(allowed).replace(",", " ").split()
    if len(names) > _DOMAINS or any(len(name) > ADDRESS_CHARACTERS for name in names):
        raise BadInput(f"More than {_DOMAINS} other domains are not read.", "Name fewer.")
    domains = frozenset(registered_domain(name.rpartition("://")[2].partition("/")[0]) for name in names)
    return SitePlan(text_of(company), text_of(address), int(pages), domains)
