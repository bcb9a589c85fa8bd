"""Which kind of product a text names.

Kinds are the most specific categories of the training data. Other names for them are taken as well, since
few people say "memory kit", and so are families of products of one kind. Does not tell whether the text is
about the kind that it names: a laptop "with 16 GB RAM" is taken for a memory kit.
"""

import re
from dataclasses import dataclass

_OTHER_NAMES = {
    "case accessory": (),
    "case fan": ("pc fan", "cooling fan", "case fans"),
    "computer case": ("pc case", "case", "mid tower", "full tower"),
    "cpu cooler": ("cooler", "aio", "liquid cooler", "heatsink"),
    "external drive": ("external ssd", "external hdd", "portable ssd", "external hard drive", "usb drive"),
    "fan controller": ("fan hub",),
    "headphones": ("headset", "headphone", "earbuds", "earphones"),
    "internal drive": ("ssd", "hdd", "hard drive", "nvme", "solid state drive", "hard disk"),
    "keyboard": ("keyboards",),
    "memory kit": ("ram", "dimm", "so-dimm", "sodimm"),
    "monitor": ("monitors",),
    "motherboard": ("mainboard", "mobo"),
    "mouse": ("mice",),
    "operating system": (),
    "optical drive": ("dvd drive", "blu-ray drive", "dvd writer"),
    "power supply": ("psu", "power supply unit"),
    "processor": ("cpu", "ryzen", "threadripper", "core i3", "core i5", "core i7", "core i9", "core ultra"),
    "sound card": ("audio card",),
    "speakers": ("speaker", "soundbar"),
    "thermal compound": ("thermal paste", "thermal grease"),
    "ups system": ("ups", "uninterruptible power supply"),
    "video card": ("graphics card", "gpu", "graphic card", "geforce", "radeon rx", "rtx", "gtx"),
    "webcam": ("web cam", "web camera"),
    "wired network adapter": ("ethernet adapter", "network card"),
    "wireless network adapter": ("wifi adapter", "wi-fi adapter", "wi-fi card", "wifi card", "wlan adapter"),
}
KINDS = tuple(_OTHER_NAMES)

_KIND_OF = {name: kind for kind, names in _OTHER_NAMES.items() for name in (kind, *names)}


def _phrases(names: list[str]) -> str:
    return "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))


# A heading such as "Video Card: …" states the kind, then a kind's own name, then what else people call it.
_STATED = re.compile(rf"^\s*({_phrases(list(KINDS))})\s*:", re.MULTILINE)
_NAMED = re.compile(rf"(?<!\w)({_phrases(list(KINDS))})(?!\w)")
_CALLED = re.compile(rf"(?<!\w)({_phrases(list(_KIND_OF))})(?!\w)")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of product, one of ``KINDS``, and the ``phrase`` of the text that names it."""

    name: str
    phrase: str


def kind_of(text: str) -> Kind | None:
    """The kind of product that lower-case ``text`` names, or ``None``.

    The line that starts with a kind and a colon wins, then the first kind by its own name, then the first by
    another name for it.
    """
    found = _STATED.search(text) or _NAMED.search(text) or _CALLED.search(text)
    return Kind(_KIND_OF[found[1]], found[1]) if found else None
