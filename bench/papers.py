"""`python -m bench.papers`: pages of PDF a second, beside Typst alone with the same templates and data."""

import argparse
import gc
import io
import json
import statistics
import time
from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

from pypdf import PdfReader

from billto.papers import Art, accounts, document_pdf, documents, statement_pdf
from billto.papers.render import pages
from tests.domain.books import Books, march
from tests.papers import samples

RESULTS = Path(__file__).parent / "RESULTS-papers.md"
_HEAD = ("paper", "pages", "ms", "pages a second", "of Typst alone", "kB")
_ROUNDS = 15


class Case(NamedTuple):
    name: str
    make: Callable[[int], bytes]  # the paper of a number, each with other texts
    data: Callable[[int], tuple[str, Any]]  # what the template is given for it


class Figure(NamedTuple):
    name: str
    pages: int
    seconds: float
    share: float  # of the rate of Typst alone
    size: int


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.papers", description=__doc__)
    parser.add_argument("--write", action="store_true", help=f"write {RESULTS.name}")
    given = parser.parse_args(arguments)
    figures = [_measured(case) for case in (_invoice(3), _invoice(100), _statement(500))]
    print(page(figures))
    if given.write:
        RESULTS.write_text(page(figures), encoding="utf-8")


def _invoice(lines: int) -> Case:
    entity = samples.seller()
    issued = samples.document(
        entity=entity, lines=[samples.line(f"Item {at}", "12.50", "3") for at in range(lines)]
    )

    def one(number: int) -> Any:
        return issued._replace(number=f"2026-{number:05}", note=f"Note {number}")

    return Case(
        f"invoice of {lines} lines",
        lambda number: document_pdf(one(number), entity, "de"),
        lambda number: ("document", documents.data(one(number), entity, "de", Art())),
    )


def _statement(lines: int) -> Case:
    entity, customer = samples.seller(), samples.buyer()

    def one(number: int) -> Any:
        books = Books()
        for at in range(lines):
            books.invoice(Decimal(at + number), march(1 + at % 31), number=f"INV-{at:04}")
        return samples.forward(customer, books)

    made = [one(number) for number in range(1, 2 * _ROUNDS + 3)]
    return Case(
        f"statement of {lines} lines",
        lambda number: statement_pdf(made[number], entity, customer, "de"),
        lambda number: ("statement", accounts.data(made[number], entity, customer, "de", Art())),
    )


def _measured(case: Case) -> Figure:
    """Turn by turn, so that whatever else the machine does falls on both; each paper is set once only."""
    first = case.make(0)
    ours, bare = [], []
    gc.disable()
    for at in range(1, _ROUNDS + 1):
        name, data = case.data(2 * at)
        said = json.loads(json.dumps(data))
        bare.append(_seconds(lambda name=name, said=said: pages(name, said)))  # type: ignore[misc]
        ours.append(_seconds(lambda at=at: case.make(2 * at + 1)))  # type: ignore[misc]
    gc.enable()
    taken = statistics.median(ours)
    count = len(PdfReader(io.BytesIO(first)).pages)
    return Figure(case.name, count, taken, statistics.median(bare) / taken, len(first))


def _seconds(work: Callable[[], object]) -> float:
    """Of the processor, all threads: waiting for a shared core is nobody's work."""
    start = time.process_time()
    work()
    return time.process_time() - start


def page(figures: Sequence[Figure]) -> str:
    rows = "\n".join(
        f"| {one.name} | {one.pages} | {one.seconds * 1000:.1f} | {one.pages / one.seconds:,.0f} "
        f"| {one.share:.2f} | {one.size / 1000:,.0f} |"
        for one in figures
    )
    return (
        "# Papers, measured\n\n"
        "From a record or statement to PDF, in German, with a warm compiler and other texts each time,\n"
        "beside the same template given the finished data: the share is what words, formats, codes and\n"
        "columns leave of Typst's own rate. Processor time of all threads, the median of turns about.\n"
        "`python -m bench.papers --write` measures anew.\n\n"
        f"| {' | '.join(_HEAD)} |\n|{'---|' * len(_HEAD)}\n{rows}\n"
    )


if __name__ == "__main__":
    main()
