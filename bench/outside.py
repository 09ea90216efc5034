"""Billto as it is served, under 32 clients of another process, beside the bare loop on the database."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from statistics import median
from typing import NamedTuple

from bench.cases import OUTSIDE, Case
from bench.client import Ask, headers
from bench.databases import ROOT, Base
from bench.inside import At, heard, visit
from bench.load import NUMBER, Order, Report
from bench.measure import Run
from tests.postgres_cluster import free_port

CLIENTS, SECONDS, ROUNDS = 32, 1.5, 3
_TICKS = os.sysconf("SC_CLK_TCK")


class Crowded(NamedTuple):
    """One case under many clients, and how many the bare loop does."""

    case: Case
    size: int
    rate: float
    raw_rate: float
    share: float
    middle: float
    p99: float
    cpu: float  # seconds of the serving process, a request


class Served(NamedTuple):
    """A running server."""

    port: int
    pid: int

    def cpu(self) -> float:
        """Seconds of processor that it has used."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS


@contextmanager
def served(base: Base, home: Path) -> Iterator[Served]:
    """`billto serve`, one process."""
    port = free_port()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("BILLTO_")}
    environment |= {"BILLTO_DATABASE_URL": base.url, "BILLTO_HOME": str(home)}
    command = [sys.executable, "-m", "billto", "serve", "--port", str(port)]
    with subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL) as process:
        try:
            _wait(f"http://127.0.0.1:{port}/readyz")
            yield Served(port, process.pid)
        finally:
            process.send_signal(signal.SIGTERM)


def _wait(url: str) -> None:
    for _ in range(300):
        try:
            urllib.request.urlopen(url, timeout=5).read()
            return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
    raise RuntimeError(f"{url} does not answer")


def measured(base: Base, home: Path, only: str, said: Callable[[Crowded], None]) -> list[Crowded]:
    """Every case of many clients, in turns with the bare statement."""
    figures = []
    with served(base, home) as server:
        for case in (one for one in OUTSIDE if only in one.name):
            figures.append(asyncio.run(_measured(case, base, home, server)))
            said(figures[-1])
    return figures


async def _measured(case: Case, base: Base, home: Path, server: Served) -> Crowded:
    async with visit(base, home) as at:
        asks = await case.asks(at.client, base.known)
        bare_run = await _bare(case, at, asks)
        rates, raw_rates, reports, cpu = [], [], [], []
        for _ in range(ROUNDS):
            raw_rates.append(await _raw_rate(bare_run))
            before = server.cpu()
            reports.append(await _crowd(server, base, asks))
            cpu.append((server.cpu() - before) / reports[-1].answers)
            rates.append(reports[-1].answers / reports[-1].seconds)
    share = median(ours / raw for ours, raw in zip(rates, raw_rates, strict=True))
    middle, p99 = (median(getattr(report, name) for report in reports) for name in ("middle", "p99"))
    return Crowded(case, base.size, median(rates), median(raw_rates), share, middle, p99, median(cpu))


async def _bare(case: Case, at: At, asks: Sequence[Ask]) -> Run:
    match case.write:
        case "insert":
            return at.raw.inserting()
        case "update":
            return at.raw.updating()
        case _:
            return at.raw.asking(await heard(at, asks))


async def _raw_rate(run: Run) -> float:
    done, begun = 0, time.perf_counter()
    while time.perf_counter() - begun < SECONDS:
        await run(done)
        done += 1
    return done / (time.perf_counter() - begun)


_first = iter(range(0, 10**9, 10**6))


async def _crowd(server: Served, base: Base, asks: Sequence[Ask]) -> Report:
    requests = [_request(ask, base).decode("latin-1") for ask in asks]
    order = Order(server.port, CLIENTS, SECONDS, requests, next(_first))
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.load", cwd=ROOT,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, _ = await process.communicate(json.dumps(asdict(order)).encode())
    report = Report(**json.loads(out))
    if report.refused:
        raise RuntimeError(f"refused: {report.refused[0]}")
    return report


def _request(ask: Ask, base: Base) -> bytes:
    lines = [f"{ask.method} {ask.target} HTTP/1.1"]
    lines += (f"{name}: {value}" for name, value in headers(base, ask.tenant).items())
    if ask.body is not None:
        lines += ("content-type: application/json", f"content-length: {len(ask.body)}")
        lines.append(f"x-request-id: crowd-{os.getpid()}-{NUMBER.decode()}")
    return "\r\n".join((*lines, "", "")).encode() + (ask.body or b"")
