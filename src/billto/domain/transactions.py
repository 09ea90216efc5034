"""Which kind of transaction a document is for tax: within a country, within the Union, or with the rest of
the world; and what follows from it for the taxes of its lines.

The table is that of the transaction type check of the Space Invoices API. A tax number counts as long as
nobody has found it wrong.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from billto.domain.countries import resolve
from billto.domain.countries.country import EU

DOMESTIC, EU_B2B, EU_B2C, WORLD_B2B, WORLD_B2C = TYPES = (
    "domestic",
    "intra_eu_b2b",
    "intra_eu_b2c",
    "3w_b2b",
    "3w_b2c",
)
# The buyer owes the tax.
REVERSED = (EU_B2B, WORLD_B2B)


def transaction_type(
    issuer_code: str, buyer: Mapping[str, Any] | None, *, issuer_is_tax_subject: bool
) -> str | None:
    """The kind of transaction between an issuer of a country and a buyer; None where the buyer is nowhere."""
    code = _country(buyer)
    if code is None or buyer is None:
        return None
    seller = issuer_code.upper()
    if code == seller:
        return DOMESTIC
    is_business = bool(buyer.get("tax_number")) and issuer_is_tax_subject
    if seller in EU and code in EU:
        return EU_B2B if is_business else EU_B2C
    return WORLD_B2B if is_business and not buyer.get("is_end_consumer") else WORLD_B2C


def _country(buyer: Mapping[str, Any] | None) -> str | None:
    if buyer is None:
        return None
    code = buyer.get("country_code") or resolve(buyer.get("country") or "")
    return str(code).upper() if code else None


def with_rules(
    lines: Sequence[Mapping[str, Any]], kind: str | None, rules: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """The lines with the taxes that the entity's rules for the Union make of them; what they made of them
    before, for another buyer, is undone."""
    plain = [_plain(line) for line in lines]
    if rules.get("auto_remove_tax_export") and kind in (WORLD_B2B, WORLD_B2C):
        return [{**line, "taxes": []} if line.get("taxes") else line for line in plain]
    if rules.get("auto_reverse_charge") and kind in REVERSED:
        return [_reversed(line) for line in plain]
    return plain


def _plain(line: Mapping[str, Any]) -> dict[str, Any]:
    if not any(tax.get("by_rule") for tax in line.get("taxes") or ()):
        return dict(line)
    ruled = ("by_rule", "reverse_charge")
    return {
        **line,
        "taxes": [
            {name: value for name, value in tax.items() if name not in ruled} if tax.get("by_rule") else tax
            for tax in line["taxes"]
        ],
    }


def _reversed(line: Mapping[str, Any]) -> dict[str, Any]:
    said = line.get("taxes") or ()
    taxes = [
        tax if tax.get("reverse_charge") else {**tax, "reverse_charge": True, "by_rule": True} for tax in said
    ]
    return {**line, "taxes": taxes} if taxes else dict(line)
