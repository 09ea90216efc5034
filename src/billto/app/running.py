"""An import from its first row to its last: chunks, each a transaction that says how far it came."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import BinaryIO, NamedTuple

from billto.app import sheets
from billto.app.imports import How, Rejected, Taken, take
from billto.app.parts import Request, Store, Tx
from billto.app.sheets import Line, Sheet
from billto.domain.importing import Columns, Fault, Mode, Row
from billto.domain.jobs import ImportJob
from billto.domain.problems import Problem, Refused
from billto.domain.scope import Scope
from billto.domain.sniffing import refusal

CHUNK = 2_000
TRIES = 4

# What is told of rejected rows: the first row of the chunk, and those of its rows that were rejected. A chunk
# that is done again is told again.
Tell = Callable[[int, Sequence[Rejected]], None]


class Counts(NamedTuple):
    """What came of all rows so far; they add up to the rows of the file."""

    made: int = 0
    changed: int = 0
    unchanged: int = 0
    rejected: int = 0

    def and_of(self, taken: Taken) -> "Counts":
        done = (len(taken.made), taken.changed, taken.unchanged, len(taken.rejected))
        return Counts(*(before + now for before, now in zip(self, done, strict=True)))


class Spoilt(Exception):
    """Rows were rejected where all or nothing was asked for; nothing is stored."""

    def __init__(self, counts: Counts) -> None:
        super().__init__(f"{counts.rejected} rows were rejected")
        self.counts = counts


class Import:
    """One file on its way into one entity."""

    def __init__(
        self, store: Store, scope: Scope, file: BinaryIO, sheet: Sheet, how: How, *, name: str = ""
    ) -> None:
        self._store = store
        self._file = file
        self._sheet = sheet
        self._how = how
        self._name = name[-255:]
        self.columns = columns(file, sheet, how)
        said = [sheet.digest, how.language or "", how.mode.value, how.key.value if how.key else ""]
        self._digest = hashlib.sha256("/".join((*said, sheet.encoding)).encode()).hexdigest()
        self.id = self._digest[:24]
        self._asked = Request(scope, request_id=f"import_{self.id}")

    async def before(self) -> ImportJob | None:
        """What is known of this file from an earlier run."""
        return await self._store.reader.get(ImportJob, self._asked.scope, self.id)

    def is_done(self, job: ImportJob | None) -> bool:
        """Whether an earlier run has made all customers; changes are made as often as they are asked for."""
        return job is not None and job.finished_at is not None and self._how.mode is Mode.CREATE

    async def forget(self) -> None:
        """Begins anew with the next run."""

        async def work(tx: Tx) -> None:
            if (job := await tx.lock(ImportJob, self._asked.scope, self.id)) is not None:
                await tx.delete(job, self._asked.scope)

        await self._store.write(work)

    async def run(self, tell: Tell, progress: Callable[[Counts, int], None], *, dry: bool = False) -> Counts:
        """Takes all rows, a chunk in a transaction; goes on where an earlier run was ended."""
        job = None if dry else await self.before()
        anew = job is None or job.finished_at is not None
        counts = Counts() if job is None or anew else _counts(job)
        start = 0 if job is None or anew else job.next_row
        for chunk in self._chunks(start):
            counts = await self._one(_Step(chunk, start, counts, anew), tell, dry=dry)
            start, anew = chunk[-1].number + 1, False
            progress(counts, self._file.tell())
        if not dry:
            await self._finish(start, counts, anew=anew)
        return counts

    async def _one(self, step: "_Step", tell: Tell, *, dry: bool) -> Counts:
        for left in reversed(range(TRIES)):
            try:
                return await self._store.write(lambda tx: self._chunk(tx, step, tell, dry=dry))
            except Refused as refused:
                # Somebody else took a number between the look and the write: the next look sees it. A busy
                # or absent database is tried again as well.
                if not left or refused.problems[0].code not in ("taken", "busy", "unavailable"):
                    raise
        raise AssertionError

    async def _chunk(self, tx: Tx, step: "_Step", tell: Tell, *, dry: bool) -> Counts:
        job = None if dry else await self._claimed(tx, step)
        taken = await take(tx, self._asked, self.columns, step.rows, self._how, dry=dry)
        tell(step.rows[0].number, taken.rejected)
        counts = step.counts.and_of(taken)
        if job is not None:
            await self._keep(tx, job, step.rows[-1].number + 1, counts)
        return counts

    async def _claimed(self, tx: Tx, step: "_Step") -> ImportJob:
        """The job as this run knows it; raises Refused when another one is at work on the same file."""
        job = await tx.lock(ImportJob, self._asked.scope, self.id)
        new = ImportJob(
            entity_id=self._asked.scope.entity, id=self.id, digest=self._digest, file=self._name,
            started_at=tx.now, updated_at=tx.now,
        )  # fmt: skip
        if job is None:
            return await tx.insert(new)
        if step.anew and job.finished_at is not None:
            await tx.update(job, new, self._asked.scope)
            return new
        if step.anew or job.next_row != step.start or job.finished_at is not None:
            raise Refused(Problem("importing"))
        return job

    async def _keep(
        self, tx: Tx, job: ImportJob, next_row: int, counts: Counts, *, finished: bool = False
    ) -> None:
        done = job._replace(
            next_row=next_row, updated_at=tx.now, finished_at=tx.now if finished else None, **counts._asdict()
        )
        await tx.update(job, done, self._asked.scope)

    async def _finish(self, start: int, counts: Counts, *, anew: bool) -> None:
        async def work(tx: Tx) -> None:
            job = await self._claimed(tx, _Step((), start, counts, anew))
            await self._keep(tx, job, start, counts, finished=True)

        await self._store.write(work)

    async def run_whole(self, tell: Tell, progress: Callable[[Counts, int], None]) -> Counts:
        """Takes all rows in one transaction; raises Spoilt, with everything told, when one is rejected."""
        job = await self.before()
        anew = job is None or job.finished_at is not None

        async def work(tx: Tx) -> Counts:
            start = 0 if job is None or anew else job.next_row
            counts = Counts() if job is None or anew else _counts(job)
            kept = await self._claimed(tx, _Step((), start, counts, anew))
            before = counts.rejected
            for chunk in self._chunks(start):
                spoilt = counts.rejected > before
                taken = await take(tx, self._asked, self.columns, chunk, self._how, dry=spoilt)
                tell(chunk[0].number, taken.rejected)
                counts, start = counts.and_of(taken), chunk[-1].number + 1
                progress(counts, self._file.tell())
            if counts.rejected > before:
                raise Spoilt(counts)
            await self._keep(tx, kept, start, counts, finished=True)
            return counts

        return await self._store.write(work)

    def _chunks(self, start: int) -> Iterator[Sequence[Row]]:
        """Rows from one number on, some thousand at a time."""
        lines = (
            line for line in islice(sheets.lines(self._file, self._sheet), 1, None) if line.number >= start
        )
        while some := list(islice(lines, CHUNK)):
            yield [row(self.columns, line) for line in some]


class _Step(NamedTuple):
    """A chunk, and what a run knows when it comes to it."""

    rows: Sequence[Row]
    start: int
    counts: Counts
    anew: bool


def columns(file: BinaryIO, sheet: Sheet, how: How) -> Columns:
    """What the header of a file says; raises Refused for one by which nothing can be imported."""
    header = next(sheets.lines(file, sheet), None)
    if header is None:
        raise refusal("it is empty")
    if header.wrong:
        raise refusal(f"its header cannot be read: {header.wrong}")
    return Columns(header.cells, language=how.language, mode=how.mode, key=how.key)


def row(columns: Columns, line: Line) -> Row:
    if line.wrong:
        fault = Fault(line.number, "", "", Problem("malformed", (), line.wrong))
        return Row(line.number, line.cells, {}, (fault,))
    return columns.read(line.number, line.cells)


def _counts(job: ImportJob) -> Counts:
    return Counts(job.made, job.changed, job.unchanged, job.rejected)
