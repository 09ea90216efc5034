"""Tables in files, CSV and XLSX: read and written row by row, so that memory does not grow with them."""

import csv
import hashlib
import io
import re
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import date, datetime, time
from typing import IO, Any, BinaryIO, NamedTuple, cast

from billto.domain import sniffing
from billto.domain.problems import Problem, Refused
from billto.domain.sniffing import refusal

# A line, and with it a cell: what a customer may hold at most, and some more.
LINE_MAX = 8_000_000
_PIECE = 1_000_000
_STRINGS_MAX = 300_000_000  # what XLSX keeps of all texts in one place, and is read at once
_UNPACKED_MAX = 20_000_000_000
_XLSX_CELL_MAX, _XLSX_ROWS_MAX = 32_767, 1_048_576
csv.field_size_limit(LINE_MAX)


class Sheet(NamedTuple):
    """A file that holds a table, and how it is written."""

    is_xlsx: bool
    digest: str  # SHA-256 of all of it
    size: int
    encoding: str = ""
    delimiter: str = ""

    @property
    def shown(self) -> str:
        if self.is_xlsx:
            return "XLSX"
        sign = {"\t": "tab", ";": "semicolon", ",": "comma"}.get(self.delimiter, self.delimiter)
        return f"CSV, {sniffing.SHOWN.get(self.encoding, self.encoding)}, parted by {sign}"


class Line(NamedTuple):
    """A row of a table; `wrong` says why it could not be taken apart, and its one cell is all of it then."""

    number: int  # the first is 1
    cells: Sequence[str]
    wrong: str = ""


def inspected(file: BinaryIO, *, encoding: str | None = None, unpacked_max: int = _UNPACKED_MAX) -> Sheet:
    """What a file is, after a look at all of it. Raises Refused for one that is no table.

    `unpacked_max` are the bytes that an XLSX file may have outside of its package.
    """
    file.seek(0)
    beginning = file.read(_PIECE)
    sniffing.check_kind(beginning)
    digest, size = _measured(file)
    if beginning.startswith(b"PK\x03\x04"):
        _check_xlsx(file, unpacked_max)
        return Sheet(True, digest, size)
    if encoding is None:
        encoding = sniffing.encoding(beginning, _pieces(file))
        if encoding in ("cp1252", "cp1250"):
            sniffing.check(encoding, _pieces(file))
    else:
        sniffing.check(encoding, _pieces(file))
    first = next((line for line in _lines(_text(file, encoding)) if line.strip()), "")
    if not first:
        raise refusal("it is empty")
    return Sheet(False, digest, size, encoding, sniffing.delimiter(first))


def _measured(file: BinaryIO) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    for piece in _pieces(file):
        digest.update(piece)
        size += len(piece)
    return digest.hexdigest(), size


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    file.seek(0)
    while piece := file.read(_PIECE):
        yield piece


def lines(file: BinaryIO, sheet: Sheet) -> Iterator[Line]:
    """The rows that are not empty, the header first."""
    return _xlsx_lines(file) if sheet.is_xlsx else _csv_lines(file, sheet)


# CSV


def _text(file: BinaryIO, encoding: str) -> io.TextIOWrapper:
    file.seek(0)
    return io.TextIOWrapper(cast("Any", _Borrowed(file)), encoding=encoding, newline="")


class _Borrowed(io.BufferedIOBase):
    """A file whose end of use does not close it."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def readable(self) -> bool:
        return True

    def read(self, size: int | None = -1, /) -> bytes:
        return self._file.read(-1 if size is None else size)

    def read1(self, size: int = -1, /) -> bytes:
        return self._file.read(_PIECE if size < 0 else size)


def _lines(text: io.TextIOWrapper) -> Iterator[str]:
    try:
        while line := text.readline(LINE_MAX + 1):
            if len(line) > LINE_MAX:
                raise refusal(f"this is no CSV: it has a line of more than {LINE_MAX} characters")
            yield line
    except UnicodeError:
        raise refusal("it was changed while it was read") from None


def _csv_lines(file: BinaryIO, sheet: Sheet) -> Iterator[Line]:
    taken: list[str] = []

    def remembered(given: Iterator[str]) -> Iterator[str]:
        for line in given:
            taken.append(line)
            yield line

    reader = csv.reader(
        remembered(_lines(_text(file, sheet.encoding))), delimiter=sheet.delimiter, strict=True
    )
    number = 0
    while True:
        number += 1
        taken.clear()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield Line(number, ("".join(taken).rstrip("\r\n"),), _meant(str(error)))
            continue
        if any(cells):
            yield Line(number, cells)


def _meant(error: str) -> str:
    if "expected after" in error:
        return "text follows a closing quote; a quote inside a cell is written twice"
    return "a quote is opened and never closed"


# XLSX


def _check_xlsx(file: BinaryIO, unpacked_max: int) -> None:
    try:
        with zipfile.ZipFile(file) as packed:
            sizes = {one.filename: one.file_size for one in packed.infolist()}
    except (zipfile.BadZipFile, OSError, ValueError):
        raise refusal("it begins as XLSX and is none") from None
    if "xl/workbook.xml" not in sizes:
        raise refusal("this is no CSV and no XLSX: it is a packed file of another kind")
    if sizes.get("xl/sharedStrings.xml", 0) > _STRINGS_MAX or sum(sizes.values()) > unpacked_max:
        raise refusal("it is too large to be read as XLSX: save it as CSV")


def _xlsx_lines(file: BinaryIO) -> Iterator[Line]:
    import openpyxl

    file.seek(0)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about styles that are not kept
            book = openpyxl.load_workbook(file, read_only=True, data_only=True)
    except Exception:  # whatever a broken file makes it raise
        raise refusal("it cannot be read as XLSX") from None
    with closing(book):
        sheet: Any = next(iter(book.worksheets), None)
        if sheet is None:
            raise refusal("it has no sheet")
        sheet.reset_dimensions()
        try:
            for number, row in enumerate(sheet.iter_rows(values_only=True), 1):
                cells = list(map(_cell, row))
                while cells and not cells[-1]:
                    cells.pop()
                if cells:
                    yield Line(number, cells)
        except Refused:
            raise
        except Exception:  # as above: a broken row is found when it is read
            raise refusal("it cannot be read as XLSX to its end") from None


_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


def _cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case float():
            return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
        case datetime():
            return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ")
        case date() | time():
            return value.isoformat()
        case str():
            return _ESCAPED.sub(lambda code: chr(int(code[1], 16)), value) if "_x" in value else value
        case _:
            return str(value)


# Writing


class CsvWriter:
    """Writes rows as CSV in UTF-8."""

    def __init__(self, file: IO[bytes], *, bom: bool = False, delimiter: str = ",") -> None:
        self._text = io.TextIOWrapper(file, "utf-8-sig" if bom else "utf-8", newline="", write_through=True)
        self._writer = csv.writer(self._text, delimiter=delimiter)
        self.write = self._writer.writerow

    def close(self) -> None:
        self._text.flush()
        self._text.detach()


# What XML cannot hold, and what it would read as something else; written as Excel writes it.
_UNFIT = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")


class XlsxWriter:
    """Writes rows as the one sheet of an XLSX file, every cell a text."""

    def __init__(self, file: IO[bytes]) -> None:
        from openpyxl import Workbook

        self._file = file
        self._book = Workbook(write_only=True)
        self._sheet: Any = self._book.create_sheet("customers")
        self._rows = 0

    def write(self, row: Sequence[str]) -> None:
        self._rows += 1
        if self._rows > _XLSX_ROWS_MAX:
            detail = f"an XLSX sheet has at most {_XLSX_ROWS_MAX} rows: export CSV"
            raise Refused(Problem("malformed", ("file",), detail))
        self._sheet.append([self._fit(cell) for cell in row])

    def _fit(self, cell: str) -> str | None:
        kept = _UNFIT.sub(lambda unfit: f"_x{ord(unfit[0]):04X}_", cell)
        if len(kept) > _XLSX_CELL_MAX:
            detail = f"row {self._rows}: a cell of XLSX holds at most {_XLSX_CELL_MAX} characters: export CSV"
            raise Refused(Problem("malformed", ("file",), detail))
        return kept or None

    def close(self) -> None:
        self._book.save(self._file)
