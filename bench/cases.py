"""What is measured, and what is hoped for: one row for each case."""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote_plus

from bench import people
from bench.client import Ask, Client
from bench.data import Known
from bench.load import NUMBER

Asks = Callable[[Client, Known], Awaitable[list[Ask]]]

# "Page 1,000 deep": with ten rows a page it is the last one of 10 thousand customers.
DEPTH, DEEP_LIMIT = 1_000, 10
GROWTH_MOST = 1.3
SEARCH_P99_MS = 20.0
UNCOUNTED = {"include_total_count": "false"}
_VARIANTS = 200
_MARK = NUMBER.decode()


@dataclass(frozen=True, slots=True)
class Case:
    """One thing that clients do, in several variants, and the aims it has to meet."""

    name: str
    asks: Asks
    write: str = ""  # how its raw counterpart writes: "insert" or "update"; reads are repeated as they came
    at_once: int = 1
    cpu_most: Mapping[str, float] = field(default_factory=dict)  # µs a request, by engine
    raw_share_least: float | None = None  # how fast, where the bare statement is 1
    rate_share_least: float | None = None  # how many at once, where the bare loop does 1
    steady: bool = False  # at most 1.3 times as slow with 1 million as with 10 thousand
    p99_most: float | None = None  # ms


def _listed(**parameters: object) -> Ask:
    pairs = (f"{name}={quote_plus(str(value))}" for name, value in parameters.items())
    return Ask("GET", "/customers", "&".join(pairs))


def _asked(query: object) -> str:
    return json.dumps(query, separators=(",", ":"))


async def _gets(client: Client, known: Known) -> list[Ask]:
    return [Ask("GET", f"/customers/cust_{id_}") for id_ in known.ids]


async def _creates(client: Client, known: Known) -> list[Ask]:
    inventor = people.Inventor(seed=2)
    values = (inventor.one(5_000_000 + number).values for number in range(500))
    return [Ask("POST", "/customers", body=_asked({**one, "address_2": _MARK}).encode()) for one in values]


async def _patches(client: Client, known: Known) -> list[Ask]:
    body = _asked({"name": f"Ana Berg {_MARK}"}).encode()
    return [Ask("PATCH", f"/customers/cust_{id_}", body=body) for id_ in known.ids]


def _page(**parameters: object) -> Asks:
    async def asks(client: Client, known: Known) -> list[Ask]:
        return [_listed(**parameters)]

    return asks


def _deep(**parameters: object) -> Asks:
    """The thousandth page, reached as a client would: page by page."""

    async def asks(client: Client, known: Known) -> list[Ask]:
        page = parameters | UNCOUNTED | {"limit": DEEP_LIMIT}
        cursor: dict[str, object] = {}
        for _ in range(DEPTH - 1):
            answer = await client.ask(_listed(**page, **cursor))
            cursor = {"next_cursor": answer["pagination"]["next_cursor"]}
        return [_listed(**page, **cursor)]

    return asks


async def _by_email(client: Client, known: Known) -> list[Ask]:
    return [_listed(query=_asked({"email": email}), **UNCOUNTED) for email in known.emails]


async def _by_metadata(client: Client, known: Known) -> list[Ask]:
    return [
        _listed(query=_asked({"metadata.order_id": one}), **UNCOUNTED) for one in known.order_ids[:_VARIANTS]
    ]


async def _containing(client: Client, known: Known) -> list[Ask]:
    # Of a mail address its local part: name and number.
    parts = (email.partition("@")[0] for email in known.emails[:_VARIANTS])
    return [_listed(query=_asked({"email": {"contains": part[1:]}}), **UNCOUNTED) for part in parts]


def _searched(terms: Sequence[str], **parameters: object) -> Asks:
    async def asks(client: Client, known: Known) -> list[Ask]:
        return [_listed(search=term, **parameters) for term in terms]

    return asks


def _small(terms: Sequence[str], **parameters: object) -> Asks:
    """The same words, of tenants with a thousandth of the customers."""

    async def asks(client: Client, known: Known) -> list[Ask]:
        pairs = ((term, tenant) for term in terms for tenant in range(1, len(known.tenants), 10))
        return [_listed(search=term, **parameters)._replace(tenant=tenant) for term, tenant in pairs]

    return asks


def _rare(**parameters: object) -> Asks:
    async def asks(client: Client, known: Known) -> list[Ask]:
        parts = (email.partition("@")[0] for email in known.emails[:_VARIANTS])
        return [_listed(search=part[1:], **parameters) for part in parts]

    return asks


def _searches() -> list[Case]:
    kinds: tuple[tuple[str, Callable[..., Asks]], ...] = (
        ("common", lambda **more: _searched(people.COMMON, **more)),
        ("middling", lambda **more: _searched(people.MIDDLE, **more)),
        ("rare", _rare),
        ("rare, of common parts", lambda **more: _searched(people.TRICKY, **more)),
        ("no hit", lambda **more: _searched(people.ABSENT, **more)),
    )
    plain = [
        Case(f"search: {name}", of(**UNCOUNTED), steady=True, p99_most=SEARCH_P99_MS) for name, of in kinds
    ]
    return plain + [Case(f"search with total: {name}", of()) for name, of in kinds]


READS: tuple[Case, ...] = (
    Case("get by id", _gets, cpu_most={"sqlite": 75, "postgresql": 140}, steady=True),
    Case("list of 50", _page(limit=50, **UNCOUNTED), raw_share_least=0.5, steady=True),
    Case("list of 50, with total", _page(limit=50), steady=True),
    Case("list of 50 by name", _page(limit=50, order_by="name", **UNCOUNTED), steady=True),
    Case("page 1,000 deep", _deep(), steady=True),
    Case("page 1,000 deep by -created_at", _deep(order_by="-created_at"), steady=True),
    Case("page 1,000 deep by name", _deep(order_by="name"), steady=True),
    Case("filter: email equals", _by_email),
    Case("filter: metadata key equals", _by_metadata),
    Case("filter: email contains", _containing),
    *_searches(),
    Case("search of a small tenant: common", _small(people.COMMON, **UNCOUNTED), p99_most=SEARCH_P99_MS),
    Case("search of a small tenant: no hit", _small(people.ABSENT, **UNCOUNTED), p99_most=SEARCH_P99_MS),
    Case("search: two letters, common", _searched(people.SHORT_COMMON, **UNCOUNTED)),
    Case("search: two letters, rare", _searched(people.SHORT_RARE, **UNCOUNTED)),
)
WRITES: tuple[Case, ...] = (
    Case("create, one by one", _creates, write="insert"),
    Case("create, 32 at once", _creates, write="insert", at_once=32),
    Case("patch, one by one", _patches, write="update"),
    Case("patch, 32 at once", _patches, write="update", at_once=32),
)
# What writes leave behind for those who search: entries that are not yet merged into the index.
AFTER: tuple[Case, ...] = (
    Case("search after these writes: rare", _rare(**UNCOUNTED), p99_most=SEARCH_P99_MS),
    Case("search after these writes: no hit", _searched(people.ABSENT, **UNCOUNTED), p99_most=SEARCH_P99_MS),
)
# Over HTTP, from 32 clients at once.
OUTSIDE: tuple[Case, ...] = (
    Case("get by id", _gets),
    Case("list of 50", _page(limit=50, **UNCOUNTED)),
    Case("search: rare", _rare(**UNCOUNTED)),
    Case("create", _creates, write="insert", rate_share_least=1.0),
    Case("patch", _patches, write="update"),
)
