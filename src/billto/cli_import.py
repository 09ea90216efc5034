"""The commands that take customers out of files and put them into files."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, BinaryIO

import typer

from billto.app import exports, sheets
from billto.app.imports import How
from billto.app.parts import Store
from billto.app.running import Counts, Import, Spoilt
from billto.app.sheets import CsvWriter, Sheet, XlsxWriter
from billto.domain import exporting
from billto.domain.importing import LANGUAGES, Columns, Key, Mode
from billto.domain.scope import Scope
from billto.rejects import Report
from billto.shell import Fault, id_in, with_store

import_app = typer.Typer(help="Take records out of files.", no_args_is_help=True)
export_app = typer.Typer(help="Write records to files.", no_args_is_help=True)

# Of the command when rows were rejected.
REJECTED = 3


class Language(StrEnum):
    """Whose column names a file has."""

    AUTO = "auto"
    SPACEINVOICES = "spaceinvoices"
    LOOPBACK = "loopback"
    INVOICED = "invoiced"
    FAKTOORA = "faktoora"


assert {one.value for one in Language} == {"auto", *LANGUAGES}


class Format(StrEnum):
    """How a table is written."""

    CSV = "csv"
    XLSX = "xlsx"


@import_app.callback()
def _import() -> None:
    """Take records out of files."""


@export_app.callback()
def _export() -> None:
    """Write records to files."""


_File = Annotated[Path, typer.Argument(help="A CSV or XLSX file.", exists=True, dir_okay=False)]
_Entity = Annotated[str, typer.Option(help="The entity whose customers they are.")]


@import_app.command(name="customers")
def import_customers(
    file: _File,
    entity: _Entity,
    dialect: Annotated[Language, typer.Option(help="Whose column names it has.")] = Language.AUTO,
    mode: Annotated[Mode, typer.Option(help="What a row does.")] = Mode.CREATE,
    key: Annotated[Key | None, typer.Option(help="By what a row finds its customer.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell what would be done.")] = False,
    whole: Annotated[
        bool,
        typer.Option("--all-or-nothing/--row-by-row", help="Store nothing if a row is rejected."),
    ] = False,
    report: Annotated[Path | None, typer.Option(help="Where rejected rows go, as CSV.")] = None,
    encoding: Annotated[str | None, typer.Option(help="How it is encoded, instead of a look at it.")] = None,
    again: Annotated[bool, typer.Option("--again", help="Also a file that was imported before.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Import customers; exit status 3 when rows were rejected. Run again, it goes on where it was stopped."""
    if report is not None and report.absolute() == file.absolute():
        raise Fault("the report would be written over the file")
    how = How(None if dialect is Language.AUTO else dialect.value, mode, key)
    with file.open("rb") as opened:
        sheet = sheets.inspected(opened, encoding=_known(encoding))
        order = _Order(opened, file.name, sheet, how, report, dry_run, whole, again)
        counts, shown, rejected = with_store(
            lambda store: _imported(store, id_in(entity, "an entity"), order)
        )
    if as_json:
        typer.echo(json.dumps({**shown, **counts._asdict()}, indent=2, ensure_ascii=False))
    else:
        for line in _lines(file, shown, counts, rejected, order):
            typer.echo(line)
    if counts.rejected:
        raise typer.Exit(REJECTED)


class _Order:
    """What the operator asked for."""

    def __init__(
        self, file: BinaryIO, name: str, sheet: Sheet, how: How, report: Path | None, dry: bool, whole: bool,
        again: bool,
    ) -> None:  # fmt: skip
        self.file, self.name, self.sheet, self.how = file, name, sheet, how
        self.report, self.dry, self.whole, self.again = report, dry, whole, again
        self.was_done = False


async def _imported(store: Store, entity_id: str, order: _Order) -> tuple[Counts, dict[str, Any], "Report"]:
    running = Import(
        store, await _scope(store, entity_id), order.file, order.sheet, order.how, name=order.name
    )
    shown = _shown(order.sheet, running.columns)
    job = await running.before()
    if order.again and not order.dry:
        await running.forget()
        job = None
    with Report(order.report, running.columns.headers) as report:
        if job is not None and running.is_done(job) and not order.dry:
            order.was_done = True
            before = Counts(unchanged=job.made + job.changed + job.unchanged, rejected=job.rejected)
            return before, shown, report
        report.begin(job.next_row if job and job.finished_at is None and not order.dry else 0)
        with _progress(order.sheet.size) as progress:
            try:
                if order.whole and not order.dry:
                    counts = await running.run_whole(report.tell, progress)
                else:
                    counts = await running.run(report.tell, progress, dry=order.dry)
            except Spoilt as spoilt:
                counts = Counts(rejected=spoilt.counts.rejected)
    return counts, shown, report


async def _scope(store: Store, entity_id: str) -> Scope:
    """The operator's scope: this entity, and no key."""
    entity = await store.reader.owned(entity_id)
    if entity is None:
        raise Fault("there is no such entity")
    return Scope(entity.account_id, entity.environment, key_id="", entity_id=entity.id)


def _shown(sheet: Sheet, columns: Columns) -> dict[str, Any]:
    return {
        "format": sheet.shown,
        "dialect": columns.language,
        "unknown_columns": list(columns.unknown),
        "columns_not_imported": list(columns.passed_over),
    }


def _lines(file: Path, shown: dict[str, Any], counts: Counts, report: Report, order: _Order) -> Iterator[str]:
    yield f"{file.name}: {shown['format']}; columns as in {shown['dialect']}"
    for title, names in (
        ("not known, not imported", shown["unknown_columns"]),
        ("known, and nothing that can be set", shown["columns_not_imported"]),
    ):
        if names:
            yield f"{title}: {', '.join(names)}"
    yield from report.lines()
    if order.was_done:
        yield "this file was imported before, and nothing of it again: --again goes through it once more"
    said = ", ".join(f"{number} {name}" for name, number in counts._asdict().items())
    if order.dry:
        yield f"would be: {said}; nothing was stored"
    elif order.whole and counts.rejected:
        yield f"{counts.rejected} rejected; nothing was stored"
    else:
        yield f"{sum(counts)} rows: {said}"


@contextmanager
def _progress(size: int) -> Iterator[Callable[[Counts, int], None]]:
    """A bar on a terminal; nothing elsewhere."""
    if not sys.stderr.isatty():
        yield lambda _counts, _at: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %  {task.description}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=size)

        def show(counts: Counts, at: int) -> None:
            bar.update(task, completed=at, description=f"{sum(counts)} rows, {counts.rejected} rejected")

        yield show


def _known(encoding: str | None) -> str | None:
    if encoding is None:
        return None
    try:
        "".encode(encoding)
    except LookupError:
        raise Fault(f"{encoding!r} is no encoding; such are utf-8, utf-16, cp1252, cp1250") from None
    return encoding


@export_app.command(name="customers")
def export_customers(
    file: Annotated[Path, typer.Argument(help="The file to be written.", dir_okay=False)],
    entity: _Entity,
    as_format: Annotated[
        Format | None, typer.Option("--format", help="By the file's name, if not said.")
    ] = None,
    bom: Annotated[bool, typer.Option("--bom", help="CSV: with a mark by which Excel knows UTF-8.")] = False,
) -> None:
    """Export the customers that are not in the trash; an import reads them back as they were."""
    chosen = as_format or (Format.XLSX if file.suffix.lower() == ".xlsx" else Format.CSV)
    part = file.with_name(f".{file.name}.part")
    try:
        with part.open("wb") as out:
            writer = XlsxWriter(out) if chosen is Format.XLSX else CsvWriter(out, bom=bom)
            many = with_store(lambda store: _exported(store, id_in(entity, "an entity"), writer))
        part.replace(file)
    except OSError as error:
        raise Fault(f"{file} cannot be written: {error.strerror}") from None
    finally:
        part.unlink(missing_ok=True)
    typer.echo(f"{many} customers in {file}")


async def _exported(store: Store, entity_id: str, writer: CsvWriter | XlsxWriter) -> int:
    many = 0
    writer.write(exporting.COLUMNS)
    async for page in exports.pages(store.reader, await _scope(store, entity_id)):
        for customer in page:
            writer.write(exporting.row(customer))
        many += len(page)
    writer.close()
    return many
