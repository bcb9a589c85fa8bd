"""All tools of the desk, made once and bound to each customer.

What they do is in ``reading_tools.py``, ``quick_tools.py`` and ``changing_tools.py``; the words in which
people ask for them, in ``wording.py``.
"""

from functools import cached_property

from switchboard.airline.access import Access
from switchboard.airline.changing_tools import CHANGE
from switchboard.airline.places import Places
from switchboard.airline.quick_tools import QUICK
from switchboard.airline.reading_tools import LOOK_UP
from switchboard.airline.session import Session, Submit
from switchboard.airline.store import Store
from switchboard.airline.wording import worded
from switchboard.tools import Tool, tool


class Toolbox:
    """The tools of one airline.

    Args:
        store: a filled one; its airports are looked at once.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def tools(self, access: Access, submit: Submit) -> tuple[Tool, ...]:
        """The tools for one customer.

        Args:
            access: whose profile and reservations are seen.
            submit: what is done with an action.
        """
        session = Session(self._store, self._places, access, submit)
        return tuple(one.bound(session=session) for one in self._unbound)

    @cached_property
    def _places(self) -> Places:
        return Places(self._store.airports.values())

    @cached_property
    def _unbound(self) -> tuple[Tool, ...]:
        cities = {"origin": self._places.spoken, "destination": self._places.spoken}
        functions = (*LOOK_UP, *QUICK, *CHANGE)
        return worded(tool(function, given=("session",), values=cities) for function in functions)
