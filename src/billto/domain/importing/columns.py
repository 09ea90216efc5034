"""The columns of one file, and what its rows say by them."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import Any, NamedTuple

from billto.domain import customer as rules
from billto.domain.attrs import METADATA, Attr, catalogue
from billto.domain.customer import BANK_ACCOUNTS, Customer
from billto.domain.importing import headers
from billto.domain.importing.cells import NULL, Cell, bare, text
from billto.domain.importing.people import named
from billto.domain.places import post_code_problems
from billto.domain.problems import Problem, Refused
from billto.domain.versions import Edit

COLUMNS_MAX = 500
HEADER_LENGTH_MAX = 200


class Mode(StrEnum):
    """What a row does when its customer is there, and when it is not."""

    CREATE = "create"
    UPDATE = "update"
    UPSERT = "upsert"


class Key(StrEnum):
    """By what a row and a customer are the same one."""

    NUMBER = "number"
    EMAIL = "email"
    TAX_NUMBER = "tax_number"
    EXTERNAL = "external"

    @property
    def attr(self) -> str:
        return "external_id" if self is Key.EXTERNAL else self.value


class Fault(NamedTuple):
    """What is wrong in a row: in which column, with which value, and why."""

    row: int
    column: str  # empty where it is about the whole row
    value: str
    problem: Problem

    @property
    def reason(self) -> str:
        return f"{self.column}: {self.said}" if self.column else self.said

    @property
    def said(self) -> str:
        """The value and the reason, without the column."""
        inner = ".".join(map(str, self.problem.path))
        shown = _shown(self.value) if self.value else ""
        return " ".join(filter(None, (shown, inner, self.problem.sentence)))


def _shown(value: str) -> str:
    return repr(value if len(value) <= 60 else value[:60] + "…")


class Row(NamedTuple):
    """A row of the file: where it stands, as it is written, and what it says."""

    number: int  # as spreadsheets number them: the header is 1
    cells: Sequence[str]
    values: Mapping[str, Any]
    faults: tuple[Fault, ...] = ()


class _Column(NamedTuple):
    at: int
    header: str
    attr: Attr | None  # None: its cells name the attributes they set
    read: Cell


_ATTRS = catalogue(Customer)
_TAG = re.compile(r"\s*metadata[.:](.+)", re.IGNORECASE | re.DOTALL)


class Columns:
    """What the header of a file says; raises Refused for one by which nothing can be imported."""

    def __init__(
        self,
        given: Sequence[str],
        *,
        language: str | None = None,
        mode: Mode = Mode.CREATE,
        key: Key | None = None,
    ) -> None:
        self.headers = tuple(one[:HEADER_LENGTH_MAX] for one in given)
        self._check_shape(given)
        self.language = language or headers.language_of(list(self.headers))
        self._any = language is None
        self._checks_post_codes = language == "faktoora"
        known = [(at, one, self._known(at, one)) for at, one in enumerate(self.headers)]
        self._columns = [one for _, _, one in known if one is not None]
        nobody = [(at, one) for at, one, column in known if column is None]
        self.passed_over = tuple(one for _, one in nobody if headers.is_passed_over(one))
        self.unknown = tuple(
            one or f"(column {at + 1})" for at, one in nobody if not headers.is_passed_over(one)
        )
        self.header_of = {one.attr.name: one.header for one in self._columns if one.attr}
        self._check(mode, key)

    def _check_shape(self, given: Sequence[str]) -> None:
        if not any(one.strip() for one in given):
            raise Refused(Problem("malformed", ("header",), "the first row must name the columns"))
        if len(given) > COLUMNS_MAX:
            detail = f"there are {len(given)} columns; at most {COLUMNS_MAX} are read"
            raise Refused(Problem("malformed", ("header",), detail))

    def _known(self, at: int, header: str) -> _Column | None:
        if tag := _TAG.fullmatch(header):
            return _Column(at, header, None, partial(_tagged, tag[1].strip()))
        field = headers.field(header, self.language, any_language=self._any)
        if field is None or headers.key(header) == headers.key(headers.REASON):
            return None
        return _Column(at, header, _ATTRS[field.attr] if field.attr else None, field.read)

    def _check(self, mode: Mode, key: Key | None) -> None:
        seen: dict[str, str] = {}
        problems: list[Problem] = []
        for one in self._columns:
            said = one.attr.name if one.attr else headers.key(one.header)
            if said in seen:
                detail = f"the columns {seen[said]!r} and {one.header!r} say the same"
                problems.append(Problem("malformed", ("header",), detail))
            seen[said] = one.header
        if mode is not Mode.UPDATE and not seen.keys() & {"name", "first_name", "last_name"}:
            problems.append(Problem("malformed", ("header",), "there is no column for the name"))
        if key is None and mode is not Mode.CREATE:
            detail = f"needs a key to {mode.value} by: {', '.join(Key)}"
            problems.append(Problem("bad_parameter", ("mode",), detail))
        if key is not None and key.attr not in seen:
            problems.append(Problem("malformed", ("header",), f"there is no column for the key {key.value}"))
        if problems:
            raise Refused(*problems)

    def read(self, number: int, cells: Sequence[str]) -> Row:
        """What a row says. An empty cell says nothing; `null` says that there is no value."""
        values: dict[str, Any] = {}
        faults: list[Fault] = []
        width = len(cells)
        for column in self._columns:
            cell = cells[column.at] if column.at < width else ""
            if not cell:
                continue
            try:
                self._take(values, column, cell)
            except Refused as refused:
                faults += (Fault(number, column.header, cell, one) for one in refused.problems)
        if any(cells[len(self.headers) :]):
            detail = f"has {width} cells where the header has {len(self.headers)}"
            faults.append(Fault(number, "", "", Problem("malformed", (), detail)))
        if self._checks_post_codes:
            faults += self._post_code_faults(number, values)
        return Row(number, cells, values, tuple(faults))

    def _take(self, values: dict[str, Any], column: _Column, cell: str) -> None:
        attr, given = column.attr, bare(cell)
        if attr is None:
            if cell != NULL:
                _put(values, column.read(given))
            return
        value = None if cell == NULL else given if column.read is text else column.read(given)
        if problems := attr.problems(value):
            raise Refused(*problems)
        values[attr.name] = value

    def _post_code_faults(self, number: int, values: Mapping[str, Any]) -> Iterator[Fault]:
        given = values.get("post_code")
        for one in post_code_problems(values.get("country_code"), given):
            yield Fault(number, self.header_of["post_code"], str(given), Problem(one.code, (), one.detail))

    def faults_of(self, row: Row, refused: Refused) -> tuple[Fault, ...]:
        """What the rules of a customer refuse, at the columns where it was said."""
        return tuple(self._fault(row, one) for one in refused.problems)

    def _fault(self, row: Row, problem: Problem) -> Fault:
        attr = str(problem.path[0]) if problem.path else ""
        header = self.header_of.get(attr, attr)
        at = self.headers.index(header) if header in self.headers else len(row.cells)
        value = row.cells[at] if at < len(row.cells) else ""
        return Fault(row.number, header, value, Problem(problem.code, problem.path[1:], problem.detail))


def _tagged(key: str, cell: str) -> dict[str, Any]:
    """One value of the metadata, in a column of its own."""
    problems: list[Problem] = []
    assert METADATA.shape is not None
    METADATA.shape.read({key: cell}, (), problems)
    if problems:
        raise Refused(*(Problem(one.code, (), one.detail) for one in problems))
    return {"metadata": Edit((lambda before: {**before, key: cell},))}


def _put(values: dict[str, Any], more: Mapping[str, Any]) -> None:
    """Adds what a cell says of several attributes, or of part of one."""
    for name, value in more.items():
        if name == "bank_accounts":
            value = Edit((partial(_with_account, _checked_account(value)),))
        elif not isinstance(value, Edit) and (problems := _ATTRS[name].problems(value)):
            raise Refused(*problems)
        before = values.get(name)
        if isinstance(value, Edit) and name in values:
            value = Edit((*before.steps, *value.steps)) if isinstance(before, Edit) else value(before)
        values[name] = value


def _checked_account(parts: Mapping[str, Any]) -> Mapping[str, Any]:
    problems: list[Problem] = []
    BANK_ACCOUNTS.read([parts], (), problems)
    if problems:
        raise Refused(*(Problem(one.code, (), one.detail) for one in problems))
    return parts


def _with_account(parts: Mapping[str, Any], before: list[dict[str, Any]] | None) -> list[dict[str, Any]]:
    """The accounts with these parts in the first; the others stay."""
    first, *others = before or [{"type": "iban"}]
    return [{**first, **parts}, *others]


def made(
    values: Mapping[str, Any], *, entity_id: str, id: str, now: datetime, new_id: Callable[[], str]
) -> Customer:
    """A new customer out of what a row says; raises Refused as `domain.customer.made` does."""
    customer = rules.made(named(dict(values), new_id), entity_id=entity_id, id=id, now=now)
    return _bounded(_with_said_code(customer, values), values)


def changed(
    customer: Customer, values: Mapping[str, Any], now: datetime, new_id: Callable[[], str]
) -> Customer:
    """The customer with what a row says; the very same when that is nothing new."""
    new = _with_said_code(rules.changed(customer, named(dict(values), new_id), now), values)
    return customer if new is customer else _bounded(new, values)


def _with_said_code(customer: Customer, values: Mapping[str, Any]) -> Customer:
    """A file that says beside the country that there is no code means that."""
    if "country_code" in values and values.get("country") and not values["country_code"]:
        return customer._replace(country_code=values["country_code"])
    return customer


def _bounded(customer: Customer, values: Mapping[str, Any]) -> Customer:
    """The customer; raises Refused for metadata that grew too much by columns that each add a little."""
    if isinstance(values.get("metadata"), Edit):
        problems: list[Problem] = []
        assert METADATA.shape is not None
        METADATA.shape.read(customer.metadata, ("metadata",), problems)
        if problems:
            raise Refused(*problems)
    return customer
