"""The page: the model bar, and below it the five tabs in their order."""

from typing import Any

import gradio as gr

from switchboard.guard import Guard
from switchboard.services import Services
from switchboard.settings import Settings
from tabs import airline, brochure, chat, knowledge, prices
from tabs.api import chat_endpoint
from tabs.brochure_api import brochure_endpoints
from tabs.frame import Frame
from tabs.model_bar import ModelBar
from tabs.streaming import Pacer
from tabs.theme import SCRIPT, STYLE, theme

TITLE = "Switchboard"


def build(services: Services) -> gr.Blocks:
    """The whole page, wired to the services behind it."""
    pacer = Pacer()
    with gr.Blocks(title=TITLE, analytics_enabled=False) as page:
        gr.HTML(
            "<header class='masthead'><h1>Switchboard</h1>"
            "<p>Five applications of language models, and any model behind each of them.</p></header>"
        )
        bar = ModelBar(page, services, pacer)
        with gr.Tabs():
            for name, tab in TABS.items():
                with gr.Tab(name) as shown:
                    tab.build(Frame(page, shown, services, bar, pacer))
        chat_endpoint(services, pacer)
        brochure_endpoints(services, pacer)
    return page


TABS: dict[str, Any] = {
    "Chat": chat,
    "Airline": airline,
    "Brochure": brochure,
    "Knowledge": knowledge,
    "Prices": prices,
}


def launch_options(settings: Settings) -> dict[str, Any]:
    """What ``Blocks.launch`` needs besides the page, from the settings."""
    from starlette.middleware import Middleware

    megabytes = settings.upload_megabytes
    guard = Middleware(
        Guard,
        forwarded=settings.forwarded_headers or bool(settings.space_id),
        upload_bytes=(10 * megabytes + 1) * 1_000_000,
    )
    sign_in = (settings.auth_user, settings.auth_password.get_secret_value())
    return {
        "server_name": settings.host,
        "server_port": settings.port,
        "share": settings.share,
        "auth": sign_in if settings.auth_user else None,
        "theme": theme(),
        "css_paths": [STYLE],
        "js": SCRIPT.read_text(encoding="utf-8"),
        "footer_links": [],
        "max_threads": 200,
        "max_file_size": f"{megabytes}mb",
        "enable_monitoring": False,
        "ssr_mode": False,
        "run_history": False,
        "show_error": True,
        "app_kwargs": {"middleware": [guard]},
    }
