"""Why a page could not be read, as errors that a person understands.

The causes that a caller tells apart are classes of their own; statuses and foreign errors are mapped here,
where they enter. Addresses that are refused before a connection are ``switchboard/addresses.py``.
"""

import ssl

import httpx

from switchboard.errors import PageUnreadable


class BlockedByRobots(PageUnreadable):
    """The site's robots.txt asks programs not to read the page."""


class EmptyPage(PageUnreadable):
    """The page holds no text."""


class PageTooLarge(PageUnreadable):
    """The page is over the limit in bytes."""


_STATUSES = {
    401: ("The site asks for a sign-in to show this page.", "Choose a page that everyone can open."),
    403: ("The site does not let programs read this page.", "Open it in a browser, or try another page."),
    404: ("The site has no such page.", "Check the address."),
    410: ("The site has removed this page.", "Try the site's home page."),
    429: ("The site has had too many requests.", "Wait a few minutes and try again."),
    451: ("The site withholds this page for legal reasons.", "Try another page."),
}


def status_error(status: int) -> PageUnreadable:
    """The error for an HTTP status other than 200 and the redirects."""
    if status in (204, 205, 304):
        return EmptyPage("The site answered without a page.", "Try another address of the site.")
    if status in _STATUSES:
        return PageUnreadable(*_STATUSES[status])
    if 500 <= status <= 599:
        return PageUnreadable(f"The site is in trouble (it answered {status}).", "Try again later.")
    return PageUnreadable(f"The site did not give the page (it answered {status}).", "Try another page.")


def too_large(limit: int) -> PageTooLarge:
    """The error for a page over ``limit`` bytes."""
    return PageTooLarge(f"The page is larger than {limit // 1_000_000} MB.", "Choose a smaller page.")


def timed_out(seconds: float) -> PageUnreadable:
    """The error for a site that takes longer than ``seconds`` for everything."""
    return PageUnreadable(f"The site took longer than {seconds:g} seconds.", "Try again, or another page.")


def transport_error(exc: httpx.TransportError | OSError) -> PageUnreadable:
    """The error for a connection that was not made, or broke."""
    cause: BaseException | None = exc
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return PageUnreadable(
                "The site's certificate is not valid, so nobody can say whose site it is.",
                "Check the spelling of the address.",
            )
        if isinstance(cause, ssl.SSLError):
            return PageUnreadable("No secure connection to the site could be made.", "Try it with http://.")
        cause = cause.__cause__ or cause.__context__
    if isinstance(exc, httpx.ConnectError):
        return PageUnreadable("The site takes no connections.", "Check the address, or try again later.")
    return PageUnreadable("The site broke off its answer.", "Try again.")
