"""The Prices tab: what a product should cost, in which range, and which words say so.

The estimate is made by ``switchboard/prices``, on this machine, without a language model.
"""

import asyncio
import math
from typing import TYPE_CHECKING

import gradio as gr

from switchboard.inputs import text_of
from tabs.frame import Frame
from tabs.listening import PRIVATE
from tabs.streaming import plain_errors
from tabs.transcript import plain

if TYPE_CHECKING:
    from switchboard.prices.estimate import Estimate

CHARACTERS = 4_000
EXAMPLES = (
    "Samsung 990 Pro\nSolid-state drive: 2 TB; NVMe; M.2-2280; PCIe 4.0 x4; cache 2048 MB.",
    "Asus DUAL OC\nVideo Card: GeForce RTX 4070 graphics; 12 GB video memory; boost clock 2520 MHz.",
    "Logitech mouse\nWireless optical mouse, 4000 dpi, black, for right-handed use.",
    "Corsair Vengeance 32 GB\nMemory Kit: DDR5-6000; 2 x 16 GB (32 GB total); CAS latency 36.",
)
ABOUT = (
    "Trained on PC hardware and peripherals with prices in US dollars. It needs no language model: "
    "the model bar above does not change it."
)
WORDS_SHOWN = 10
NO_ESTIMATE = "<div class='price'><p>The estimate appears here, with its range and its reasons.</p></div>"


def build(frame: Frame) -> None:
    """Lay out the tab and connect its parts."""
    with gr.Row():
        with gr.Column(scale=3, min_width=320):
            text = gr.Textbox(
                label="Product: title and description",
                lines=6,
                max_lines=16,
                max_length=CHARACTERS,
                placeholder="Asus DUAL OC\nVideo Card: GeForce RTX 3060 Ti graphics; 8 GB video memory; …",
                elem_id="price-text",
            )
            estimate = gr.Button("Estimate", variant="primary", elem_id="price-estimate")
            gr.Examples([[example] for example in EXAMPLES], text, label="Examples", api_visibility="private")
            gr.Markdown(ABOUT, elem_classes="hint")
        with gr.Column(scale=4, min_width=320):
            shown = gr.HTML(NO_ESTIMATE, elem_id="price-shown")
            words = gr.Markdown(elem_id="price-words")
    tab = PricesTab(frame)
    gr.on([estimate.click, text.submit], tab.estimate, text, [shown, words], **PRIVATE)


class PricesTab:
    """What happens when the tab is used."""

    def __init__(self, frame: Frame) -> None:
        self.frame = frame

    async def estimate(self, text: str) -> tuple[str, str]:
        """Estimate a price: its picture in HTML, and the words that made it in Markdown."""
        with plain_errors():
            found = await asyncio.to_thread(self._estimate, text)
        return scale(found), reasons(found)

    def _estimate(self, text: object) -> "Estimate":
        return self.frame.services.prices.estimate(text_of(text))


def dollars(price: float) -> str:
    """A price as a person writes it: cents below 100 dollars only."""
    return f"${price:,.2f}" if price < 99.995 else f"${price:,.0f}"


def scale(found: "Estimate") -> str:
    """The estimate and its range as HTML, on a logarithmic scale that goes three times beyond both ends."""
    low, high = found.low / 3, found.high * 3
    said = f"{dollars(found.price)}, between {dollars(found.low)} and {dollars(found.high)}"

    def at(price: float) -> float:
        return 100 * math.log(price / low) / math.log(high / low)

    left, right = at(found.low), at(found.high)
    return (
        f"<div class='price'><output class='price-now'>{dollars(found.price)}</output>"
        f"<p>{found.coverage:.0%} of products like this cost {dollars(found.low)} to "
        f"{dollars(found.high)}</p>"
        f"<div class='price-scale' role='img' aria-label='{said}'>"
        f"<span class='range' style='left:{left:.1f}%;width:{right - left:.1f}%'></span>"
        f"<span class='mark' style='left:{at(found.price):.1f}%'></span></div>"
        f"<div class='price-ends'><span style='left:{left:.1f}%'>{dollars(found.low)}</span>"
        f"<span style='left:{right:.1f}%'>{dollars(found.high)}</span></div></div>"
    )


def reasons(found: "Estimate") -> str:
    """What the estimate rests on, in Markdown: cautions, then the words with the factor of each."""
    cautions = "".join(f"> ⚠ {plain(caution)}\n\n" for caution in found.cautions)
    rows = "\n".join(
        f"| {plain(word.text)} | {'▲' if word.factor > 1 else '▼'} × {word.factor:.2f} |"
        for word in found.words[:WORDS_SHOWN]
    )
    known = f"{found.familiar:.0%} of the words are known from training."
    start = f"An item of which nothing is known is put at {dollars(found.baseline)}."
    table = f"\n\n| Word | Moves the estimate |\n|---|---|\n{rows}" if rows else ""
    return f"{cautions}{start} {known}{table}"
