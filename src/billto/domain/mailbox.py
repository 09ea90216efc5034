"""E-mail addresses, and texts that go into one line of a head: nothing in them makes a line more."""

import re

ADDRESS_MAX = 254
_LOCAL_MAX = 64

# What a local part may not have without quotes, which nobody's has; other letters than ours are welcome.
_LOCAL = re.compile(r"[^\s.()<>@,;:\\\"\[\]]+(?:\.[^\s.()<>@,;:\\\"\[\]]+)*")
_DOMAIN = re.compile(
    r"[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*"
)


def is_address(text: str) -> bool:
    """Whether a text is one address that mail can be sent to, and nothing beside."""
    local, at, domain = text.rpartition("@")
    if not at or len(text) > ADDRESS_MAX or len(local) > _LOCAL_MAX or not text.isprintable():
        return False
    return bool(_LOCAL.fullmatch(local)) and to_ascii(domain) is not None


def to_ascii(domain: str) -> str | None:
    """A domain as the network knows it (`bücher.de` is `xn--bcher-kva.de`); None for what is none."""
    try:
        name = domain.encode("idna").decode("ascii")
    except UnicodeError:
        return None
    return name if _DOMAIN.fullmatch(name) else None


def one_line(text: str) -> str:
    """A text without anything that ends a line, moves the cursor or turns the direction of writing."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())
