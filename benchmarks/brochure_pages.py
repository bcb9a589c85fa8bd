"""The pages of a company's site, made of words: as long, as marked up and as full of menus as real ones are.

For the brochure's benchmark. The same seed makes the same bytes.
"""

import random
from collections.abc import Callable

COMPANY = "Harrowgate Instruments"
TITLES = {
    "": COMPANY,
    "about-us": "About us",
    "products": "Products",
    "technology": "Technology",
    "services": "Services",
    "customers": "Customers",
    "careers": "Careers",
    "press": "Press",
    "investors": "Investors",
    "contact": "Contact",
    "sustainability": "Sustainability",
    "locations": "Locations",
}
"""Twelve pages: their paths with what links to them say."""
_TOWNS = ("Leeds", "Malmö", "Graz", "Porto", "Lyon", "Gdańsk", "Turin", "Ghent", "Bristol", "Aarhus", "Cork")
_PEOPLE = ("Ines Calder", "Tomasz Wolff", "Maeve Okafor", "Jonas Lindqvist", "Petra Amsel", "Rui Tavares")
_GOODS = ("balance", "checkweigher", "load cell", "moisture meter", "weighbridge", "platform scale", "probe")
_BUYERS = ("a dairy", "a pharmacy", "the harbour", "a steelworks", "a laboratory", "a bakery", "a mill")
_SENTENCES = (
    "In {year} {person} opened the works in {town}, where {count} people build the {goods} today.",
    "The {goods} {code} weighs up to {count} kg and shows a change of {small} g within {small} seconds.",
    "{Buyer} in {town} has run {small} of our {goods}s since {year} and tests each of them every {month}.",
    "Every {goods} that leaves {town} is tested for {count} hours at temperatures from {small} to 40 °C.",
    "{person} joined the company in {year} and leads the {small} engineers who look after the {goods}.",
    "Our service desk in {town} answers within {small} minutes and repaired {count} instruments in {year}.",
    "Sales of the {goods} grew by {small} % in {year} to {count} million euros, most of it in {town}.",
    "Customers return a {goods} free of charge within {small} weeks, wherever they bought it.",
    "From {month} on the {goods} {code} is also made in {town}, which saves {count} tonnes of freight.",
    "We are looking for {small} apprentices in {town} who want to learn how a {goods} is built and adjusted.",
    "The {goods} {code} was approved for trade in {year}, the first of its class, by the office in {town}.",
    "With {buyer} in {town} we have agreed to renew all {count} instruments by {month}.",
)
_HEADINGS = (
    "What has changed",
    "How it works",
    "In figures",
    "Why it matters",
    "Who is behind it",
    "In detail",
)
_MONTHS = ("January", "March", "April", "June", "July", "September", "October", "December")
_ICON = (
    '<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="M12 2C6.5 2 2 6.5 2 12s4.5 10 10 10 '
    '10-4.5 10-10S17.5 2 12 2zm1 15h-2v-6h2v6zm0-8h-2V7h2v2z"/></svg>'
)
_SCRIPT = (
    "window.dataLayer=window.dataLayer||[];function gtag(){dataLayer.push(arguments)}"
    "gtag('config','X-0',{anonymize:true,page:'0',segments:['a','b','c']});"
)


def site(seed: int = 4) -> dict[str, bytes]:
    """Paths with their HTML, 30 to 60 kB each."""
    chance = random.Random(seed)
    return {
        f"/{path}": page(title, 35_000 + 2_200 * place, chance).encode()
        for place, (path, title) in enumerate(TITLES.items())
    }


def page(title: str, size: int, chance: random.Random) -> str:
    """A page of about ``size`` bytes, a third of it text."""
    parts: list[str] = []
    length = 9_000
    while length < size:
        parts.append(_section(chance))
        length += len(parts[-1].encode())
    return "".join((_head(title, chance), f"<main><h1>{title}</h1>", *parts, "</main>", _foot(chance)))


def shop(size: int, chance: random.Random) -> str:
    """A shop's list of about ``size`` bytes, each product with its picture, price and links."""
    return _listing(size, chance, _product)


def crowded_page(size: int, chance: random.Random) -> str:
    """A list of about ``size`` bytes that is little else than small elements, as hardly any page is."""
    return _listing(size, chance, _entry)


def sentence(chance: random.Random) -> str:
    """One sentence that says something no other does."""
    buyer = chance.choice(_BUYERS)
    return chance.choice(_SENTENCES).format(
        year=chance.randrange(1952, 2026), person=chance.choice(_PEOPLE), town=chance.choice(_TOWNS),
        goods=chance.choice(_GOODS), code=_code(chance), count=chance.randrange(110, 990),
        small=chance.randrange(2, 60), month=chance.choice(_MONTHS), buyer=buyer,
        Buyer=buyer[0].upper() + buyer[1:],
    )  # fmt: skip


def _code(chance: random.Random) -> str:
    return f"{chance.choice('ABHKMT')}{chance.randrange(100, 999)}"


def _listing(size: int, chance: random.Random, entry: Callable[[random.Random], str]) -> str:
    parts: list[str] = []
    length = 9_000
    while length < size:
        parts.append(entry(chance))
        length += len(parts[-1].encode())
    listed = "".join(parts)
    return f"{_head('Shop', chance)}<main><h1>Shop</h1><ul>{listed}</ul></main>{_foot(chance)}"


def _product(chance: random.Random) -> str:
    name, number = f"{chance.choice(_GOODS)} {_code(chance)}", chance.randrange(10**6)
    pictures = ", ".join(f"/media/products/{number}-{width}.webp {width}w" for width in (320, 640, 960))
    return (
        f'<li class="product-grid__item"><article class="product-card" data-product="{number}">\n'
        f'<a class="product-card__link" href="/shop/{number}?from=list"><picture><source srcset="{pictures}">'
        f'<img class="product-card__image" loading="lazy" src="/m/{number}.jpg" alt="{name}"></picture></a>'
        f'<h3 class="product-card__title"><a href="/shop/{number}">{name}</a></h3>\n'
        f'<p class="product-card__text">{sentence(chance)}</p>\n'
        f'<p class="product-card__price"><span class="price">€ {chance.randrange(20, 900)}</span></p>\n'
        f'<button type="button" class="button" data-add="{number}">{_ICON}<span>Add</span></button>'
        "</article></li>\n"
    )


def _entry(chance: random.Random) -> str:
    return (
        f'<li><a href="/shop/{chance.randrange(10**6)}"><span>{chance.choice(_GOODS)}</span></a>'
        f"<p><b>€</b><i>{chance.randrange(20, 900)}</i></p><em>in stock</em></li>\n"
    )


def _section(chance: random.Random) -> str:
    kind = chance.random()
    heading = f"{chance.choice(_HEADINGS)}: the {chance.choice(_GOODS)} {_code(chance)}"
    if kind < 0.6:
        texts = [" ".join(sentence(chance) for _ in range(chance.randrange(2, 5))) for _ in range(3)]
        body = "".join(f'<p class="body-copy text--regular u-margin-bottom-m">{text}</p>\n' for text in texts)
    elif kind < 0.85:
        items = "".join(
            f'<li class="list__item"><div class="list__icon">{_ICON}</div><div class="list__text">'
            f"<strong>{_code(chance)}</strong> {sentence(chance)}</div></li>\n"
            for _ in range(6)
        )
        body = f'<ul class="list list--with-icons">{items}</ul>'
    else:
        rows = "".join(
            f"<tr><td>{_code(chance)}</td><td>{chance.choice(_TOWNS)}</td><td>{chance.randrange(900)} kg</td>"
            f"<td>€ {chance.randrange(90, 9000)}</td></tr>\n"
            for _ in range(8)
        )
        body = f"<table><tr><th>Type</th><th>Made in</th><th>Load</th><th>Price</th></tr>{rows}</table>"
    return (
        '<section class="section section--default" data-component="content"><div class="grid__container">'
        f'<div class="grid__row"><div class="grid__col grid__col--8"><h2>{heading}</h2>\n{body}'
        "</div></div></div></section>\n"
    )


def _head(title: str, chance: random.Random) -> str:
    menu = "".join(
        f'<li class="menu__item"><a class="menu__link" href="/{path}">{_ICON}<span>{label}</span></a></li>\n'
        for path, label in TITLES.items()
        if path
    )
    legal = '<a href="/legal/privacy">Privacy</a><a href="/imprint">Imprint</a><a href="/login">Log in</a>'
    scripts = "".join(
        f"<script>{_SCRIPT}</script>\n<style>.a{n}{{color:#{chance.randrange(16**6):06x}}}</style>\n"
        for n in range(6)
    )
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{title} | {COMPANY}</title>\n'
        f'<meta name="description" content="{sentence(chance)}">\n'
        f'<meta property="og:site_name" content="{COMPANY}">\n{scripts}</head>\n<body>'
        f'<div class="cookie-banner" id="cookies">We use cookies. <button>Accept</button></div>\n'
        f'<header><a href="/">{COMPANY}</a><nav><ul class="menu">{menu}</ul></nav>{legal}</header>\n'
    )


def _foot(chance: random.Random) -> str:
    columns = "".join(
        f'<li><a href="https://social.example/{chance.randrange(10**6)}">{town}</a></li>' for town in _TOWNS
    )
    where = f"<address>{COMPANY}, 4 Mill Lane, Leeds</address>"
    return f"<footer><ul>{columns}</ul>{where}</footer>\n</body></html>\n"
