"""What becomes of two customers that are one: what the other takes over, and what is given up."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from billto.domain.alias import Alias
from billto.domain.attrs import CUSTOM, METADATA, Kind, catalogue
from billto.domain.contact import CONTACTS_MAX, Items, identified
from billto.domain.contact import settled as settled_contacts
from billto.domain.customer import Customer, bounded
from billto.domain.problems import Problem, Refused


class GivenUp(NamedTuple):
    """A value of a customer that does not survive its merge, and the one that stays instead."""

    attr: str
    value: Any
    stays: Any
    key: str | None = None  # of a map


# What is no matter of choice: who they are, when they came to be, and what the ledger keeps.
_OWN = frozenset(
    {
        "entity_id",
        "id",
        "serial",
        "version",
        "created_at",
        "updated_at",
        "deleted_at",
        "owes",
        "parent",
        "link_number",
        "is_chase_finished",
    }
)
_JOINED = ("contacts", "delivery_addresses")
_MAPS = ("metadata", "custom")

# Values that only mean something together: one place must not get the house number of another.
_TOGETHER = (
    ("address", "address_2", "post_code", "city", "state", "country", "country_code", "fiscal_region_code"),
    ("first_name", "last_name"),
    ("peppol_id", "peppol_scheme_id"),
    ("is_autopay", "autopay_delay_days"),
    ("chasing_cadence", "next_chase_step"),
    ("chase_paused_until", "chase_pause_reason"),
    ("avalara_entity_use_code", "avalara_exemption_number"),
)
_FLAGS = frozenset(name for name, attr in catalogue(Customer).items() if attr.kind is Kind.BOOL)
_UNIQUE = frozenset(name for name, attr in catalogue(Customer).items() if attr.unique)


def _groups() -> tuple[tuple[str, ...], ...]:
    grouped = {name for group in _TOGETHER for name in group}
    alone = (name for name in catalogue(Customer) if name not in grouped | _OWN | {*_JOINED, *_MAPS})
    return (*_TOGETHER, *((name,) for name in alone))


_GROUPS = _groups()


def fills(gone: Customer, kept: Customer) -> dict[str, Any]:
    """What the one that stays could take of the other, because it has nothing there itself."""
    values: dict[str, Any] = {}
    for group in _GROUPS:
        if any(not _is_empty(getattr(kept, name)) for name in group if name not in _FLAGS):
            continue
        given = {name: getattr(gone, name) for name in group}
        values |= {
            name: value
            for name, value in given.items()
            if not _is_empty(value) and _is_empty(getattr(kept, name)) and _may_be_taken(name, gone)
        }
    shared = kept.metadata.keys() | kept.custom.keys()
    for name in _MAPS:
        more = {key: value for key, value in getattr(gone, name).items() if key not in shared}
        if more:
            values[name] = {**getattr(kept, name), **more}
    return values


def given_up(gone: Customer, kept: Customer) -> tuple[GivenUp, ...]:
    """What is lost of the one that goes, even where the other takes all that it can."""
    taken = fills(gone, kept)
    lost = [
        GivenUp(name, value, getattr(kept, name))
        for group in _GROUPS
        for name, value in ((name, getattr(gone, name)) for name in group)
        if not _is_empty(value) and name not in taken and value != getattr(kept, name)
    ]
    if gone.parent is not None and kept.parent is not None and gone.parent not in (kept.parent, kept.serial):
        lost.append(GivenUp("parent", gone.parent, kept.parent))
    for name in _MAPS:
        there = {**kept.custom, **kept.metadata}
        lost += [
            GivenUp(name, value, there[key], key)
            for key, value in getattr(gone, name).items()
            if key in there and there[key] != value
        ]
    return tuple(lost)


def joined(
    gone: Customer,
    kept: Customer,
    *,
    fill: bool,
    parent: int | None,
    new_id: Callable[[], str],
    now: datetime,
) -> Customer:
    """The customer that both are from now on; raises Refused where it has no room for the people of both."""
    values: dict[str, Any] = fills(gone, kept) if fill else {}
    values |= {name: there for name in _JOINED if (there := _both(name, gone, kept))}
    _check_room(values)
    new = kept._replace(
        **values, parent=parent, owes=kept.owes or gone.owes,
        version=kept.version + 1, updated_at=max(now, kept.updated_at),
    )  # fmt: skip
    if gone.contacts:
        known = [*(kept.contacts or ()), *gone.contacts]
        new = new._replace(contacts=settled_contacts(new.contacts or [], known, new_id, new.updated_at))
    if gone.delivery_addresses:
        new = new._replace(delivery_addresses=identified(new.delivery_addresses or [], new_id))
    return bounded(new, values)


def alias(gone: Customer, kept: Customer, now: datetime) -> Alias:
    """What is left of the one that goes: what it was called, and of whom it is part."""
    return Alias(
        gone.entity_id, gone.id, gone.serial, kept.id, now, gone.name, gone.number, gone.external_id,
        gone.link_number,
    )  # fmt: skip


def check(gone: Customer, kept: Customer) -> None:
    """Raises Refused for two customers that cannot become one."""
    if gone.id == kept.id:
        raise Refused(Problem("same_customer", ("into",)))
    if kept.deleted_at is not None:
        raise Refused(Problem("in_trash", ("into",)))


def _is_empty(value: Any) -> bool:
    return value is None or (isinstance(value, str | list | dict) and not value)


def _may_be_taken(name: str, gone: Customer) -> bool:
    """Numbers of a customer in the trash are free, and may be somebody else's by now."""
    return name not in _UNIQUE or gone.deleted_at is None


def _both(name: str, gone: Customer, kept: Customer) -> Items:
    """The people or places of both, those of the one that stays first; nobody is taken for somebody else."""
    there: Items = list(getattr(kept, name) or ())
    ids = {one[key] for one in there for key in ("id", "serial") if key in one}
    has_default = any(one.get("is_default") for one in there)
    for one in getattr(gone, name) or ():
        if one.get("id") in ids or one.get("serial") in ids:
            one = {key: value for key, value in one.items() if key not in ("id", "serial")}
        if has_default and one.get("is_default"):
            one = {**one, "is_default": False}  # there is one place that goods go to without a word
        there.append(one)
    return there


def _check_room(values: Mapping[str, Any]) -> None:
    problems = [
        Problem("too_many", (name,), str(CONTACTS_MAX))
        for name in _JOINED
        if len(values.get(name, ())) > CONTACTS_MAX
    ]
    for name, attr in (("metadata", METADATA), ("custom", CUSTOM)):
        if name in values and attr.shape is not None:
            attr.shape.read(values[name], (name,), problems)
    if problems:
        raise Refused(*problems)
