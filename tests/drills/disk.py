"""A disk that remembers what was synced and what was not, and can be looked at as after a power cut.

Models what POSIX promises and no more: what is written is safe once the file was synced, a name is safe once
its directory was. Until then anything may be there: nothing, all, half, or some without what came before.
"""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

import apsw

SECTOR = 512
NAME = "drill-disk"
_JOURNALS = apsw.SQLITE_OPEN_MAIN_JOURNAL | apsw.SQLITE_OPEN_WAL


class Does(Enum):
    """What is done to a disk."""

    CREATE = "a name for a new file"
    DELETE = "a name goes"
    WRITE = "bytes"
    TRUNCATE = "a new length"
    SYNC = "all bytes of a file, and of a new journal the names in its folder"


class Deed(NamedTuple):
    """One thing done to one file. Files are numbered: a name may be given again."""

    does: Does
    file: int
    name: str = ""
    at: int = 0
    data: bytes = b""
    syncs_names: bool = False


class Disk(apsw.VFS):
    """SQLite's own disk, with a record of all that is done to it and, if it is told so, no more space."""

    def __init__(self) -> None:
        (self.base, *_) = apsw.vfs_names()
        super().__init__(NAME, self.base, makedefault=True)
        self.deeds: list[Deed] = []
        self.files: dict[str, int] = {}
        self.writes_left: int | None = None  # None: as many as you like
        self.found_full = -1  # the last file for which there was no space
        self._numbers = count()

    def xOpen(self, name: Any, flags: list[int]) -> "File":
        path = Path(name.filename() if isinstance(name, apsw.URIFilename) else name or "")
        is_new = not path.exists()
        file = File(self, name, flags)
        if is_new:
            self.files[path.name] = file.number = next(self._numbers)
            self.deeds.append(Deed(Does.CREATE, file.number, path.name))
        else:
            file.number = self.files[path.name]
        # As os_unix.c does it: also where another connection has made the file, which may never sync it.
        file.must_sync_names = bool(flags[0] & _JOURNALS and flags[0] & apsw.SQLITE_OPEN_CREATE)
        return file

    def xDelete(self, name: str, syncs_names: bool) -> None:
        super().xDelete(name, syncs_names)
        known = Path(name).name
        self.deeds.append(Deed(Does.DELETE, self.files.pop(known), known, syncs_names=syncs_names))

    def take_space(self, file: int) -> None:
        """One write; raises apsw.FullError when there is no space for it."""
        if self.writes_left is not None:
            if not self.writes_left:
                self.found_full = file
                raise apsw.FullError("no space left")
            self.writes_left -= 1


class File(apsw.VFSFile):
    """One open file; a file may be open several times."""

    number: int
    must_sync_names = False

    def __init__(self, disk: Disk, name: Any, flags: list[int]) -> None:
        super().__init__(disk.base, name, flags)
        self._disk = disk

    def xWrite(self, data: Any, offset: int) -> None:
        self._disk.take_space(self.number)
        super().xWrite(data, offset)
        self._disk.deeds.append(Deed(Does.WRITE, self.number, at=offset, data=bytes(data)))

    def xTruncate(self, newsize: int) -> None:
        super().xTruncate(newsize)
        self._disk.deeds.append(Deed(Does.TRUNCATE, self.number, at=newsize))

    def xSync(self, flags: int) -> None:
        # The real disk need not: nobody takes its power.
        self._disk.deeds.append(Deed(Does.SYNC, self.number, syncs_names=self.must_sync_names))
        self.must_sync_names = False


@contextmanager
def recorded() -> Iterator[Disk]:
    """Everything that SQLite opens meanwhile is on this disk."""
    disk = Disk()
    try:
        yield disk
    finally:
        disk.unregister()


class Left(Enum):
    """What a power cut may leave of what was not synced."""

    NOTHING = "nothing"
    ALL = "all"
    TORN = "all, but the last write of each file stops in the middle"
    SOME = "some writes, in any order, torn or whole"


Image = dict[str, bytes]


@dataclass
class _Content:
    """A file: what is safe, and what was done since."""

    safe: bytearray = field(default_factory=bytearray)
    pending: list[Deed] = field(default_factory=list)


class Past:
    """The disk as it was at one moment of the record; goes forward only."""

    def __init__(self, deeds: list[Deed]) -> None:
        self._deeds = deeds
        self._at = 0
        self._files: dict[int, _Content] = {}
        self._names: dict[str, int] = {}  # that are safe
        self._pending: list[Deed] = []  # names given and taken since

    def forward(self, to: int) -> None:
        for deed in self._deeds[self._at : to]:
            self._do(deed)
        self._at = to

    def _do(self, deed: Deed) -> None:
        content = self._files.setdefault(deed.file, _Content())
        match deed.does:
            case Does.CREATE | Does.DELETE:
                self._pending.append(deed)
            case Does.SYNC:
                _apply(content.safe, content.pending)
                content.pending.clear()
            case _:
                content.pending.append(deed)
        if deed.syncs_names:
            _rename(self._names, self._pending)
            self._pending.clear()

    def image(self, left: Left, chance: random.Random) -> Image:
        """The files as they may be found when the power is back."""
        names = dict(self._names)
        kept = {Left.NOTHING: 0, Left.SOME: chance.randint(0, len(self._pending))}
        _rename(names, self._pending[: kept.get(left, len(self._pending))])
        return {name: self._found(self._files[file], left, chance) for name, file in names.items()}

    def _found(self, content: _Content, left: Left, chance: random.Random) -> bytes:
        found, pending = bytearray(content.safe), list(content.pending)
        match left:
            case Left.NOTHING:
                pending.clear()
            case Left.TORN if pending:
                pending[-1] = _torn(pending[-1], chance)
            case Left.SOME:
                some = [deed for deed in pending if chance.random() < 0.5]
                pending = [_torn(deed, chance) if chance.random() < 0.2 else deed for deed in some]
                chance.shuffle(pending)
        _apply(found, pending)
        return bytes(found)


def _apply(content: bytearray, deeds: list[Deed]) -> None:
    for deed in deeds:
        if deed.does is Does.TRUNCATE:
            del content[deed.at :]
            content.extend(bytes(deed.at - len(content)))
            continue
        content.extend(bytes(max(0, deed.at - len(content))))
        content[deed.at : deed.at + len(deed.data)] = deed.data


def _rename(names: dict[str, int], deeds: list[Deed]) -> None:
    for deed in deeds:
        if deed.does is Does.CREATE:
            names[deed.name] = deed.file
        else:
            names.pop(deed.name, None)


def _torn(deed: Deed, chance: random.Random) -> Deed:
    """A write that stopped: in a sector's middle, at its end, or with rubbish in the sector it was at."""
    if not deed.data:
        return deed
    end = chance.randrange(len(deed.data))
    if chance.random() < 0.5:
        end -= end % SECTOR
    rubbish = chance.randbytes(min(SECTOR, len(deed.data) - end)) if chance.random() < 0.3 else b""
    return deed._replace(data=deed.data[:end] + rubbish)
