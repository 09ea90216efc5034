"""Austria: the sentences of the UStG 1994."""

from billto.domain.countries.country import Country

_INTRA_EU = "Steuerfreie innergemeinschaftliche Lieferung gemäß Art. 6 Abs. 1 iVm Art. 7 UStG 1994"
_EXPORT = "Steuerfreie Ausfuhrlieferung gemäß § 6 Abs. 1 Z 1 iVm § 7 UStG 1994"

AUSTRIA = Country(
    "AT",
    "Austria",
    "EUR",
    "de-AT",
    in_eu=True,
    max_taxes_per_item=1,
    features=("tax_clause_defaults", "epc_qr", "eu_tax_rules"),
    # Art. 6 and 7 stand in the annex on the internal market; § 6 and § 7 in the act itself.
    tax_clauses={
        "intra_eu_b2b": _INTRA_EU,
        "3w_b2b": _EXPORT,
        "3w_b2c": _EXPORT,
    },
    post_code_form="[0-9]{4}",
)
