"""An entity's pictures and its colour, as far as they can be printed."""

import re
from typing import Any, NamedTuple

INK = "#1b1f24"
_COLOUR = "#1f4e79"
_HEX = re.compile("#?([0-9A-Fa-f]{3}|[0-9A-Fa-f]{6})")
# How light a colour may be for text on white (WCAG 2: 4.5 to 1).
_CONTRAST = 4.5


class Art(NamedTuple):
    """The logo and signature of an entity, as PNG or JPEG files."""

    logo: bytes | None = None
    signature: bytes | None = None


class Colours(NamedTuple):
    """What is painted in an entity's colour, and what is written in it."""

    paint: str
    text: str


def colours(wanted: Any) -> Colours:
    """The colours of a setting such as `#0F6` or `1f4e79`; what is too light to read is for surfaces only."""
    found = _HEX.fullmatch(wanted) if isinstance(wanted, str) else None
    if found is None:
        return Colours(_COLOUR, _COLOUR)
    digits = found[1].lower()
    paint = "#" + (digits if len(digits) == 6 else "".join(2 * digit for digit in digits))
    return Colours(paint, paint if 1.05 / (_luminance(paint) + 0.05) >= _CONTRAST else INK)


def _luminance(colour: str) -> float:
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
