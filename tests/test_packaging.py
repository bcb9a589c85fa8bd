"""What people install is what was tried."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def name_of(requirement):
    return re.match(r"[A-Za-z0-9_.-]+", requirement)[0].lower().replace("_", "-")


def pins():
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    return {name_of(line): line.partition("==")[2] for line in lines if "==" in line}


def test_spaces_install_the_projects_dependencies():
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if not line.startswith("#")] == PROJECT["project"]["dependencies"]


@pytest.mark.parametrize("requirement", PROJECT["project"]["dependencies"])
def test_every_dependency_is_pinned_and_bounded(requirement):
    assert name_of(requirement) in pins()
    assert "<" in requirement or name_of(requirement) == "tzdata"


def test_torch_is_asked_for_by_the_extra_alone():
    assert not any(name_of(one) == "torch" for one in PROJECT["project"]["dependencies"])
    assert any(name_of(one) == "torch" for one in PROJECT["project"]["optional-dependencies"]["local"])


def test_the_space_runs_the_gradio_that_was_tried():
    front = yaml.safe_load((ROOT / "README.md").read_text(encoding="utf-8").split("---")[1])
    assert front["sdk_version"] == pins()["gradio"]
    assert (ROOT / front["app_file"]).is_file()
    assert len(front["short_description"]) <= 60
