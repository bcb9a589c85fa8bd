import pytest

from switchboard.errors import NotFound
from switchboard.knowledge import loader
from switchboard.knowledge.loader import MarkdownFolder


def test_the_folder_is_the_kind_and_files_beside_the_folders_are_left_out(folder):
    found = [
        (d.metadata["path"], d.metadata["kind"], d.metadata["title"]) for d in MarkdownFolder(folder).load()
    ]
    assert found == [
        ("people/ines.md", "people", "Ines Okafor"),
        ("policies/baggage.md", "policies", "Baggage"),
        ("policies/pets/cats.md", "policies", "Cats"),
    ]


def test_the_text_is_as_it_stands_in_the_file(folder):
    (folder / "people" / "crlf.md").write_bytes("\ufeff# Ünal\r\n\r\nPilot\r\n".encode())
    texts = {d.metadata["path"]: d.page_content for d in MarkdownFolder(folder).load()}
    assert texts["people/crlf.md"] == "# Ünal\r\n\r\nPilot\r\n"


def test_a_title_is_the_first_heading_or_else_the_files_name(folder):
    (folder / "people" / "no heading.md").write_text("just words")
    titles = {d.metadata["path"]: d.metadata["title"] for d in MarkdownFolder(folder).load()}
    assert titles["people/no heading.md"] == "no heading"


def test_binaries_dumps_and_links_out_are_left_out_with_a_reason(folder, tmp_path, monkeypatch):
    monkeypatch.setattr(loader, "MOST_BYTES", 1_000_000)
    (folder / "people" / "photo.md").write_bytes(b"\x89PNG\0\0")
    (folder / "people" / "dump.md").write_bytes(b"x" * 1_000_001)
    (folder / "people" / ".hidden.md").write_text("secret")
    (tmp_path / "outside.md").write_text("# Outside")
    (folder / "people" / "link.md").symlink_to(tmp_path / "outside.md")
    reader = MarkdownFolder(folder)
    assert len(reader.load()) == 3
    assert reader.left_out == ["people/dump.md (over 1 MB)", "people/photo.md (not a text file)"]


def test_a_stray_byte_of_another_encoding_costs_a_character_only(folder):
    (folder / "people" / "latin.md").write_bytes(b"# Andr\xe9\n\nCaptain\n")
    texts = {d.metadata["path"]: d.page_content for d in MarkdownFolder(folder).load()}
    assert texts["people/latin.md"] == "# Andr\ufffd\n\nCaptain\n"


def test_a_missing_folder_says_what_to_do(tmp_path):
    with pytest.raises(NotFound, match=r"There is no folder nowhere\. Create it"):
        MarkdownFolder(tmp_path / "nowhere").load()
