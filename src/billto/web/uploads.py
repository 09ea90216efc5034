"""A file that a client sends as multipart/form-data: taken within bounds."""

from collections.abc import Mapping
from typing import Any

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.types import Receive

from billto.dialects.dialect import Sent
from billto.domain.problems import Problem, Refused
from billto.web import bodies

MULTIPART_TYPE = "multipart/form-data"
FIELD = "file"
SECONDS_MAX = 120.0
_FRAME_MAX = 64 * 1024  # for what stands around the file
_PARTS_MAX = 20
_FIELD_MAX = 1_000  # bytes of a field; what is longer is none of ours


class _Part:
    """One part of a form."""

    def __init__(self) -> None:
        self.headers: dict[str, str] = {}
        self.pieces: list[bytes] = []

    def option(self, name: str) -> str | None:
        _, options = parse_options_header(self.headers.get("content-disposition", ""))
        value = options.get(name.encode())
        return None if value is None else value.decode("utf-8", "replace")


class _Form:
    """Gathers the parts that the parser finds."""

    def __init__(self) -> None:
        self.parts: list[_Part] = []
        self._name = self._value = b""
        self.whole = False

    def callbacks(self) -> Any:
        names = ("part_begin", "part_data", "header_field", "header_value", "header_end", "end")
        return {f"on_{name}": getattr(self, f"_{name}") for name in names}

    def _part_begin(self) -> None:
        if len(self.parts) >= _PARTS_MAX:
            raise _malformed(f"the form has more than {_PARTS_MAX} parts")
        self.parts.append(_Part())

    def _part_data(self, data: bytes, start: int, end: int) -> None:
        self.parts[-1].pieces.append(data[start:end])

    def _header_field(self, data: bytes, start: int, end: int) -> None:
        self._name += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _header_end(self) -> None:
        self.parts[-1].headers[self._name.decode("latin-1").lower()] = self._value.decode("latin-1")
        self._name = self._value = b""

    def _end(self) -> None:
        self.whole = True


async def read(receive: Receive, headers: Mapping[str, str], file_max: int) -> Sent:
    """The file of a form: the part named `file`, or the only one. Raises Refused when there is none."""
    kind, options = parse_options_header(headers.get("content-type", ""))
    boundary = options.get(b"boundary")
    if kind.decode("latin-1").lower() != MULTIPART_TYPE or not boundary:
        raise Refused(Problem("unsupported_media_type", ("Content-Type",), MULTIPART_TYPE))
    body = await bodies.read(receive, headers, bytes_max=file_max + _FRAME_MAX, seconds_max=SECONDS_MAX)
    form = _Form()
    try:
        parser = MultipartParser(boundary, form.callbacks())
        parser.write(body)
        parser.finalize()
    except FormParserError:
        raise _malformed("the form cannot be read") from None
    if not form.whole:
        raise _malformed("the form ends before its end")
    part = _file(form.parts)
    content = b"".join(part.pieces)
    if len(content) > file_max:
        raise Refused(Problem("too_large", (FIELD,), str(file_max)))
    return Sent(part.option("filename") or "", content, _fields(form.parts))


def _fields(parts: list[_Part]) -> dict[str, str]:
    """What a form says beside its file; the last word counts."""
    said = {}
    for part in parts:
        name, text = part.option("name"), b"".join(part.pieces)
        if name and part.option("filename") is None and len(text) <= _FIELD_MAX:
            said[name] = text.decode("utf-8", "replace")
    return said


def _file(parts: list[_Part]) -> _Part:
    files = [part for part in parts if part.option("filename") is not None]
    named = [part for part in files or parts if part.option("name") == FIELD]
    found = named or files
    if not found:
        raise Refused(Problem("required", (FIELD,)))
    if len(found) > 1:
        raise _malformed("the form holds several files; one is taken")
    return found[0]


def _malformed(detail: str) -> Refused:
    return Refused(Problem("malformed", ("body",), detail))
