"""Imports and exports as an operator types them, also killed in the middle, on both databases."""

import asyncio
import csv
import json
import os
import random
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.drills.databases import Tenant, faults, prepared, rows
from tests.ports import until
from tests.test_cli import PROGRAM, Operator

GERMAN = """\
Kundennummer;Firma;E-Mail;Straße;PLZ;Ort;Land;USt-IdNr.;Kreditlimit;Lieblingsfarbe
K-1;Müller GmbH;mueller@example.com;Weg 1;10115;Berlin;Deutschland;DE1;1.234,50;rot
K-2;Kovačič s.p.;kovacic@example.com;Pot 1;1000;Ljubljana;Slovenija;SI1;;blau
"""


class Clerk(Operator):
    """An operator with an entity of their own."""

    def __init__(self, home: Path, url: str) -> None:
        super().__init__(home, url)
        self.tenant: Tenant = asyncio.run(prepared(url))

    def file(self, name: str, text: str, encoding: str = "utf-8") -> Path:
        path = self.home / name
        path.write_bytes(text.encode(encoding))
        return path

    def words(self, file: Path, *more: str) -> tuple[str, ...]:
        return ("import", "customers", str(file), "--entity", self.tenant.entity, *more)

    def imports(self, file: Path, *more: str, status: int = 0) -> Any:
        """What an import tells."""
        ran = self.types(*self.words(file, *more, "--json"))
        assert ran.returncode == status, ran.stderr
        told = json.loads(ran.stdout)
        return [told[name] for name in ("made", "changed", "unchanged", "rejected")]

    def refused(self, file: Path, *more: str) -> str:
        ran = self.types(*self.words(file, *more))
        assert ran.returncode == 1
        return ran.stderr.strip()

    def asks(self, sql: str) -> list[tuple[Any, ...]]:
        return asyncio.run(rows(self.url, sql))

    def names(self) -> list[str]:
        return [name for (name,) in self.asks("SELECT name FROM customer ORDER BY id")]

    def export(self, name: str, *more: str) -> Path:
        file = self.home / name
        ran = self.types("export", "customers", str(file), "--entity", self.tenant.entity, *more)
        assert ran.returncode == 0, ran.stderr
        return file


@pytest.fixture
def clerk(database_url: str, tmp_path: Path) -> Clerk:
    return Clerk(tmp_path, database_url)


def test_a_file_is_imported_and_what_was_read_is_told(clerk: Clerk) -> None:
    file = clerk.file("kunden.csv", GERMAN, "cp1250")
    ran = clerk.types(*clerk.words(file))
    assert (ran.returncode, ran.stdout.splitlines()) == (
        0,
        [
            "kunden.csv: CSV, Windows-1250, parted by semicolon; columns as in spaceinvoices",
            "not known, not imported: Lieblingsfarbe",
            "2 rows: 2 made, 0 changed, 0 unchanged, 0 rejected",
        ],
    )
    assert clerk.asks("SELECT number, name, country_code, version FROM customer ORDER BY number") == [
        ("K-1", "Müller GmbH", "DE", 1), ("K-2", "Kovačič s.p.", "SI", 1),
    ]  # fmt: skip
    assert clerk.asks("SELECT kind, COUNT(*) FROM event WHERE kind LIKE 'customer%' GROUP BY kind") == [
        ("customer.created", 2)
    ]
    assert faults(clerk.url) == []


def test_the_same_file_twice_adds_nothing_and_neither_does_a_corrected_one(clerk: Clerk) -> None:
    file = clerk.file("a.csv", GERMAN)
    assert clerk.imports(file) == [2, 0, 0, 0]
    assert clerk.imports(file) == [0, 0, 2, 0]
    assert clerk.imports(file, "--again") == [0, 0, 2, 0]
    more = clerk.file("b.csv", GERMAN + "K-3;Neu;;;;;;;;\nK-1;Anders;;;;;;;;\n")
    assert clerk.imports(more, status=3) == [1, 0, 2, 1]
    assert clerk.imports(more, status=3) == [0, 0, 3, 1]
    assert len(clerk.names()) == 3


def test_rows_without_a_number_are_the_same_when_all_they_say_is_the_same(clerk: Clerk) -> None:
    first = clerk.file("a.csv", "name,city,note\nAna,Kranj,\nAna,Celje,\nAna,Kranj,\n")
    assert clerk.imports(first) == [2, 0, 1, 0]
    second = clerk.file("b.csv", "name,city,note\nAna,Celje,\nAna,Celje,new\nAna,Kranj,\n")
    assert clerk.imports(second) == [1, 0, 2, 0]


def test_rejected_rows_are_kept_with_their_reasons_and_can_be_corrected(clerk: Clerk) -> None:
    file = clerk.file("a.csv", "name,is_taxable,Farbe\nA,vielleicht,rot\nB,ja,blau\n,nein,grün\n")
    report = clerk.home / "rejected.csv"
    assert clerk.imports(file, "--report", str(report), status=3) == [1, 0, 0, 2]
    kept = list(csv.reader(report.read_text(encoding="utf-8-sig").splitlines()))
    assert kept == [
        ["name", "is_taxable", "Farbe", "rejected because"],
        ["A", "vielleicht", "rot",
         "row 2: is_taxable: 'vielleicht' must be yes or no (true, false, 1, 0, ja, nein)"],
        ["", "nein", "grün", "row 4: name: is required"],
    ]  # fmt: skip
    report.write_text(
        report.read_text(encoding="utf-8-sig").replace("vielleicht,", "nein,").replace('"",', "C,")
    )
    corrected = report.rename(clerk.home / "corrected.csv")
    corrected.write_text(corrected.read_text().replace("\n,nein", "\nC,nein"))
    assert clerk.imports(corrected) == [2, 0, 0, 0]
    assert clerk.names() == ["B", "A", "C"]


def test_a_report_is_written_over_nothing_else(clerk: Clerk) -> None:
    file = clerk.file("a.csv", "name\nA\n")
    other = clerk.file("letter.csv", "Dear Ana\n")
    assert "is no report" in clerk.refused(file, "--report", str(other))
    assert "written over the file" in clerk.refused(file, "--report", str(file))
    assert (clerk.names(), other.read_text()) == ([], "Dear Ana\n")


def test_all_or_nothing_stores_nothing_when_a_row_is_rejected(clerk: Clerk) -> None:
    file = clerk.file("a.csv", "name,owner\n" + "".join(f"C{n},{n}\n" for n in range(3_000)) + "D,x\n,\n,1\n")
    assert clerk.imports(file, "--all-or-nothing", status=3) == [0, 0, 0, 2]
    assert clerk.names() == []
    good = clerk.file("b.csv", "name,owner\n" + "".join(f"C{n},{n}\n" for n in range(3_000)))
    assert clerk.imports(good, "--all-or-nothing") == [3_000, 0, 0, 0]
    assert clerk.imports(good, "--all-or-nothing") == [0, 0, 3_000, 0]
    assert faults(clerk.url) == []


def test_a_dry_run_tells_and_stores_nothing(clerk: Clerk) -> None:
    file = clerk.file("a.csv", "name,owner\nA,1\nB,x\n")
    assert clerk.imports(file, "--dry-run", status=3) == [1, 0, 0, 1]
    assert (clerk.names(), clerk.asks("SELECT COUNT(*) FROM import_job")) == ([], [(0,)])
    assert clerk.imports(file, status=3) == [1, 0, 0, 1]


def test_an_update_changes_what_a_row_says_and_nothing_else(clerk: Clerk) -> None:
    clerk.imports(clerk.file("a.csv", GERMAN))
    news = "Kundennummer,Ort,E-Mail,metadata.vip\nK-1,München,,ja\nK-2,Ljubljana,,\nK-9,Graz,,\n,Linz,,\n"
    update = ("--mode", "update", "--key", "number")
    assert clerk.imports(clerk.file("b.csv", news), *update, status=3) == [0, 1, 1, 2]
    assert clerk.imports(clerk.file("b.csv", news), *update, status=3) == [0, 0, 2, 2]
    assert clerk.asks("SELECT number, city, email, version FROM customer ORDER BY number") == [
        ("K-1", "München", "mueller@example.com", 2), ("K-2", "Ljubljana", "kovacic@example.com", 1),
    ]  # fmt: skip
    clerk.imports(clerk.file("c.csv", "number,email\nK-1,null\n"), *update)
    assert clerk.asks("SELECT email FROM customer WHERE number = 'K-1'") == [(None,)]
    assert faults(clerk.url) == []


@pytest.mark.parametrize("key", ["number", "email", "tax_number", "external"])
def test_an_upsert_makes_who_is_new_and_changes_who_is_there(clerk: Clerk, key: str) -> None:
    column = "external_id" if key == "external" else key
    upsert = ("--mode", "upsert", "--key", key)
    first = f"name,{column},city\n" + "".join(f"C{n},k{n},Celje\n" for n in range(2_500))
    assert clerk.imports(clerk.file("a.csv", first), *upsert) == [2_500, 0, 0, 0]
    second = f"name,{column},city\nC7,k7,Kranj\nC8,k8,Celje\nNeu,kx,Bled\nNeu,kx,Koper\n"
    assert clerk.imports(clerk.file("b.csv", second), *upsert) == [1, 2, 1, 0]
    sql = f"SELECT name, city, version FROM customer WHERE {column} IN ('k7', 'k8', 'kx') ORDER BY name"
    assert clerk.asks(sql) == [("C7", "Kranj", 2), ("C8", "Celje", 1), ("Neu", "Koper", 2)]
    assert faults(clerk.url) == []


def test_a_key_that_several_have_or_a_number_of_another_is_rejected(clerk: Clerk) -> None:
    clerk.imports(
        clerk.file("a.csv", "name,email,number\nA,x@example.com,1\nB,x@example.com,2\nC,c@example.com,3\n")
    )
    file = clerk.file("b.csv", "email,number\nx@example.com,\nc@example.com,1\n")
    ran = clerk.types(*clerk.words(file, "--mode", "update", "--key", "email"))
    assert (ran.returncode, ran.stdout.splitlines()[1:]) == (
        3,
        [
            "row 2: email: 'x@example.com' is that of several customers",
            "row 3: number: '1' is in use already",
            "2 rows: 0 made, 0 changed, 0 unchanged, 2 rejected",
        ],
    )


def test_an_empty_number_is_a_number_that_only_one_may_have(clerk: Clerk) -> None:
    file = clerk.file("a.csv", "name,number\nA,'\nB,'\nC,\nD,null\n")
    assert clerk.imports(file, status=3) == [3, 0, 0, 1]
    more = clerk.file("b.csv", "name,number\nE,'\nA,'\n")
    assert clerk.imports(more, status=3) == [0, 0, 1, 1]


def test_what_cannot_be_imported_at_all_is_refused_with_its_reason(clerk: Clerk) -> None:
    wide = ",".join(["name", *(f"c{n}" for n in range(9_999))])
    assert clerk.refused(clerk.file("a.csv", "")) == "billto: file: it is empty"
    assert (
        clerk.refused(clerk.file("b.csv", "Ort\nBerlin\n"))
        == "billto: header: there is no column for the name"
    )
    assert "10000 columns" in clerk.refused(clerk.file("c.csv", wide))
    assert "'Firma' and 'Name'" in clerk.refused(clerk.file("d.csv", "Firma;Name\nA;B\n"))
    ran = clerk.types(
        "import", "customers", str(clerk.file("e.csv", "name\nA\n")), "--entity", "ent_" + "0" * 24
    )
    assert (ran.returncode, ran.stderr.strip()) == (1, "billto: there is no such entity")


@pytest.mark.parametrize("name", ["all.csv", "all.xlsx"])
def test_an_export_can_be_imported_into_another_entity(clerk: Clerk, name: str) -> None:
    clerk.imports(clerk.file("a.csv", GERMAN + "".join(f"N{n};=cmd {n};;;;;;;;\n" for n in range(1_200))))
    whole = clerk.export(name)
    if name.endswith("csv"):
        assert "'=cmd 7," in whole.read_text()
    other = Clerk(clerk.home, clerk.url)
    assert other.imports(whole) == [1_202, 0, 0, 0]
    before, after = (
        list(csv.DictReader(one.export("o.csv").read_text().splitlines())) for one in (clerk, other)
    )
    for row in (*before, *after):
        for own in ("id", "created_at", "updated_at"):
            del row[own]
    assert before == after


def test_every_fault_is_told_with_its_row_and_column_and_every_good_row_is_there_once_and_exact(
    clerk: Clerk,
) -> None:
    """Twenty thousand rows of which a tenth has one fault each; the report has those, to the letter."""
    spoils = {
        "Firma": ("", "is required"),
        "Kreditlimit": ("1,234", "must be a number that reads one way only, such as 1234.00"),
        "owner": ("x", "must be a whole number"),
        "taxable": ("vielleicht", "must be yes or no (true, false, 1, 0, ja, nein)"),
        "E-Mail": ("e" * 321, "must have at most 320 characters"),
        "Kundennummer": ("K-0", "is in use already"),
    }
    header, dice = ["Kundennummer", "Firma", "E-Mail", "Kreditlimit", "owner", "taxable"], random.Random(17)
    good, bad, table = [], [], [header]
    for n in range(20_000):
        cells = [f"K-{n}", f"Firma {n}", f"{n}@example.com", f"{n}.50", str(n), "ja" if n % 2 else "nein"]
        if n and dice.random() < 0.1:
            column = dice.choice(header)
            given, why = spoils[column]
            cells[header.index(column)] = given
            said = f"{given[:60]}…" if len(given) > 60 else given
            where = f"row {n + 2}: {column}: " + (f"{said!r} " if given else "")
            bad.append([*cells, where + why])
        else:
            good.append((cells[0], cells[1], cells[2], n, n % 2, 1))
        table.append(cells)
    file = clerk.file("drill.csv", "".join(";".join(cells) + "\n" for cells in table))
    report = clerk.home / "rejected.csv"
    assert clerk.imports(file, "--report", str(report), status=3) == [len(good), 0, 0, len(bad)]
    kept = list(csv.reader(report.read_text(encoding="utf-8-sig").splitlines()))
    assert kept == [[*header, "rejected because"], *bad]
    sql = (
        "SELECT number, name, email, owner, CAST(is_taxable AS integer), version FROM customer ORDER BY owner"
    )
    assert clerk.asks(sql) == good
    assert clerk.imports(file, "--again", status=3) == [0, 0, len(good), len(bad)]
    assert (clerk.asks(sql), faults(clerk.url)) == (good, [])


# The middle of an import


def big(clerk: Clerk, many: int) -> Path:
    lines = [f"Customer {n},{n},{'x' if n % 1_000 == 7 else ''}\n" for n in range(many)]
    return clerk.file("big.csv", "".join(["name,number,owner\n", *lines]))


def killed(clerk: Clerk, words: Sequence[str], after: int) -> None:
    """Starts an import and kills it once so many rows are done with."""
    running = subprocess.Popen(
        [*PROGRAM, *words], env=clerk.environment, cwd=clerk.home, stdout=subprocess.DEVNULL
    )
    end = time.monotonic() + 60
    while time.monotonic() < end and running.poll() is None:
        if sum(done for (done,) in clerk.asks("SELECT next_row FROM import_job")) > after:
            break
        time.sleep(0.02)
    assert running.poll() is None, "it ended before it could be killed"
    os.kill(running.pid, signal.SIGKILL)
    running.wait()


def test_an_import_that_was_killed_goes_on_and_doubles_and_loses_nothing(clerk: Clerk) -> None:
    many, report = 30_000, clerk.home / "rejected.csv"
    file = big(clerk, many)
    words = clerk.words(file, "--report", str(report))
    for after in (0, 8_000, 16_000):
        killed(clerk, words, after)
        assert faults(clerk.url) == []
    assert 0 < len(clerk.names()) < many
    assert clerk.imports(file, "--report", str(report), status=3) == [29_970, 0, 0, 30]
    assert clerk.asks("SELECT COUNT(*), COUNT(DISTINCT number) FROM customer") == [(29_970, 29_970)]
    kept = list(csv.reader(report.read_text(encoding="utf-8-sig").splitlines()))
    assert [row[1] for row in kept[1:]] == [str(n) for n in range(7, many, 1_000)]
    assert clerk.imports(file, status=3) == [0, 0, 29_970, 30]
    assert faults(clerk.url) == []


def test_all_or_nothing_that_was_killed_has_stored_nothing(clerk: Clerk) -> None:
    many, report = 40_000, clerk.home / "rejected.csv"
    file = clerk.file("big.csv", "name\n" + "".join(f"Customer {n}\n" for n in range(many)))
    words = clerk.words(file, "--all-or-nothing", "--report", str(report))
    running = subprocess.Popen(
        [*PROGRAM, *words], env=clerk.environment, cwd=clerk.home, stdout=subprocess.DEVNULL
    )
    until(report.exists, running)  # opened just before the first row
    # Nothing of an open transaction can be seen from outside; by then it has thousands of rows.
    time.sleep(0.5)
    assert running.poll() is None, "it ended before it could be killed"
    os.kill(running.pid, signal.SIGKILL)
    running.wait()
    assert (clerk.names(), faults(clerk.url)) == ([], [])
    assert clerk.imports(file, "--all-or-nothing") == [many, 0, 0, 0]
    assert faults(clerk.url) == []


def test_a_server_goes_on_writing_while_an_import_runs(clerk: Clerk) -> None:
    file = big(clerk, 20_000)
    headers = {"Authorization": f"Bearer {clerk.tenant.key}", "x-entity-id": clerk.tenant.entity}
    with clerk.serving("serve") as address, httpx.Client(base_url=address, headers=headers) as client:
        running = subprocess.Popen([*PROGRAM, *clerk.words(file)], env=clerk.environment, cwd=clerk.home)
        took: list[float] = []
        while running.poll() is None:
            begun = time.monotonic()
            answer = client.post("/customers", json={"name": f"Meanwhile {len(took)}"})
            assert answer.status_code == 201, answer.text
            took.append(time.monotonic() - begun)
        assert running.returncode == 3
    assert max(took) < 4
    assert len(clerk.names()) == 19_980 + len(took)
    assert faults(clerk.url) == []


def test_two_imports_of_one_file_at_once_double_nothing(clerk: Clerk) -> None:
    file = clerk.file("big.csv", "name\n" + "".join(f"Customer {n}\n" for n in range(12_000)))
    both = [
        subprocess.Popen(
            [*PROGRAM, *clerk.words(file)], env=clerk.environment, cwd=clerk.home, stderr=subprocess.PIPE
        )
        for _ in range(2)
    ]
    for one in both:
        told = one.communicate()[1].decode()
        # The slower one may have come when the other was ready.
        assert one.returncode == 0 or "the file is being imported by somebody else" in told
    assert min(one.returncode for one in both) == 0
    assert len(clerk.names()) == len(set(clerk.names())) == 12_000
    assert faults(clerk.url) == []
