"""OpenAI-compatible servers that are known by name.

Addresses to choose from in place of typing one; what is said to them is ``chat_completions.py``.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Preset:
    """A compatible server.

    Attributes:
        name: as the page shows it.
        url: its address; one on loopback is where the program listens unless it is told otherwise.
        key_hint: where its key comes from; empty where it needs none.
        suggested: a model to begin with; empty where the server's own list decides.
    """

    name: str
    url: str
    key_hint: str = ""
    suggested: str = ""


PRESETS = (
    Preset(
        "GitHub Models",
        "https://models.github.ai/inference",
        "a GitHub token with the permission models:read",
        "openai/gpt-5.4-mini",
    ),
    Preset(
        "Hugging Face router",
        "https://router.huggingface.co/v1",
        "a Hugging Face token that may call Inference Providers",
        "openai/gpt-oss-120b",
    ),
    Preset("llama.cpp server", "http://127.0.0.1:8080/v1"),
    Preset("vLLM", "http://127.0.0.1:8000/v1"),
    Preset("LM Studio", "http://127.0.0.1:1234/v1"),
)


def preset(name: str) -> Preset | None:
    """The server that the page shows as ``name``, if it is known."""
    return next((known for known in PRESETS if known.name == name), None)
