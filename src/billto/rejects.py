"""The file of rejected rows: the columns of the import and why, to be corrected and imported again."""

import csv
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import TextIO

from billto.app.imports import Rejected
from billto.domain.importing import REASON
from billto.domain.importing.headers import key
from billto.shell import Fault

SHOWN_MAX = 20
_NUMBER = re.compile(r"row ([0-9]+): ")


class Report:
    """Keeps rejected rows: in a file, if there is one, and the first of them to be shown."""

    def __init__(self, path: Path | None, headers: Sequence[str]) -> None:
        self._path = path
        self._at = [at for at, one in enumerate(headers) if key(one) != key(REASON)]
        self._headers = [headers[at] for at in self._at]
        self._file: TextIO | None = None
        self._places: dict[int, int] = {}  # where the rows of a chunk begin, by the number of its first row
        self._first: list[tuple[int, str]] = []

    def __enter__(self) -> "Report":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.close()

    def begin(self, next_row: int) -> None:
        """Opens the file; what it has of rows before this one is kept, for an import that goes on."""
        if self._path is None:
            return
        kept = self._kept(next_row)
        try:
            self._file = self._path.open("w", encoding="utf-8-sig", newline="")
        except OSError as error:
            raise Fault(f"{self._path} cannot be written: {error.strerror}") from None
        self._write([[*self._headers, REASON], *kept])

    def _kept(self, next_row: int) -> list[list[str]]:
        assert self._path is not None
        if not self._path.exists() or self._path.stat().st_size == 0:
            return []
        with self._path.open(encoding="utf-8-sig", newline="", errors="replace") as file:
            rows = csv.reader(file)
            header = next(rows, [])
            if not header or key(header[-1]) != key(REASON):
                raise Fault(f"{self._path} is there already, and is no report of an import")
            return [row for row in rows if row and _number(row[-1]) < next_row]

    def tell(self, first_row: int, rejected: Sequence[Rejected]) -> None:
        """Keeps rows of a chunk; those of the same chunk, or of one after it, are forgotten first."""
        self._first = [one for one in self._first if one[0] < first_row]
        for one in rejected[: SHOWN_MAX - len(self._first)]:
            self._first.append((one.row.number, _reason(one)))
        if self._file is None:
            return
        place = self._places.setdefault(first_row, self._file.tell())
        self._file.seek(place)
        self._file.truncate()
        self._write([self._row(one) for one in rejected])

    def _row(self, rejected: Rejected) -> list[str]:
        cells = rejected.row.cells
        width = len(cells)
        kept = [cells[at] if at < width else "" for at in self._at]
        return [*kept, _reason(rejected)]

    def _write(self, rows: Sequence[Sequence[str]]) -> None:
        assert self._file is not None
        csv.writer(self._file).writerows(rows)
        self._file.flush()

    def lines(self) -> Iterator[str]:
        """The first rejected rows, and where the others are."""
        for _, reason in self._first:
            yield reason
        if self._path is not None and self._first:
            yield f"rejected rows are in {self._path}: correct them there and import that file"
        elif len(self._first) == SHOWN_MAX:
            yield "there may be more: --report FILE keeps all of them"


def _reason(rejected: Rejected) -> str:
    said = "; ".join(one.reason for one in rejected.faults)
    return f"row {rejected.row.number}: {said}"


def _number(reason: str) -> int:
    found = _NUMBER.match(reason)
    return int(found[1]) if found else 0
