"""An entity's pictures and its colour, as far as they can be printed."""

import re
import struct
from typing import Any, NamedTuple

# Larger ones would take longer to unpack than the page to set.
BYTES_MAX = 1_000_000
PIXELS_MAX = 12_000_000

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


class Look(NamedTuple):
    format: str  # png or jpg
    width: int
    height: int


def look(picture: bytes | None) -> Look | None:
    """How large a picture is; None for what is not printed: another kind of file, or too large a one."""
    if not picture or len(picture) > BYTES_MAX:
        return None
    png, jpeg = _png_size(picture), _jpeg_size(picture)
    width, height = png or jpeg or (0, 0)
    if not 0 < width * height <= PIXELS_MAX:
        return None
    return Look("png" if png else "jpg", width, height)


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


def _png_size(picture: bytes) -> tuple[int, int] | None:
    if picture[:8] != b"\x89PNG\r\n\x1a\n" or len(picture) < 24:
        return None
    width, height = struct.unpack(">II", picture[16:24])
    return width, height


def _jpeg_size(picture: bytes) -> tuple[int, int] | None:
    """Width and height out of the header of the frame; the segments before it are passed over."""
    at = 2
    while picture[:2] == b"\xff\xd8" and at + 9 <= len(picture) and picture[at] == 0xFF:
        marker, length = picture[at + 1], int.from_bytes(picture[at + 2 : at + 4], "big")
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", picture[at + 5 : at + 9])
            return width, height
        at += 2 + length
    return None
