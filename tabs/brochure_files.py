"""Taking a text of the Brochure tab away: to the clipboard, or as a file.

The files are made in ``switchboard/brochure/documents.py`` and saved by the browser; the server keeps none.
"""

import asyncio
from base64 import b64encode
from typing import Any

import gradio as gr

from switchboard.brochure.brochure import Brochure
from switchboard.errors import NotFound
from tabs.brochure_work import Work
from tabs.frame import Frame
from tabs.listening import PRIVATE, SAVE_FILE
from tabs.streaming import plain_errors
from tabs.threads import KeptOfPages

_COPY = """async (text) => {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Inside a frame of another site the clipboard may be closed to scripts; a selection can still be copied.
    const field = Object.assign(document.createElement("textarea"), { value: text });
    document.body.append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
  }
  const button = document.querySelector("#brochure-copy");
  const label = button.textContent;
  button.textContent = "Copied";
  setTimeout(() => { button.textContent = label; }, 1500);
}"""


class BrochureFiles:
    """The buttons under a text, with what happens when they are pressed."""

    def __init__(self, frame: Frame, works: KeptOfPages[Work]) -> None:
        self._frame, self._works = frame, works
        self._copy = gr.Button("Copy", size="sm", min_width=70, elem_id="brochure-copy")
        self._files = {
            kind: gr.Button(label, size="sm", min_width=70, elem_id=f"brochure-{kind}")
            for kind, label in (("md", "Markdown"), ("html", "HTML"), ("pdf", "PDF"))
        }
        self._sent = gr.JSON(visible=False)

    def wire(self) -> None:
        """Connect the buttons."""
        copied = self._copy.click(self.markdown, None, self._sent, **PRIVATE)
        copied.success(None, self._sent, None, js=_COPY, **PRIVATE)
        for kind, make in (("md", self.markdown_file), ("html", self.html_file), ("pdf", self.pdf_file)):
            made = self._files[kind].click(make, None, self._sent, **PRIVATE)
            made.success(None, self._sent, None, js=SAVE_FILE, **PRIVATE)

    def markdown(self, request: gr.Request) -> str:
        """The text that is shown, with its sources."""
        from switchboard.brochure.documents import as_markdown

        with plain_errors():
            return as_markdown(self._shown(request))

    def markdown_file(self, request: gr.Request) -> list[Any]:
        """The same as a file: its name and its text."""
        from switchboard.brochure.documents import as_markdown, file_name

        with plain_errors():
            brochure = self._shown(request)
            return [file_name(brochure, "md"), as_markdown(brochure), False]

    def html_file(self, request: gr.Request) -> list[Any]:
        """The text as a page of its own: its name and its text."""
        from switchboard.brochure.documents import as_html, file_name

        with plain_errors():
            brochure = self._shown(request)
            return [file_name(brochure, "html"), as_html(brochure), False]

    async def pdf_file(self, request: gr.Request) -> list[Any]:
        """The text as a PDF: its name and its bytes in base64."""
        from switchboard.brochure.documents import as_pdf, file_name

        with plain_errors():
            brochure = self._shown(request)
            pdf = await asyncio.to_thread(as_pdf, brochure)
            return [file_name(brochure, "pdf"), b64encode(pdf).decode("ascii"), True]

    def _shown(self, request: gr.Request) -> Brochure:
        shown = self._works.find(self._frame.visitor(request), request).shown
        if shown is None:
            raise NotFound("There is no text yet.", "Write one first.")
        return shown
