"""Customers as rows of a table that an import reads back as they were."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from billto.domain.attrs import Attr, Kind, catalogue
from billto.domain.countries import resolve
from billto.domain.customer import Customer
from billto.domain.importing import SETTABLE
from billto.domain.importing.cells import NULL, guarded, json_text

# Beside what an import can set, for whoever looks a customer up by it.
_TOLD = ("id", "created_at", "updated_at")
COLUMNS = (*SETTABLE, *_TOLD)


def row(customer: Customer) -> list[str]:
    """A customer's cells, in the order of the columns."""
    cells = [_written(customer, one) for one in _WRITERS]
    cells[_CODE] = cells[_CODE] or _no_code(customer)
    return cells


def _no_code(customer: Customer) -> str:
    """That a country has no code here, where an import would find one by its name."""
    return NULL if customer.country and resolve(customer.country) else ""


_Writer = tuple[int, Callable[[Any], str], str]  # the place in the record, and what stands for no value


def _written(customer: Customer, writer: _Writer) -> str:
    at, write, nothing = writer
    value: Any = customer[at]
    return nothing if value is None else write(value)


def _map(value: Any) -> str:
    return json_text(value) if value else ""  # what a new customer has


def _amount(value: Decimal) -> str:
    return format(value, "f")


_BY_KIND: dict[Kind, Callable[[Any], str]] = {
    Kind.TEXT: guarded, Kind.BOOL: lambda value: "true" if value else "false", Kind.INT: str,
    Kind.DATE: date.isoformat, Kind.DECIMAL: _amount, Kind.MAP: _map, Kind.TREE: json_text,
    Kind.MOMENT: lambda value: value.isoformat(timespec="milliseconds"),
}  # fmt: skip


def _writer(attr: Attr) -> _Writer:
    default = Customer._field_defaults.get(attr.name)
    nothing = NULL if attr.nullable and default is not None else ""
    return Customer._fields.index(attr.name), _BY_KIND[attr.kind], nothing


_WRITERS = [_writer(catalogue(Customer)[name]) for name in COLUMNS]
_CODE = COLUMNS.index("country_code")
