"""What a country may say for itself; whatever it leaves out is as in most of the world."""

from collections.abc import Mapping
from dataclasses import dataclass, field

# The member states whose VAT is the Union's. Northern Ireland is in it for goods only and stays out here.
EU = frozenset(
    {
        "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT",
        "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
    }
)  # fmt: skip

# Every feature a country may offer; clients show and hide their forms by these names.
FEATURES = frozenset(
    {
        "e_invoicing", "epc_qr", "eslog", "eu_tax_rules", "fina", "furs", "hub3_qr", "kir_report",
        "si_yearly_tax_report", "tax_clause_defaults", "tax_number_2", "upn_qr", "us_tax_rate_lookup",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Country:
    """A country's rules for the entities that are at home in it."""

    code: str
    name: str
    currency: str
    locale: str
    in_eu: bool = False
    # Outside Europe taxes of several levels stack on a line: state, county and city, GST and PST, CGST and
    # SGST.
    max_taxes_per_item: int = 3
    features: tuple[str, ...] = ()
    # What an invoice must say when it charges no tax, by transaction type. They name the article for goods,
    # by far the most frequent case; who sells services across the border writes the clause for services
    # over it.
    tax_clauses: Mapping[str, str] = field(default_factory=dict)
    # Settings that every entity of the country starts with, besides the common ones.
    settings: Mapping[str, object] = field(default_factory=dict)
    # Settings of the country's own group: not part of a new entity, filled in from its first change on.
    own_settings: Mapping[str, object] = field(default_factory=dict)
    # Attributes of the entity that the country's law wants on documents, in the order in which to ask for
    # them.
    required: tuple[str, ...] = ()
    # What the post code of a customer's address must look like at doors that check it; free where empty.
    post_code_form: str = ""
    post_code: str = ""  # a regular expression the whole post code must match, where the form is fixed by law
