"""A real `billto serve` in processes of its own, as an operator runs it, and ways to end it."""

import asyncio
import os
import random
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

from tests.drills.waiting import until
from tests.drills.wire import HOST, Client, Lost

# Clients that knock at a closed port out of the range that the system gives to clients may end up connected
# to themselves.
_PORTS = range(20_000, 32_000)
_TRIES = 100

START_SECONDS = 20
END_SECONDS = 20  # SIGTERM gives requests ten


def quiet_port() -> int:
    for port in random.sample(_PORTS, _TRIES):
        with socket.socket() as tried, suppress(OSError):
            tried.bind((HOST, port))
            return port
    raise RuntimeError("no free port")


class Billto:
    """One installation: a home, a database, a port; started and ended as often as it pleases."""

    def __init__(self, home: Path, url: str, *, workers: int = 1, **settings: str) -> None:
        self.home = home
        self.url = url
        self.workers = workers
        self.port = quiet_port()
        self.log = home / "serve.log"
        self._settings = {f"BILLTO_{name.upper()}": value for name, value in settings.items()}
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def process(self) -> subprocess.Popen[bytes]:
        assert self._process is not None
        return self._process

    def start(self) -> None:
        """Does not wait for it to answer."""
        environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": os.pathsep.join(sys.path),  # the code that is being tested, wherever it stands
            "BILLTO_HOME": str(self.home),
            "BILLTO_DATABASE_URL": self.url,
            **self._settings,
        }
        words = ("serve", "--host", HOST, "--port", str(self.port), "--workers", str(self.workers))
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "billto", *words],
                env=environment,
                cwd=self.home,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # a group, to be killed at once
            )

    async def started(self, path: str = "/healthz", status: int = 200) -> float:
        """Starts, and says after how many seconds it answered."""
        begun = time.monotonic()
        self.start()
        await self.answering(path, status)
        return time.monotonic() - begun

    async def answering(
        self, path: str = "/healthz", status: int = 200, seconds: float = START_SECONDS
    ) -> None:
        async def answers() -> bool:
            assert self._process is None or self._process.poll() is None, self.said()
            async with Client(self.port) as client:
                with suppress(Lost):
                    return (await client.ask("GET", path, seconds=5)).status == status
            return False

        await until(answers, seconds, f"{status} from {path}: {self.said()}")

    @property
    def serving(self) -> list[int]:
        """The processes that serve."""
        if self.workers == 1:
            return [self.process.pid]
        return [pid for pid in self._children() if b"spawn_main" in _read(pid, "cmdline")]

    def _children(self) -> list[int]:
        found = _read(self.process.pid, f"task/{self.process.pid}/children")
        return [int(pid) for pid in found.split()]

    def worker_behind(self, client: Client) -> int:
        """The process that a connected client speaks to."""
        held = self._held()
        return next(pid for pid in self.serving if held[client.local_port] in _links(pid))

    def connections(self) -> set[int]:
        """The clients' ports of all connections that the serving processes have open."""
        links = set().union(*map(_links, self.serving))
        return {port for port, link in self._held().items() if link in links}

    def _held(self) -> dict[int, str]:
        """Connections to the server's port: the client's port, and what the process has open for it."""
        rows = map(str.split, Path("/proc/net/tcp").read_text().splitlines()[1:])
        held = {_port(row[2]): f"socket:[{row[9]}]" for row in rows if _port(row[1]) == self.port}
        held.pop(0, None)  # where it listens
        return held

    @property
    def resident_bytes(self) -> int:
        """What the serving processes hold in memory."""
        return sum(int(_read(pid, "statm").split()[1]) for pid in self.serving) * os.sysconf("SC_PAGESIZE")

    async def kill(self) -> None:
        """All processes at one moment, as by the system's hand."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        await self.ended()

    async def stop(self) -> None:
        """As an operator ends it: requests on the way are answered first."""
        self.process.send_signal(signal.SIGTERM)
        status = await self.ended()
        assert status in (0, -signal.SIGTERM), self.said()

    async def kill_worker(self) -> None:
        """One serving process; the others go on, and another takes its place."""
        victim = random.choice(self.serving)
        os.kill(victim, signal.SIGKILL)

        async def replaced() -> bool:
            now = self.serving
            return victim not in now and len(now) == self.workers

        await until(replaced, START_SECONDS, "as many workers as before")

    async def kill_supervisor(self) -> None:
        """The process that holds the others together; they must not stay behind and keep the port."""
        orphans = self.serving
        self.process.kill()
        await asyncio.to_thread(self.process.wait, END_SECONDS)

        async def gone() -> bool:
            return not any(_read(pid, "cmdline") for pid in orphans)

        try:
            await until(gone, END_SECONDS, "all workers gone after their supervisor")
        finally:
            await self.kill()

    async def ended(self) -> int:
        return await asyncio.to_thread(self.process.wait, END_SECONDS)

    def said(self) -> str:
        return self.log.read_text(errors="replace")[-3000:] if self.log.exists() else ""

    async def __aenter__(self) -> "Billto":
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._process is not None:
            await self.kill()


def _read(pid: int, name: str) -> bytes:
    try:
        return Path(f"/proc/{pid}/{name}").read_bytes()
    except OSError:
        return b""


def _port(address: str) -> int:
    """Out of an address as the system writes it: 0100007F:1F90."""
    return int(address.partition(":")[2], 16)


def _links(pid: int) -> set[str]:
    """What a process has open."""
    found = set()
    for link in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(OSError):
            found.add(str(link.readlink()))
    return found
