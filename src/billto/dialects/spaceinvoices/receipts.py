"""Space Invoices: payments that come together with a document."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from billto.app.documents import Receipt
from billto.dialects.codecs import MONEY, read_day
from billto.dialects.spaceinvoices.lines import IdOf
from billto.domain.attrs import METADATA
from billto.domain.nodes import Choice, Group, Many, Node, Number, Problems, Text
from billto.domain.problems import Problem, Refused

assert METADATA.shape is not None

TYPES = (
    "cash", "bank_transfer", "card", "check", "paypal", "coupon", "other", "credit_note", "advance",
)  # fmt: skip
PAYMENTS_MAX = 50

_FIELDS: dict[str, Node] = {
    "type": Choice(among=TYPES, null=False),
    "amount": Number(least=0, says="more than 0; as much as is open where nothing is said"),
    "date": Text(most=40),
    "tag": Text(most=255),
    "reference": Text(most=255),
    "note": Text(most=10_000),
    "metadata": METADATA.shape,
    "credit_note_id": IdOf(prefix="cre", says="what a payment of the type credit_note comes out of"),
    "advance_invoice_id": IdOf(prefix="adv", says="what a payment of the type advance comes out of"),
}
# Where the amount comes out of a document, and not out of somebody's pocket.
_SOURCES = {"credit_note": "credit_note_id", "advance": "advance_invoice_id"}

PAYMENTS = Many(Group(_FIELDS, null=False), most=PAYMENTS_MAX)


def said(given: Any) -> dict[str, Any]:
    """The receipts in a body; without any, nothing."""
    problems: Problems = []
    kept: Any = PAYMENTS.read(given, (), problems)
    receipts = [] if problems else [_receipt(one, at, problems) for at, one in enumerate(kept or ())]
    if problems:
        raise Refused(*problems)
    return {"receipts": [one for one in receipts if one is not None]}


@contextmanager
def spelt(receipts: Sequence[Receipt]) -> Iterator[None]:
    """Lets the problems of receipts name what a body calls their source."""
    try:
        yield
    except Refused as refused:
        raise Refused(*(_spelt(problem, receipts) for problem in refused.problems)) from None


def _spelt(problem: Problem, receipts: Sequence[Receipt]) -> Problem:
    match problem.path:
        case ("applications", int() as at, "source") if at < len(receipts):
            return replace(problem, path=("applications", at, _SOURCES[receipts[at].kind]))
        case _:
            return problem


def _receipt(one: dict[str, Any], at: int, problems: Problems) -> Receipt | None:
    if "type" not in one:
        problems.append(Problem("required", (at, "type")))
        return None
    values = {name: one[name] for name in ("tag", "reference", "note", "metadata") if one.get(name)}
    for name, read in (("amount", MONEY.decode), ("date", read_day)):
        try:
            if one.get(name) is not None:
                values[name] = read(one[name])
        except Refused as refused:
            problems += (problem.within(at, name) for problem in refused.problems)
    if values.get("amount") == 0:
        problems.append(Problem("out_of_range", (at, "amount"), "more than 0"))
    kind = one["type"]
    source = _SOURCES.get(kind)
    if source is None:
        return Receipt({**values, "method": kind})
    if one.get(source) is None:
        problems.append(Problem("required", (at, source)))
    return Receipt({**values, "method": kind}, kind, one.get(source))
