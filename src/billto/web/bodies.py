"""What clients send: bodies taken within bounds, and the JSON door, which lets only plain trees through."""

import asyncio
import codecs
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any
from urllib.parse import parse_qsl

from starlette.types import Receive

from billto.dialects.brackets import nested
from billto.domain.numerals import NumberFault, read_constant, read_fraction, read_whole
from billto.domain.problems import Path, Problem, Refused

BYTES_MAX = 1_000_000
SECONDS_MAX = 20.0
DEPTH_MAX = 32
KEYS_MAX = 1_000  # of one object
VALUES_MAX = 10_000  # of the whole body: objects, arrays and what they hold
PROBLEMS_MAX = 100  # more would only make the answer long
KEY_SHOWN_MAX = 100

JSON_TYPE = "application/json"
FORM_TYPE = "application/x-www-form-urlencoded"


class Disconnected(Exception):
    """The client left before its body was whole; nobody waits for an answer."""


# Taking a body


async def read(
    receive: Receive,
    headers: Mapping[str, str],
    *,
    bytes_max: int = BYTES_MAX,
    seconds_max: float = SECONDS_MAX,
) -> bytes:
    """The whole body. Raises Refused when it is too long or too slow, Disconnected when the client leaves."""
    if _announces_more(headers.get("content-length", ""), bytes_max):
        raise _too_large(bytes_max)
    try:
        # One deadline for all of it: a limit between pieces would let a client drip for ever.
        async with asyncio.timeout(seconds_max):
            return await _joined(receive, bytes_max)
    except TimeoutError:
        raise Refused(Problem("timed_out", ("body",))) from None


async def _joined(receive: Receive, bytes_max: int) -> bytes:
    pieces: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Disconnected
        piece = message.get("body", b"")
        size += len(piece)
        if size > bytes_max:
            raise _too_large(bytes_max)
        pieces.append(piece)
        if not message.get("more_body", False):
            return pieces[0] if len(pieces) == 1 else b"".join(pieces)


def _announces_more(length: str, bytes_max: int) -> bool:
    """Whether Content-Length promises too much; the server has refused one that is no number."""
    if not (length.isascii() and length.isdigit()):
        return False
    digits = length.lstrip("0")
    return len(digits) > 18 or int(digits or "0") > bytes_max


def _too_large(bytes_max: int) -> Refused:
    return Refused(Problem("too_large", ("body",), str(bytes_max)))


# What kind of body


def content_type(headers: Mapping[str, str]) -> str:
    """The media type without its parameters, in lower case; empty where none is given."""
    return headers.get("content-type", "").partition(";")[0].strip().lower()


def parse(body: bytes, headers: Mapping[str, str], *, or_form: bool) -> Any:
    """The tree of a body, of JSON or, where forms are taken, of a form; raises Refused for any other."""
    if or_form and content_type(headers) == FORM_TYPE:
        return parse_form(body)
    require_json(headers)
    return parse_json(body)


def parse_form(body: bytes) -> Any:
    """The tree of a form, all of texts; brackets in names nest."""
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, errors="strict", max_num_fields=KEYS_MAX)
    except ValueError:
        raise _malformed(f"the form cannot be read, or has more than {KEYS_MAX} fields") from None
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        if _UNFIT.search(name):
            raise Refused(Problem("invalid_text", (_shown(name),)))
        found.setdefault(name, []).append(value)
    return nested(found)


def require_json(headers: Mapping[str, str]) -> None:
    """Refuses a body said to be anything but JSON in UTF-8; where nothing is said, it is taken as that."""
    given = content_type(headers)
    is_json = given in ("", JSON_TYPE) or (given.startswith("application/") and given.endswith("+json"))
    if not (is_json and _is_utf8(headers.get("content-type", ""))):
        raise Refused(Problem("unsupported_media_type", ("Content-Type",), f"{JSON_TYPE} in UTF-8"))


def _is_utf8(header: str) -> bool:
    for parameter in header.split(";")[1:]:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset" and value.strip().strip('"').lower() not in ("utf-8", "utf8"):
            return False
    return True


# The JSON door


def parse_json(body: bytes) -> Any:
    """The tree of a JSON body: strict, bounded, fractions as Decimal. Raises Refused, and nothing else.

    Keys are free of NUL and halves of surrogate pairs; string values are not, their attributes see to that.
    """
    body = body.removeprefix(codecs.BOM_UTF8)
    if not body.strip(b" \t\r\n"):
        raise _malformed("a JSON body is needed, and this one is empty")
    _weigh(body)
    text = _text(body)
    try:
        tree = _decoded(_TREES, text)
    except _KeyFault:
        raise Refused(*_all_key_faults(text)) from None
    # Only an escape can bring these in, so that hardly any body pays for the second look.
    if "\\u" in text and _UNFIT_ESCAPE.search(text) and (problems := _all_key_faults(text)):
        raise Refused(*problems)
    return tree


def _malformed(detail: str, path: Path = ()) -> Refused:
    return Refused(Problem("malformed", path, detail))


def _weigh(body: bytes) -> None:
    """Refuses what nests too deep or holds too much before any of it is built.

    Reads brackets and commas as the parser would up to the first fault, where the parser stops anyway.
    """
    opened = body.count(b"[") + body.count(b"{")
    if opened <= DEPTH_MAX and opened + body.count(b",") < VALUES_MAX:
        return
    if b"\\" in body:
        body = body.replace(b"\\\\", b"").replace(b'\\"', b"")
    # Every second part between quotes is the inside of a string; the quote left in its place keeps ["a"]
    # from looking like [].
    plain = b'"'.join(body.split(b'"')[::2])
    _measure_depth(plain)
    plain = plain.translate(None, b" \t\r\n")
    filled = plain.count(b"[") + plain.count(b"{") - plain.count(b"[]") - plain.count(b"{}")
    if 1 + filled + plain.count(b",") > VALUES_MAX:
        raise _malformed(f"the body holds more than {VALUES_MAX} values")


_ALL_BUT_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))


def _measure_depth(plain: bytes) -> None:
    depth = opened = 0
    for bracket in plain.translate(None, _ALL_BUT_BRACKETS):
        if bracket in b"]}":
            depth -= 1
            if depth <= 0:
                return  # the tree ends here, or is broken here
            continue
        depth += 1
        opened += 1
        if depth > DEPTH_MAX:
            raise Refused(Problem("too_deep", ("body",), str(DEPTH_MAX)))
        if opened > VALUES_MAX:
            raise _malformed(f"the body holds more than {VALUES_MAX} values")


def _text(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        before = body[: error.start].decode()
        raise _malformed(f"the body is not UTF-8 at {_place(before, len(before))}") from None


def _decoded(decoder: json.JSONDecoder, text: str) -> Any:
    try:
        return decoder.decode(text)
    except json.JSONDecodeError as error:
        what = error.msg[:1].lower() + error.msg[1:].removesuffix(" at")
        raise _malformed(f"the body is not JSON: {what} at {_place(text, error.pos)}") from None
    except NumberFault as fault:
        # The parser reads from left to right, so that the first such number is the one it stopped at.
        found = (one.start() for one in _NUMBER_OR_STRING.finditer(text) if one[0] == fault.literal)
        raise _malformed(f"the body holds {fault.what} at {_place(text, next(found))}") from None


def _place(text: str, index: int) -> str:
    line = text.count("\n", 0, index) + 1
    return f"line {line}, column {index - text.rfind(chr(10), 0, index)}"


_NUMBER_OR_STRING = re.compile(
    r'"(?:[^"\\]|\\.)*+"|NaN|-?Infinity|-?[0-9]+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?', re.DOTALL
)


# Keys


class _KeyFault(Exception):
    """An object has a key twice, or too many."""


class _Pairs(list[tuple[str, Any]]):
    """An object with every key that was written, also those written twice."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs) or len(pairs) > KEYS_MAX:
        raise _KeyFault
    return made


_TREES = json.JSONDecoder(
    object_pairs_hook=_object, parse_int=read_whole, parse_float=read_fraction, parse_constant=read_constant
)
# The parser does not say where it is, so that a body with a fault in a key is read once more, with all pairs.
_PAIRS = json.JSONDecoder(
    object_pairs_hook=_Pairs, parse_int=read_whole, parse_float=read_fraction, parse_constant=read_constant
)
_UNFIT = re.compile("[\x00\ud800-\udfff]")
_UNFIT_ESCAPE = re.compile(r"\\u(?:0000|[dD][89a-fA-F])")


def _all_key_faults(text: str) -> list[Problem]:
    return list(islice(_key_faults(_decoded(_PAIRS, text), ()), PROBLEMS_MAX))


def _key_faults(tree: Any, path: Path) -> Iterator[Problem]:
    inner: Iterator[tuple[str | int, Any]]
    if isinstance(tree, _Pairs):
        if len(tree) > KEYS_MAX:
            yield Problem("malformed", path or ("body",), f"has more than {KEYS_MAX} keys")
        for key, times in Counter(key for key, _ in tree).items():
            if _UNFIT.search(key):
                yield Problem("invalid_text", (*path, _shown(key)))
            if times > 1:
                yield Problem("duplicate_key", (*path, _shown(key)))
        inner = ((_shown(key), value) for key, value in tree)
    elif isinstance(tree, list):
        inner = enumerate(tree)
    else:
        return
    for step, value in inner:
        yield from _key_faults(value, (*path, step))


def _shown(key: str) -> str:
    """A key as an answer can carry it: short, and with escapes for what text cannot hold."""
    cut = key if len(key) <= KEY_SHOWN_MAX else key[:KEY_SHOWN_MAX] + "…"
    return _UNFIT.sub(lambda unfit: f"\\u{ord(unfit[0]):04x}", cut)
