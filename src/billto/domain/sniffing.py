"""In which encoding a file of text is written, and what parts its cells, told by what stands in it."""

import codecs
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from billto.domain.problems import Problem, Refused

DELIMITERS = (";", ",", "\t")
SAMPLE = 1_000_000
_PIECE = 1_000_000

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Files that people take for a table, by how they begin.
_OTHERS = (
    (b"\xd0\xcf\x11\xe0", "it is an old Excel file: save it as .xlsx or as CSV"),
    (b"%PDF", "it is a PDF"),
    (b"\x1f\x8b", "it is compressed: unpack it first"),
    (b"\x89PNG", "it is a picture"),
    (b"\xff\xd8\xff", "it is a picture"),
    (b"{\\rtf", "it is a text document"),
)
SHOWN = {
    "utf-8": "UTF-8", "utf-8-sig": "UTF-8 with BOM", "utf-16": "UTF-16", "utf-16-le": "UTF-16 LE",
    "utf-16-be": "UTF-16 BE", "cp1252": "Windows-1252", "cp1250": "Windows-1250",
}  # fmt: skip


def refusal(detail: str) -> Refused:
    return Refused(Problem("malformed", ("file",), detail))


def check_kind(beginning: bytes) -> None:
    """Refuses what is no table at all."""
    if not beginning:
        raise refusal("it is empty")
    for mark, what in _OTHERS:
        if beginning.startswith(mark):
            raise refusal(f"this is no CSV: {what}")


class _Seen(NamedTuple):
    """What has been seen of a file that may be UTF-8: letters beyond ASCII, and bytes that are none."""

    good: int
    bad: int
    first_bad: int  # the line
    sample: bytes  # lines with bytes beyond ASCII


def encoding(beginning: bytes, pieces: Iterable[bytes]) -> str:
    """The encoding of a file, all of which is looked at; raises Refused when there is none."""
    bom = next((name for mark, name in _BOMS if beginning.startswith(mark)), None)
    if bom == "utf-16" or (bom is None and b"\0" in beginning[:4096]):
        name = bom or _utf_16_by_its_zeros(beginning[:4096])
        check(name, pieces)
        return name
    seen = _looked_through(pieces)
    if not seen.bad:
        return bom or "utf-8"
    # A few stray bytes in a file that is UTF-8 everywhere else are damage, not another encoding.
    if bom or seen.good > seen.bad:
        raise refusal(f"it begins as UTF-8 and is none in line {seen.first_bad}")
    return _single_byte(seen.sample)


def _utf_16_by_its_zeros(beginning: bytes) -> str:
    even, odd = beginning[::2].count(0), beginning[1::2].count(0)
    if max(even, odd) > len(beginning) // 4 and min(even, odd) * 10 < max(even, odd):
        return "utf-16-be" if even > odd else "utf-16-le"
    raise refusal("this is no CSV: it holds bytes that no text has")


def _looked_through(pieces: Iterable[bytes]) -> _Seen:
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    good = bad = first_bad = 0
    lines, sample = 1, bytearray()
    for piece in pieces:
        if b"\0" in piece:
            raise refusal("this is no CSV: it holds bytes that no text has")
        text = decoder.decode(piece)
        if not text.isascii():
            wrong = len(_STRAY.findall(text))
            beyond = len(text) - len(text.encode("ascii", "ignore"))
            good, bad = good + beyond - wrong, bad + wrong
            if wrong and not first_bad:
                first_bad = lines + text.count("\n", 0, next(_STRAY.finditer(text)).start())
            if wrong and len(sample) < SAMPLE:
                sample += b"\n".join(one for one in piece.splitlines() if not one.isascii())
        lines += text.count("\n")
    bad += bool(decoder.getstate()[0])  # half of a letter at the very end
    return _Seen(good, bad, first_bad or lines, bytes(sample[:SAMPLE]))


_STRAY = re.compile("[\udc80-\udcff]")

# Read as Windows-1252, what central European words look like; and what western ones have that those have not.
_CENTRAL = re.compile(
    r"[šžŠŽ]|[iaoue]è\b|[iaeour]è[iaek]|\bÈ[a-z]|[a-zèæ]æ\b|iæ|[a-zó]³|³[a-zóê¹]|\b£[a-zó]|[a-z]¹|¹[a-z]|œ[cniæ]"
    r"|[a-z]¿|¿[a-zó]|[a-z]Ÿ|Ÿ[a-z]|[a-z]ð|ð[a-z]|ø[eií]|ì[a-z]|[a-z]ù\b|ù[mvj]|[a-z]õ[a-z]|[a-z]û[a-z]"
)
_WESTERN = re.compile(
    r"[åÅ]|[a-z]ø[a-df-hj-z]|\bØ|[ãñÑ]|è[rsvtdlgmnpc]|à\b|[a-z]ê[a-z]|ùr|[aeiou]ç|œu|ß\b|[Ææ][a-z]"
)


def _single_byte(sample: bytes) -> str:
    text = sample.decode("cp1252", "replace")
    central, western = len(_CENTRAL.findall(text)), len(_WESTERN.findall(text))
    order = ("cp1250", "cp1252") if central > western else ("cp1252", "cp1250")
    for name in order:
        try:
            sample.decode(name)
        except UnicodeDecodeError:
            continue
        return name
    raise refusal("its letters are in no encoding that is known (UTF-8, UTF-16, Windows-1252, Windows-1250)")


def check(name: str, pieces: Iterable[bytes]) -> None:
    """Refuses a file that cannot be read in an encoding from its beginning to its end."""
    decoder = codecs.getincrementaldecoder(name)()
    lines = 1
    try:
        for piece in pieces:
            text = decoder.decode(piece)
            if "\0" in text:
                raise refusal("this is no CSV: it holds bytes that no text has")
            lines += text.count("\n")
        decoder.decode(b"", final=True)
    except UnicodeError:
        raise refusal(f"it is no {SHOWN.get(name, name)} after line {lines}") from None


def delimiter(line: str) -> str:
    """What parts the cells of the header: the sign that stands most often outside of quotes."""
    bare = re.sub(r'"[^"]*"', "", line)
    return max(DELIMITERS, key=bare.count) if any(map(bare.count, DELIMITERS)) else ","


def in_pieces(whole: bytes) -> Iterator[bytes]:
    for start in range(0, len(whole), _PIECE):
        yield whole[start : start + _PIECE]
