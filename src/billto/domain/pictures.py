"""What can be told of a picture without unpacking it: how it is packed and how large it is."""

import struct
from typing import NamedTuple

# Larger ones would take longer to unpack than a page to set.
BYTES_MAX = 1_000_000
PIXELS_MAX = 12_000_000


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
