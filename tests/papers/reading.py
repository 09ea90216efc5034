"""What a PDF says, page by page, and what a code says."""

import io
import re

import segno
import zxingcpp
from pypdf import PdfReader


def pages(pdf: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]


def text(pdf: bytes) -> str:
    """All pages as one text with single spaces; places to break long words say nothing."""
    said = "\n".join(pages(pdf)).replace("\u200b", "")
    return re.sub(r"[ \u00a0\u202f]+", " ", said)


def seen(code: segno.QRCode) -> bytes:
    """What a reader of codes makes of a code, eight dots to the module, with a margin."""
    rows = list(code.matrix_iter(scale=8, border=4))
    dots = bytes(0 if dot else 255 for row in rows for dot in row)
    image = memoryview(dots).cast("B", (len(rows), len(rows)))
    (found,) = zxingcpp.read_barcodes(image)
    return bytes(found.bytes)
