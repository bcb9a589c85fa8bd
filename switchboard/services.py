"""What the page needs, opened when it is first asked for, once.

Shared by all visitors: read-only, or safe to share. What belongs to one visitor is in ``sessions.py``.
"""

from collections import OrderedDict
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from switchboard.backends.base import Backend
from switchboard.backends.catalog import Catalog, Choice
from switchboard.conversations import Conversations
from switchboard.sessions import Visitor, Visitors
from switchboard.settings import Settings

if TYPE_CHECKING:
    from switchboard.airline.desk import AirlineDesk
    from switchboard.brochure.pages import PageReader
    from switchboard.knowledge.base import KnowledgeBase
    from switchboard.prices.estimate import PriceModel

ROOT = Path(__file__).parent.parent
BACKENDS = 128
"""How many opened backends are kept, so that a second message finds its connection open."""


class Services:
    """The application without its page.

    Args:
        settings: how it is set up; relative folders are taken from the working folder.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.visitors = Visitors()
        self.conversations = Conversations(settings.data_dir / "conversations.db")
        self.catalog = Catalog(settings, lambda: self.manual)
        self._backends: OrderedDict[tuple[str, str, str, str], Backend] = OrderedDict()

    def backend(self, visitor: Visitor, choice: Choice) -> Backend:
        """The backend that answers this visitor's choice, with the visitor's key or else the operator's.

        Raises:
            BackendError, BadInput: as ``Catalog.open`` does.
        """
        address = self.catalog.address(choice)
        key = visitor.key(choice.provider, address) or self.catalog.operator_key(choice)
        which = (choice.provider, choice.model, address, key)
        if which not in self._backends:
            self._backends[which] = self.catalog.open(choice, key)
            if len(self._backends) > BACKENDS:
                self._backends.popitem(last=False)
        self._backends.move_to_end(which)
        return self._backends[which]

    @cached_property
    def manual(self) -> str:
        """The application's manual, in Markdown."""
        return (ROOT / "docs" / "manual.md").read_text(encoding="utf-8")

    @cached_property
    def airline(self) -> "AirlineDesk":
        """The desk of Larkspur Air."""
        from switchboard.airline.desk import AirlineDesk

        url = self.settings.airline_url.get_secret_value()
        address = url or self.settings.data_dir / "larkspur.db"
        return AirlineDesk(address, notes=self.settings.airline_notes)

    @cached_property
    def prices(self) -> "PriceModel":
        """The price model that ships with the package."""
        from switchboard.prices.estimate import PriceModel

        return PriceModel.load()

    @cached_property
    def pages(self) -> "PageReader":
        """The public web, guarded, with the sample site in it; rendered where the operator allows it."""
        from switchboard.brochure.pages import PageReader
        from switchboard.brochure.sites import Sites
        from switchboard.web.rendering import Renderer

        sites = Sites(ROOT / "examples" / "site")
        return PageReader(sites, Renderer(sites) if self.settings.render_pages else None)

    @cached_property
    def knowledge(self) -> "KnowledgeBase":
        """The folder of Markdown with its index."""
        from switchboard.knowledge.base import KnowledgeBase

        return KnowledgeBase(self.settings.knowledge_dir, self.settings.vector_dir)
