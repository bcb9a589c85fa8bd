"""Which links of a home page lead to a page of the same site that could be read.

What a page is about is judged in ``choice.py``. The registered domain is found by a short list of suffixes
that are sold one level down, not by the whole public suffix list.
"""

from urllib.parse import urlsplit

from switchboard.web.page import Link, Page

_SHARED = """
ac.jp ac.uk asn.au co.id co.il co.in co.jp co.ke co.kr co.nz co.th co.uk co.za com.ar com.au com.bd com.br
com.cn com.co com.eg com.hk com.mx com.my com.ng com.pe com.ph com.pk com.pl com.sa com.sg com.tr com.tw
com.ua com.vn edu.au gen.nz go.jp gob.mx gov.au gov.in gov.uk govt.nz gr.jp ltd.uk me.uk ne.jp net.au net.br
net.cn net.in net.nz net.uk nhs.uk or.jp or.kr org.au org.br org.cn org.il org.in org.nz org.uk org.za
plc.uk sch.uk azurewebsites.net blogspot.com cloudfront.net github.io gitlab.io herokuapp.com myshopify.com
netlify.app pages.dev vercel.app web.app weebly.com wixsite.com wordpress.com
"""
_SUFFIXES = frozenset(_SHARED.split())
_PAGE_ENDINGS = frozenset({"", "html", "htm", "xhtml", "shtml", "php", "asp", "aspx", "jsp", "do", "cfm"})


def registered_domain(host: str) -> str:
    """What its owner registered: ``example.co.uk`` of ``www.example.co.uk``; an IP address is its own."""
    labels = host.lower().rstrip(".").split(".")
    if labels[-1].isdecimal() or ":" in host:
        return host
    return ".".join(labels[-3:] if ".".join(labels[-2:]) in _SUFFIXES else labels[-2:])


def is_same_site(one: str, other: str) -> bool:
    """Whether two URLs stand on one registered domain."""
    return registered_domain(urlsplit(one).hostname or "") == registered_domain(
        urlsplit(other).hostname or ""
    )


def readable_links(home: Page) -> list[Link]:
    """The links of a home page to other pages of its site, each page once, in the order of the page."""
    found: dict[str, Link] = {}
    known = {_same(home.url)}
    for link in home.links:
        try:
            key = _same(link.url)
            fits = is_same_site(link.url, home.url)
        except ValueError:
            continue
        if fits and key not in known and _is_page(link.url):
            known.add(key)
            found[key] = link
    return list(found.values())


def path_words(url: str) -> str:
    """The words of a URL's path: ``about us`` of ``/en/about-us.html`` with ``en`` before it."""
    path = urlsplit(url).path.lower()
    stem, dot, ending = path.rpartition(".")
    path = stem if dot and "/" not in ending else path
    return " ".join("".join(sign if sign.isalnum() else " " for sign in path).split())


def _same(url: str) -> str:
    parts = urlsplit(url)
    path = parts.path.rstrip("/").removesuffix("/index.html").removesuffix("/index.php")
    return f"{(parts.hostname or '').removeprefix('www.')}{path}?{parts.query}"


def _is_page(url: str) -> bool:
    name = urlsplit(url).path.rpartition("/")[2]
    stem, dot, ending = name.rpartition(".")
    return not (dot and stem) or ending.lower() in _PAGE_ENDINGS or len(ending) > 5 or ending.isdecimal()
