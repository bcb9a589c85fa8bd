"""Numbers that look like chance but follow from a text, the same in every process and version of Python.

For the airline's invented world only: they keep no secret.
"""

import struct
from hashlib import blake2b

_SIXTEEN = struct.Struct("<16I")
_SCALE = 2.0**-32


def draws(seed: str) -> tuple[float, ...]:
    """Sixteen numbers from 0 up to but not including 1."""
    return tuple(word * _SCALE for word in _SIXTEEN.unpack(blake2b(seed.encode()).digest()))
