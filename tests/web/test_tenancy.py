"""Tenants never meet: every route, every wrong caller, Alice's ids; and proof that a leak would be seen."""

from collections.abc import Container, Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest

from billto.dialects.spaceinvoices.routes import ROUTES
from billto.domain.account import Key
from billto.domain.alias import Alias
from billto.domain.answer import Answer
from billto.domain.cadence import Cadence
from billto.domain.chasing import Fired
from billto.domain.connection import Connection
from billto.domain.event import Event
from billto.domain.file import FileContent
from billto.domain.ids import read_id
from billto.domain.jobs import ImportJob, Upload
from billto.domain.ledger import Entry
from billto.domain.line_item import LineItem
from billto.domain.note import Note
from billto.domain.reminder import Reminded
from billto.domain.scope import Scope
from billto.domain.statement_round import StatementRound
from billto.domain.stored_template import EmailTemplate, SmsTemplate
from billto.domain.task import Task
from billto.store import tx
from billto.store.layout import LAYOUTS, tenancy
from tests.web.attempts import ATTEMPTS, FURTHER, KINDS, NAMED, RENAME, ROUNDS, Attempt, made, new
from tests.web.house import Caller, House, answered

# What the callers get, by kind of route. OWN: they may, and see what is theirs. YES: it is theirs.
# READ: they may read and get a 403 for the rest.
OWN, YES, READ = "own", "yes", "read"
CELLS: dict[str, tuple[int | str, ...]] = {
    # caller                  new entity, entities, entity, new customer, customers, customer, named customer
    "no key":                  (401, 401, 401, 401, 401, 401, 401),
    "a key that never was":    (401, 401, 401, 401, 401, 401, 401),
    "a revoked key":           (401, 401, 401, 401, 401, 401, 401),
    "an expired key":          (401, 401, 401, 401, 401, 401, 401),
    "Charlie, her account":    (404, 404, 404, 404, 404, 404, 404),
    "Charlie, her entity":     (OWN, OWN, 404, 404, 404, 404, 404),
    "Charlie":                 (OWN, OWN, 404, OWN, OWN, 404, 404),
    "sandbox, live entity":    (OWN, OWN, 404, 404, 404, 404, 404),
    "sandbox":                 (OWN, OWN, 404, OWN, OWN, 404, 404),
    "shop's key, the studio":  (403, OWN, 404, 404, 404, 404, 404),
    "shop's key":              (403, OWN, 404, OWN, OWN, 404, 404),
    "account's key, the shop": (YES, YES, YES, OWN, OWN, 404, 404),
    "a key that may only read": (READ, READ, READ, READ, READ, READ, READ),
}  # fmt: skip


def callers(house: House) -> dict[str, Caller]:
    cast = house.cast
    return {
        "no key": house.caller(None, cast.studio),
        "a key that never was": house.caller("sk_live_" + "0" * 64, cast.studio),
        "a revoked key": house.caller(cast.revoked, cast.studio),
        "an expired key": house.caller(cast.expired, cast.studio),
        "Charlie, her account": house.caller(cast.charlie, cast.factory, cast.alice_account),
        "Charlie, her entity": house.charlie.about(cast.studio),
        "Charlie": house.charlie,
        "sandbox, live entity": house.sandbox.about(cast.studio),
        "sandbox": house.sandbox,
        "shop's key, the studio": house.caller(cast.shop_key, cast.studio),
        "shop's key": house.caller(cast.shop_key),
        "account's key, the shop": house.shopkeeper,
        "a key that may only read": house.reader,
    }


def secrets(house: House, name: str) -> list[str]:
    """What a caller must never see: the studio's data, and for strangers all of Alice's."""
    cast = house.cast
    studio = ["Studio", "Wonderhill", "White Rabbit", "Mad Hatter", "hat@wonder.example"]
    ids = [cast.studio, cast.white_rabbit, cast.mad_hatter, cast.dodo]
    if name.startswith("Charlie"):
        studio.append("Wonder")
        ids += [cast.alice_account, cast.shop, cast.trial, cast.duchess, cast.dormouse]
    return studio + [str(read_id(one)) for one in ids]


VARIANTS: tuple[dict[str, str], ...] = (
    {},
    {"If-None-Match": "*"},
    {"If-Match": "*"},
    {"X-Request-Id": "alices"},
)


def subjects(house: House, attempt: Attempt) -> list[str]:
    """Alice's ids for a path, spelt as they may be; none where the path has no place for one."""
    kind = attempt.kind
    if kind == "customer" and attempt.path == ROUNDS:
        return list(rounds(house))
    if kind == "customer" and attempt.path in FURTHER:
        id = house.alice.listed(attempt.path)["data"][0]["id"]
        return [id, str(read_id(id))]
    if kind == "named customer":
        return [NAMED]
    ids = {"entity": [house.cast.studio], "customer": [house.cast.white_rabbit, house.cast.mad_hatter]}
    return [spelt for id in ids.get(kind, []) for spelt in (id, str(read_id(id)))]


def rounds(house: House) -> Iterator[str]:
    """Alice's rounds, each with its run."""
    for run in house.alice.listed("/statement-runs")["data"]:
        for one in house.alice.listed(f"/statement-runs/{run['id']}/rounds")["data"]:
            yield f"{run['id']}|{one['id']}"


def never(kind: str) -> str:
    if kind == "named customer":
        return "never-was"
    return f"{'ent' if kind == 'entity' else 'cust'}_{'0' * 24}"


def _at(path: str, id: str) -> str:
    id, _, of_run = id.partition("|")
    return path.format(
        id=id, round=of_run or never("customer"), external_id=id if id == never("named customer") else NAMED
    )


def told(answer: httpx.Response) -> tuple[Any, ...]:
    """All that an answer tells, but for the id of its request."""
    headers = {name: value for name, value in answer.headers.items() if name != "x-request-id"}
    return answer.status_code, answer.content, headers


def expected(name: str, kind: str, method: str) -> int | str | None:
    """What a wrong caller gets; None where the caller is right, or makes something of its own."""
    cell = CELLS[name][KINDS.index(kind)]
    if cell == READ:
        cell = YES if method == "GET" else 403
    return None if cell == YES or (cell == OWN and method != "GET") else cell


def wrongs(house: House, first: Container[tuple[str, str]] = ()) -> Iterator[str]:
    """Whatever goes wrong when wrong callers try every route with Alice's ids, some routes before others."""
    for (method, path), attempt in sorted(ATTEMPTS.items(), key=lambda one: one[0] not in first):
        body, ids = new(house, attempt), subjects(house, attempt) or [""]
        for name, caller in callers(house).items():
            cell = expected(name, attempt.kind, method)
            if cell is None:
                continue
            hidden = [] if cell == 403 else secrets(house, name)
            for headers in VARIANTS:
                absent = caller.ask(method, _at(path, never(attempt.kind)), body, headers)
                for id in ids:
                    answer = caller.ask(method, _at(path, id), body, headers)
                    for fault in faults(answer, absent, cell, hidden):
                        yield f"{name}: {method} {path} {id} {headers}: {fault}"


def faults(
    answer: httpx.Response, absent: httpx.Response, cell: int | str, hidden: list[str]
) -> Iterator[str]:
    if answer.status_code != (200 if cell == OWN else cell):
        yield f"{answer.status_code} and not {cell}"
    if answer.status_code >= 500:
        return
    if cell != OWN and told(answer) != told(absent):
        yield "tells it from one that never was"
    yield from (f"shows {one}" for one in hidden if one in str(told(answer)))


def prepared(house: House) -> House:
    """Alice has used a request id that others will use as well."""
    rabbit = f"/customers/{house.cast.white_rabbit}"
    answered(house.alice.patch(rabbit, RENAME, {"X-Request-Id": "alices"}))
    answered(house.alice.patch(rabbit, {"name": "White Rabbit Wonder"}))
    for path in FURTHER:
        made(house, Attempt("customer", path=path))
    return house


def test_every_route_and_every_caller_has_an_expectation() -> None:
    assert {(route.method, route.path) for route in ROUTES} == set(ATTEMPTS)
    assert {attempt.kind for attempt in ATTEMPTS.values()} == set(KINDS)
    assert all(len(cells) == len(KINDS) for cells in CELLS.values())


def test_no_wrong_caller_sees_or_changes_anything(house: House) -> None:
    assert callers(house).keys() == CELLS.keys()
    before = prepared(house).dump()
    assert list(wrongs(house)) == []
    assert house.dump() == before


def test_every_route_serves_its_right_caller(house: House) -> None:
    """Without this, refusing everybody would pass."""
    prepared(house)
    for (method, path), attempt in ATTEMPTS.items():
        id = made(house, attempt)
        if attempt.trashed:
            house.alice.delete(f"/customers/{id}")
        answer = house.alice.ask(method, _at(path, id), new(house, attempt))
        assert answer.status_code == attempt.status, (method, path)
        if attempt.kind == "named customer":
            id = house.cast.white_rabbit
        is_one = attempt.kind in ("entity", "customer", "named customer") and attempt.status == 200
        is_file = answer.headers.get("content-type") in ("application/pdf", "image/png")
        if is_one and not is_file and "id" in answer.json():
            assert answer.json()["id"] == id.rpartition("|")[2]


def tenancy_mutants() -> list[Any]:
    # Entries are only read by a customer that is read before, rounds by a run.
    records = {route.table.record for route in ROUTES} - {Entry, StatementRound}
    return [
        pytest.param(record, name, id=f"{record.__name__}.{name}")
        for record in sorted(records, key=lambda one: one.__name__)
        for name in LAYOUTS[record].tenancy
    ]


def is_seen(house: House, of: Any = None) -> bool:
    """Whether anything goes wrong that is more than a broken statement; first where a record is shown."""
    first = {(one.method, one.path) for one in ROUTES if of in (one.table.record, one.subject)}
    return any(": 500 " not in one for one in wrongs(prepared(house), first))


@pytest.mark.parametrize(("record", "name"), tenancy_mutants())
def test_a_statement_that_forgot_its_tenant_would_be_seen(
    house: House, monkeypatch: pytest.MonkeyPatch, record: Any, name: str
) -> None:
    layout = LAYOUTS[record]
    rest = tuple(one for one in layout.tenancy if one != name)
    monkeypatch.setitem(LAYOUTS, record, layout._replace(tenancy=rest))
    assert is_seen(house, record)


def test_a_key_of_one_entity_that_opened_others_would_be_seen(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tx, "tenancy", lambda record, scope: tenancy(record, replace(scope, bound_to=None)))
    assert is_seen(house)


def test_answers_remembered_for_everybody_would_be_seen(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Scope, "tenant_id", property(lambda scope: "everybody"))
    assert is_seen(house)


def test_the_mutants_cover_every_record_that_is_read_by_its_tenant() -> None:
    """Keys are read by their secret and revoked by id at the command line; events are only written; answers
    are read by Scope.tenant_id, which has a mutant of its own; what hangs on customers, and chasing, has its
    mutants beside the door that shows it; old ids are looked up with the conditions of their customers;
    who was reminded is read by documents that were, contents of files after their files, and connections
    once their entity was: `test_connections.py` looks at those of another. A new record needs an answer."""
    read = {route.table.record for route in ROUTES}
    assert {record for record, layout in LAYOUTS.items() if layout.tenancy} == read | {
        Key, Event, Answer, Note, LineItem, ImportJob, Upload, Alias, Reminded, FileContent, Connection,
        Cadence, Fired, Task, EmailTemplate, SmsTemplate,
    }  # fmt: skip
