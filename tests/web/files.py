"""Pictures, and how they are sent."""

import struct
import zlib
from typing import Any

import httpx

from tests.web.house import Caller


def png(width: int = 60, height: int = 20, colour: tuple[int, int, int] = (11, 93, 78)) -> bytes:
    """A picture of one colour."""
    row = b"\0" + bytes(colour) * width
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(row * height)),
        (b"IEND", b""),
    )
    chunks = (
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in parts
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def form(content: bytes, name: str = "logo.png", **fields: str) -> tuple[bytes, dict[str, str]]:
    """A file as multipart/form-data with fields beside it, and the header that says so."""
    said = [
        f'--xyz\r\nContent-Disposition: form-data; name="{field}"\r\n\r\n{value}\r\n'
        for field, value in fields.items()
    ]
    head = f'--xyz\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    body = "".join(said).encode() + head.encode() + content + b"\r\n--xyz--\r\n"
    return body, {"Content-Type": "multipart/form-data; boundary=xyz"}


def upload(caller: Caller, content: bytes | None = None, **fields: Any) -> httpx.Response:
    headers = fields.pop("headers", {})
    body, typed = form(png() if content is None else content, **{"category": "logo", **fields})
    return caller.ask("POST", "/files", body, {**headers, **typed})
