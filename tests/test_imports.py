"""The imports of the house go down only."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FEATURES = ("airline", "brochure", "knowledge", "prices")
SDKS = {"openai": "openai", "anthropic": "claude", "ollama": "ollama", "xllamacpp": "llamacpp"}
HEAVY = (
    "openai",
    "anthropic",
    "ollama",
    "torch",
    "transformers",
    "langchain_core",
    "chromadb",
    "faiss",
    "bs4",
    "sqlalchemy",
)

MODULES = sorted([*ROOT.glob("switchboard/**/*.py"), *ROOT.glob("tabs/*.py"), ROOT / "app.py"])


def imported(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}: imports are absolute"
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def layer(name):
    """How high a module stands: a module imports none that stands above it."""
    parts = name.split(".")
    if parts[0] == "app":
        return 7
    if parts[0] == "tabs":
        return 6
    if parts[0] != "switchboard" or len(parts) == 1:
        return 0
    if parts[1] == "services":
        return 5
    if parts[1] in (*FEATURES, "conversations", "chat", "export"):
        return 4
    if parts[1] in ("agent", "calls"):
        return 3
    if parts[1] in ("backends", "context", "timing"):
        return 2
    return (
        1
        if parts[1] in ("tools", "tool_words", "slots", "wishes", "matcher", "guard", "web", "attachments")
        else 0
    )


def module_name(path):
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


@pytest.mark.parametrize("path", MODULES, ids=module_name)
def test_imports_go_down_only(path):
    here = module_name(path)
    upward = [name for name in imported(path) if layer(name) > layer(here)]
    assert upward == []


@pytest.mark.parametrize("path", MODULES, ids=module_name)
def test_gradio_is_known_to_the_tabs_alone(path):
    assert path.parts[-2] == "tabs" or not any(name.split(".")[0] == "gradio" for name in imported(path))


@pytest.mark.parametrize("path", MODULES, ids=module_name)
def test_a_providers_sdk_is_known_to_its_own_files_alone(path):
    for name in imported(path):
        if own := SDKS.get(name.split(".")[0]):
            assert path.parent.name == "backends"
            assert path.stem.startswith(own)


@pytest.mark.parametrize("feature", FEATURES)
def test_features_know_nothing_of_each_other(feature):
    for path in (ROOT / "switchboard" / feature).glob("**/*.py"):
        others = [f for f in FEATURES if f != feature]
        assert not any(name.startswith(f"switchboard.{other}") for name in imported(path) for other in others)


def test_the_page_is_built_without_importing_anything_heavy():
    code = (
        "import sys, tabs; from switchboard.settings import Settings;"
        "from switchboard.services import Services;"
        "tabs.build(Services(Settings(_env_file=None)));"
        f"print([m for m in {HEAVY} if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=90)
    assert done.stdout.strip() == "[]", done.stderr[-2000:]
