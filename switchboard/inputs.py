"""Text as a stranger's request brings it: of any type, and with characters that cannot be stored.

Lengths and choices are checked where their limits are known.
"""


def text_of(value: object) -> str:
    """The value if it is a text, else an empty one.

    Half a character (a lone surrogate, which JSON can carry) cannot be written as UTF-8, nor a null
    character into a file's name: the first becomes the sign for an unknown one, the second is dropped.
    """
    if not isinstance(value, str):
        return ""
    return value.replace("\0", "").encode("utf-16", "surrogatepass").decode("utf-16", "replace")
