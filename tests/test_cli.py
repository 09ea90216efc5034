"""The command as an operator types it, in a process of its own, on both databases."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import apsw
import httpx
import pytest

from billto.store.migrations import LATEST
from tests.ports import free_port, until

PROGRAM = (sys.executable, "-m", "billto")


class Operator:
    """Somebody at a shell with a database of their own."""

    def __init__(self, home: Path, url: str) -> None:
        self.home = home
        self.url = url
        path = {name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ}
        self.environment = {**path, "BILLTO_HOME": str(home), "BILLTO_DATABASE_URL": url}

    def types(self, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
        environment = {**self.environment, **variables}
        return subprocess.run(
            [*PROGRAM, *words], env=environment, cwd=self.home, capture_output=True, text=True, timeout=60
        )

    def told(self, *words: str) -> Any:
        """What a command prints as JSON."""
        ran = self.types(*words, "--json")
        assert ran.returncode == 0, ran.stderr
        return json.loads(ran.stdout)

    @contextmanager
    def serving(self, *words: str) -> Iterator[str]:
        """A running server's address; it ends by SIGTERM with status 0."""
        port = free_port()
        command = [*PROGRAM, *words, *(() if "demo" in words else ("--port", str(port)))]
        environment = {**self.environment, "BILLTO_PORT": str(port)}
        with (self.home / "server.log").open("w") as log:
            server = subprocess.Popen(command, env=environment, cwd=self.home, stdout=log, stderr=log)
        address = f"http://127.0.0.1:{port}"
        try:
            until(lambda: answers(address), server)
            yield address
        finally:
            server.send_signal(signal.SIGTERM)
            assert server.wait(30) in (0, -signal.SIGTERM), (self.home / "server.log").read_text()


def answers(address: str) -> bool:
    try:
        return httpx.get(f"{address}/healthz").status_code == 200
    except httpx.TransportError:
        return False


@pytest.fixture
def operator(database_url: str, tmp_path: Path) -> Operator:
    someone = Operator(tmp_path, database_url)
    if database_url.startswith("postgresql"):
        assert someone.types("migrate").returncode == 0
    return someone


def test_a_new_account_has_a_key_for_each_environment(operator: Operator) -> None:
    made = operator.told("account", "create", "Acme")
    assert set(made) == {"account_id", "live_key", "sandbox_key"}
    assert made["account_id"].startswith("acc_")
    assert made["live_key"].startswith("sk_live_")
    assert made["sandbox_key"].startswith("sk_sandbox_")
    listed = operator.told("key", "list")
    assert [row["environment"] for row in listed] == ["live", "sandbox"]
    assert made["live_key"] not in json.dumps(listed)


def test_a_key_lives_from_its_creation_to_its_revocation(operator: Operator) -> None:
    account = operator.told("account", "create", "Acme")
    with operator.serving("serve") as address, client(address, account["live_key"]) as live:
        entity = live.post("/entities", json={"name": "A", "country": "SI"}).json()
        words = ("key", "create", "--account", account["account_id"], "--entity", entity["id"], "--read-only")
        made = operator.told(*words, "--expires", "30d", "--name", "reports")
        assert made["key"].startswith("ek_live_")
        with client(address, made["key"]) as reading:
            assert reading.get("/customers").status_code == 200
            assert reading.post("/customers", json={"name": "A"}).status_code == 403
            revoked = operator.told("key", "revoke", made["id"])
            assert revoked["revoked_at"] is not None
            assert revoked["access"] == "read"
            until(lambda: reading.get("/customers").status_code == 401)


def client(address: str, key: str) -> httpx.Client:
    return httpx.Client(base_url=address, headers={"Authorization": f"Bearer {key}"})


def test_what_does_not_exist_is_said_in_one_line(operator: Operator) -> None:
    nobody = "acc_6595a27b5d35015c3ef0c3fd"
    for words, line in (
        (("key", "create", "--account", nobody), "billto: Account not found\n"),
        (("key", "create", "--account", "x"), "billto: 'x' is not the id of an account\n"),
        (("key", "revoke", "key_6595a27b5d35015c3ef0c3fd"), "billto: Key not found\n"),
        (("key", "create", "--account", nobody, "--expires", "soon"), "billto: 'soon' is no moment"),
        (("key", "create", "--account", nobody, "--expires", "2001-01-01"), "billto: '2001-01-01' is in the"),
        (("account", "create", ""), "billto: name: must have at least 1 characters\n"),
    ):
        ran = operator.types(*words)
        assert (ran.returncode, ran.stderr[: len(line)], ran.stdout) == (1, line, "")


def test_a_wrong_setting_is_one_line_and_status_2(operator: Operator) -> None:
    for words in (("serve",), ("migrate",), ("doctor",), ("demo",), ("key", "list")):
        ran = operator.types(*words, BILLTO_DATABASE_URL="mysql://u:sesame@h/d")
        assert (ran.returncode, ran.stdout) == (2, "")
        assert ran.stderr.count("\n") == 1
        assert "sesame" not in ran.stderr


def test_the_demonstration_is_made_once_and_works_as_it_says(operator: Operator) -> None:
    first = operator.types("demo")
    second = operator.types("demo")
    assert first.returncode == 0, first.stderr
    assert first.stdout == second.stdout
    with operator.serving("demo", "--serve") as address:
        shown = json.loads((operator.home / "demo.json").read_text())
        headers = {"Authorization": f"Bearer {shown['live_key']}", "x-entity-id": shown["entities"][0]["id"]}
        found = httpx.get(f"{address}/customers?search=kovacic&limit=3", headers=headers).json()
        assert found["data"]
        assert all("Kovačič" in json.dumps(one, ensure_ascii=False) for one in found["data"])
        asked = f"{address}/customers/{shown['owing']}/statement/send"
        is_said = asked.removeprefix(address) in first.stdout
        assert httpx.post(asked, headers=headers).status_code == (202 if is_said else 503)
        assert is_said == operator.environment["BILLTO_DATABASE_URL"].startswith("sqlite")
        assert httpx.get(f"{address}/readyz").json() == {"status": "ok", "schema": LATEST}
        assert 'billto_requests_total{method="GET",path="/customers",status="200"} 1.0' in metrics(address)


def metrics(address: str) -> str:
    return httpx.get(f"{address}/metrics").text


def test_several_workers_count_together(operator: Operator) -> None:
    key = operator.told("account", "create", "Acme")["live_key"]
    with operator.serving("serve", "--workers", "2") as address:
        for _ in range(20):
            answer = httpx.get(f"{address}/entities", headers={"Authorization": f"Bearer {key}"})
            assert answer.status_code == 200
        assert 'billto_requests_total{method="GET",path="/entities",status="200"} 20.0' in metrics(address)


def test_the_doctor_finds_a_sound_database_sound(operator: Operator) -> None:
    operator.types("demo")
    ran = operator.types("doctor")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "BROKEN" not in ran.stdout


# Each breaks one invariant, and the doctor names it.
BREAKS = (
    ("UPDATE tally SET live = live + 1", "customers are counted rightly"),
    ("UPDATE customer SET search = 'x'", "every customer is found by its texts"),
    ('UPDATE entity SET metadata_fold = \'{"a":"b"}\'', "every entity is found by its texts"),
    ("UPDATE customer SET version = 0", "versions begin with one"),
    ("DELETE FROM event", "what happened to every customer is written down"),
    ("DELETE FROM customer_search", "the search index has every customer"),
    ("UPDATE key SET environment = 'live', entity_id = 'x'", "keys belong to an account"),
    ("DELETE FROM tally", "every entity with customers is counted"),
)


@pytest.mark.parametrize(("statement", "invariant"), BREAKS, ids=[invariant for _, invariant in BREAKS])
def test_the_doctor_names_what_is_broken(tmp_path: Path, statement: str, invariant: str) -> None:
    operator = Operator(tmp_path, f"sqlite:///{tmp_path / 'b.sqlite'}")
    assert operator.types("demo").returncode == 0
    apsw.Connection(str(tmp_path / "b.sqlite")).execute(statement)
    ran = operator.types("doctor")
    assert ran.returncode == 1
    assert ran.stderr == "billto: the database breaks its invariants\n"
    assert any(line.startswith(f"BROKEN {invariant}") for line in ran.stdout.splitlines())


def test_a_database_that_is_not_there_or_not_migrated_is_said_in_one_line(
    database_url: str, tmp_path: Path
) -> None:
    operator = Operator(tmp_path, database_url)
    examined = operator.types("doctor")
    assert examined.returncode == 1
    assert examined.stderr.count("\n") == 1
    if database_url.startswith("postgresql"):
        made = operator.types("account", "create", "Acme")
        assert (made.returncode, made.stderr) == (
            1,
            "billto: the database has no schema yet: run billto migrate\n",
        )
    folder = operator.types("migrate", BILLTO_DATABASE_URL=f"sqlite:///{tmp_path}")
    assert (folder.returncode, folder.stderr.count("\n")) == (1, 1)
    no_database = tmp_path / "text.sqlite"
    no_database.write_text("This is no database. " * 100)
    text = operator.types("key", "list", BILLTO_DATABASE_URL=f"sqlite:///{no_database}")
    assert (text.returncode, text.stderr.count("\n")) == (1, 1)
    away = operator.types("migrate", BILLTO_DATABASE_URL="postgresql://u:sesame@127.0.0.1:1/d")
    assert away.returncode == 1
    assert away.stderr.count("\n") == 1
    assert "sesame" not in away.stderr


def test_a_database_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    operator = Operator(tmp_path, f"sqlite:///{tmp_path / 'b.sqlite'}")
    assert operator.types("migrate").returncode == 0
    apsw.Connection(str(tmp_path / "b.sqlite")).execute("INSERT INTO migration VALUES (999, 'x', 'x')")
    for words in (("serve",), ("migrate",), ("demo",)):
        ran = operator.types(*words)
        assert ran.returncode == 1
        assert "the database has schema 999" in ran.stderr


def test_lists_have_a_column_for_everything(operator: Operator) -> None:
    made = operator.told("account", "create", "Acme Holding")
    operator.told("key", "create", "--account", made["account_id"], "--name", "backup", "--read-only")
    (account,) = operator.told("account", "list")
    assert (account["account_id"], account["name"]) == (made["account_id"], "Acme Holding")
    head, *rows = operator.types("key", "list").stdout.splitlines()
    assert head.split() == [
        "id", "key", "account_id", "entity_id", "environment", "name", "access", "created_at", "expires_at",
        "revoked_at",
    ]  # fmt: skip
    assert len(rows) == 3
    places = [row.index("acc_") for row in rows]
    assert places == [head.index("account_id")] * 3
    assert all(row.rstrip().endswith("–") for row in rows)


def test_a_list_makes_no_database(tmp_path: Path) -> None:
    operator = Operator(tmp_path, f"sqlite:///{tmp_path / 'none.sqlite'}")
    for words in (("key", "list"), ("account", "list"), ("key", "revoke", f"key_{'0' * 24}")):
        ran = operator.types(*words)
        assert (ran.returncode, ran.stdout) == (1, "")
        assert ran.stderr == f"billto: there is no database at {tmp_path / 'none.sqlite'}\n"
    assert list(tmp_path.iterdir()) == []


def test_a_file_in_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    operator = Operator(tmp_path, f"sqlite:///{tmp_path / 'typo' / 'billto.sqlite'}")
    ran = operator.types("serve")
    assert ran.returncode == 2
    assert ran.stderr.startswith("billto: BILLTO_DATABASE_URL must name a file in a folder that is there")
    assert list(tmp_path.iterdir()) == []


def test_nobody_else_may_read_the_file(tmp_path: Path) -> None:
    operator = Operator(tmp_path, "")
    operator.types("account", "create", "Acme", BILLTO_DATABASE_URL="", BILLTO_HOME=str(tmp_path / "home"))
    assert (tmp_path / "home" / "billto.sqlite").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "home").stat().st_mode & 0o777 == 0o700


def test_a_port_that_is_taken_is_said_in_one_line(tmp_path: Path) -> None:
    operator = Operator(tmp_path, f"sqlite:///{tmp_path / 'billto.sqlite'}")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        ran = operator.types("serve", "--port", port)
    assert ran.returncode == 2
    assert ran.stderr.startswith(f"billto: cannot listen on 127.0.0.1:{port}, address already in use")
    assert ran.stderr.count("\n") == 1


def test_the_log_says_once_why_the_database_cannot_be_used(tmp_path: Path) -> None:
    operator = Operator(tmp_path, f"postgresql://nobody@127.0.0.1:{free_port()}/nowhere")
    with operator.serving("serve") as address:
        for _ in range(3):
            assert httpx.get(f"{address}/readyz").status_code == 503
    log = (tmp_path / "server.log").read_text()
    assert log.count("the database cannot be used: ") == 1
    assert "efused" in log or "Connect call failed" in log
    ran = operator.types("account", "create", "Acme")
    assert ran.returncode == 1
    assert ran.stderr.startswith("billto: the database cannot be used: ")
    assert ran.stderr.count("\n") == 1
