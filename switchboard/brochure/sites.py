"""The sites that a brochure can be written about: the public web, with a sample site in place of one name."""

from pathlib import Path

from switchboard.web.fetch import Fetcher, web
from switchboard.web.folder import FolderTransport

SAMPLE_COMPANY = "Larkspur Air"
SAMPLE_HOST = "www.larkspur-air.example"
SAMPLE_ADDRESS = f"https://{SAMPLE_HOST}"


class Sites(Fetcher):
    """A fetcher for the public web that answers for ``SAMPLE_HOST`` from a folder, without any network.

    Args:
        sample: the folder of the sample site.
    """

    def __init__(self, sample: Path) -> None:
        super().__init__(lambda: FolderTransport(SAMPLE_HOST, sample, web()))
