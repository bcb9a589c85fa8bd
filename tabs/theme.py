"""The look of the page: colours, type and spacing.

Fonts are those of the visitor's system, so that the page loads nothing from elsewhere.
"""

from pathlib import Path

import gradio as gr
from gradio.themes.utils.colors import Color

STYLE = Path(__file__).with_name("style.css")
SCRIPT = Path(__file__).with_name("keys.js")

_INK = Color(
    name="ink",
    c50="#f6f7f9",
    c100="#eceef2",
    c200="#d8dce4",
    c300="#b6bdcb",
    c400="#8a94a8",
    c500="#667087",
    c600="#4e576c",
    c700="#3b4356",
    c800="#252b3a",
    c900="#171c28",
    c950="#0e121b",
)
_BRASS = Color(
    name="brass",
    c50="#fdf8ec",
    c100="#f9ecc9",
    c200="#f2d88f",
    c300="#e8bf55",
    c400="#dba62e",
    c500="#bd861c",
    c600="#976714",
    c700="#744d13",
    c800="#573a13",
    c900="#402b11",
    c950="#241707",
)


def theme() -> gr.themes.Base:
    """Ink on paper with brass for what can be pressed, in light and dark."""
    return gr.themes.Base(
        primary_hue=_BRASS,
        secondary_hue=_INK,
        neutral_hue=_INK,
        font=["ui-sans-serif", "system-ui", "-apple-system", "Segoe UI", "Roboto", "Noto Sans", "sans-serif"],
        font_mono=["ui-monospace", "SFMono-Regular", "Menlo", "Consolas", "DejaVu Sans Mono", "monospace"],
        radius_size=gr.themes.sizes.radius_md,
        text_size=gr.themes.sizes.text_md,
    ).set(
        body_background_fill="*neutral_50",
        body_background_fill_dark="*neutral_950",
        background_fill_secondary="*neutral_50",
        background_fill_secondary_dark="*neutral_900",
        block_background_fill_dark="*neutral_900",
        block_border_width="1px",
        block_border_color="*neutral_200",
        block_border_color_dark="*neutral_800",
        border_color_primary="*neutral_200",
        border_color_primary_dark="*neutral_800",
        block_shadow="none",
        block_label_background_fill="transparent",
        block_title_text_size="*text_sm",
        block_title_text_color="*neutral_600",
        block_title_text_color_dark="*neutral_300",
        body_text_color_subdued="*neutral_600",
        body_text_color_subdued_dark="*neutral_300",
        input_background_fill="white",
        input_background_fill_dark="*neutral_950",
        input_border_color="*neutral_300",
        input_border_color_dark="*neutral_700",
        input_border_width="1px",
        input_placeholder_color="*neutral_500",
        input_placeholder_color_dark="*neutral_400",
        button_primary_background_fill="*primary_600",
        button_primary_background_fill_hover="*primary_700",
        button_primary_text_color="white",
        button_primary_background_fill_dark="*primary_400",
        button_primary_background_fill_hover_dark="*primary_300",
        button_primary_text_color_dark="*neutral_950",
        button_secondary_background_fill="white",
        button_secondary_background_fill_hover="*neutral_100",
        button_secondary_border_color="*neutral_300",
        button_secondary_background_fill_dark="*neutral_800",
        button_secondary_background_fill_hover_dark="*neutral_700",
        button_secondary_border_color_dark="*neutral_700",
        button_border_width="1px",
        checkbox_label_background_fill="white",
        checkbox_label_background_fill_dark="*neutral_900",
        color_accent_soft="*primary_50",
        color_accent_soft_dark="*neutral_800",
        link_text_color="*primary_600",
        link_text_color_dark="*primary_300",
    )
