import os
import time
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchboard.attachments import IMAGE_BYTES, read_attachment
from switchboard.errors import BadInput, TooLarge
from switchboard.messages import Document, Image
from switchboard.pdf import PAGES, pdf_text

LIMIT = 20_000_000
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 30


def pdf(*pages: bytes, packed: bool = False, extra: bytes = b"") -> bytes:
    """A PDF written by hand; each page is a content stream."""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    kids = []
    for content in pages:
        stream = zlib.compress(content) if packed else content
        kids.append(len(objects) + 1)
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Resources << /Font << /F1 3 0 R >> "
            + extra
            + b">> /Contents %d 0 R >>" % (len(objects) + 2)
        )
        objects.append(
            b"<< /Length %d%s >>\nstream\n%s\nendstream"
            % (len(stream), b" /Filter /FlateDecode" if packed else b"", stream)
        )
    objects[1] = b"<< /Type /Pages /Count %d /Kids [%s] >>" % (
        len(kids),
        b" ".join(b"%d 0 R" % kid for kid in kids),
    )
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    trailer = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
    return (
        out
        + b"xref\n0 %d\n0000000000 65535 f \n" % (len(places) + 1)
        + table
        + trailer % (len(places) + 1, len(out))
    )


def shown(words: str) -> bytes:
    return f"BT /F1 12 Tf 50 700 Td ({words}) Tj ET".encode()


@pytest.fixture
def attach(tmp_path):
    def read(data: bytes, name: str, limit: int = LIMIT):
        path = tmp_path / "upload"
        path.write_bytes(data)
        return read_attachment(path, name, limit)

    return read


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"# Hi\r\n\r\nthere", "# Hi\n\nthere"),
        ("Grüße, 世界".encode(), "Grüße, 世界"),
        ("Grüße".encode("utf-8-sig"), "Grüße"),
        ("Grüße".encode("utf-16"), "Grüße"),
        ("Grüße".encode("utf-32"), "Grüße"),
        ("Grüße und viele Wörter".encode("latin-1"), "Grüße und viele Wörter"),
        ("“Smart quotes” cost 5 €".encode("cp1252"), "“Smart quotes” cost 5 €"),
        (b"a,b\n1,2\n", "a,b\n1,2"),
        (b"<p>Hello</p>", "<p>Hello</p>"),
    ],
)
def test_text_in_the_usual_encodings_becomes_a_document(attach, data, text):
    assert attach(data, "notes.md") == Document("notes.md", text)


@pytest.mark.parametrize(
    "name", ["../../etc/notes.md", "C:\\Users\\me\\notes.md", "a/b/notes.md", "no\ntes.md"]
)
def test_a_name_carries_no_folder_and_no_control_characters(attach, name):
    assert attach(b"hi", name).name == "notes.md"


@pytest.mark.parametrize(
    ("data", "name", "media_type"),
    [
        (PNG, "a.png", "image/png"),
        (PNG, "really-a-png.jpg", "image/png"),
        (b"\xff\xd8\xff\xe0" + b"x" * 20, "a.JPG", "image/jpeg"),
        (b"GIF89a" + b"x" * 20, "a.gif", "image/gif"),
        (b"RIFF\x10\x00\x00\x00WEBPVP8 ", "a.webp", "image/webp"),
        (PNG, "pasted", "image/png"),
    ],
)
def test_pictures_are_known_by_their_bytes(attach, data, name, media_type):
    assert attach(data, name) == Image(name, media_type, data)


@pytest.mark.parametrize(
    ("data", "name", "words"),
    [
        (b"", "a.md", "empty"),
        (b" \n ", "a.md", "empty"),
        (b"\xef\xbb\xbf", "a.md", "empty"),
        (b"", "a.pdf", "empty"),
        (bytes(range(256)) * 20, "a.md", "binary"),
        (b"\x7fELF\x02\x01\x01\x00\x00", "a.md", "binary"),
        (PNG, "a.md", "PNG picture"),
        (b"PK\x03\x04\x14\x00\x00\x00", "letter.docx", "Office"),
        (b"just words", "a.png", "no PNG"),
        (b"<svg/>", "a.webp", "no PNG"),
        (b"just words", "a.pdf", "damaged or no PDF"),
        (b"%PDF-1.7\n%garbage", "a.pdf", "damaged"),
        (b"%PDF-1.7\n", "renamed.txt", "damaged"),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_reason_and_what_to_do(attach, data, name, words):
    with pytest.raises(BadInput, match=words) as caught:
        attach(data, name)
    assert name in caught.value.what
    assert caught.value.fix


def test_a_file_that_is_gone_is_said(tmp_path):
    with pytest.raises(BadInput, match="could not be read"):
        read_attachment(tmp_path / "gone", "a.txt", LIMIT)


def test_two_hundred_megabytes_are_refused_at_once_and_unread(tmp_path):
    path = tmp_path / "big.txt"
    path.touch()
    os.truncate(path, 200_000_000)
    begin = time.process_time()
    with pytest.raises(TooLarge, match=r"200\.0 MB; 20\.0 MB"):
        read_attachment(path, "big.txt", LIMIT)
    assert time.process_time() - begin < 0.05


def test_long_text_and_large_pictures_are_refused(attach):
    with pytest.raises(TooLarge, match="2,000,000"):
        attach(b"word " * 500_000, "a.txt")
    with pytest.raises(TooLarge, match="pictures"):
        attach(PNG + b"\0" * IMAGE_BYTES, "a.png")


@given(st.text(alphabet=st.characters(blacklist_categories=["Cs", "Cc", "Cn", "Co"]), min_size=1))
def test_any_text_in_utf8_survives(text):
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.txt"
        path.write_bytes(("Words. " + text + ".").encode())
        document = read_attachment(path, "a.txt", LIMIT)
    assert isinstance(document, Document)
    assert document.text.replace("\n", "") == ("Words. " + text + ".").replace("\n", "")


@pytest.mark.parametrize("packed", [False, True])
def test_a_pdf_gives_its_text_below_the_numbers_of_its_pages(attach, packed):
    data = pdf(shown("Refunds take ten days."), b"", shown("Dogs travel free."), packed=packed)
    assert attach(data, "policy.pdf") == Document(
        "policy.pdf", "[page 1]\nRefunds take ten days.\n\n[page 3]\nDogs travel free."
    )


def test_a_pdf_under_another_name_is_still_one(attach):
    assert "Hello" in attach(pdf(shown("Hello")), "upload").text


def test_a_scan_names_the_way_out(attach):
    with pytest.raises(BadInput, match="OCR"):
        attach(pdf(b"0 0 m 10 10 l S"), "scan.pdf")
    with pytest.raises(BadInput):
        attach(pdf(), "nothing.pdf")


def locked(tmp_path, password: str):
    from io import BytesIO

    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(clone_from=PdfReader(BytesIO(pdf(shown("Secret")))))
    writer.encrypt(password, owner_password="owner", algorithm="RC4-128")
    writer.write(tmp_path / "locked.pdf")
    return tmp_path / "locked.pdf"


def test_a_locked_pdf_is_refused_one_that_opens_without_a_password_is_read(tmp_path):
    with pytest.raises(BadInput, match="password"):
        pdf_text(locked(tmp_path, "hunter2"), "locked.pdf")
    assert "Secret" in pdf_text(locked(tmp_path, ""), "open.pdf")


@pytest.mark.parametrize("at", [50, 200, 400, 600])
def test_a_cut_pdf_is_read_or_refused_but_never_breaks(attach, at):
    data = pdf(shown("Refunds take ten days."), shown("Second page."))
    try:
        assert "page" in attach(data[:-at], "cut.pdf").text
    except BadInput as error:
        assert error.fix


def test_a_pdf_bomb_is_refused_soon(attach):
    bomb = pdf(b"BT " + b" " * 60_000_000, packed=True)
    assert len(bomb) < 600_000
    begin = time.process_time()
    with pytest.raises(BadInput):
        attach(bomb, "bomb.pdf")
    assert time.process_time() - begin < 5


def test_too_many_pages_are_refused(attach):
    with pytest.raises(TooLarge, match="301 pages"):
        attach(pdf(*[shown("x")] * (PAGES + 1)), "book.pdf")


def test_reading_ends_when_its_time_is_over(attach, monkeypatch):
    monkeypatch.setattr("switchboard.pdf.SECONDS", -1.0)
    with pytest.raises(TooLarge, match="longer"):
        attach(pdf(shown("x")), "slow.pdf")
