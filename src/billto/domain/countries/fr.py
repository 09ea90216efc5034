"""France: the sentences of the Code général des impôts."""

from billto.domain.countries.country import Country

_EXPORT = "Exonération de TVA, article 262, I du Code général des impôts"

FRANCE = Country(
    "FR",
    "France",
    "EUR",
    "fr-FR",
    in_eu=True,
    max_taxes_per_item=1,
    features=("tax_clause_defaults", "epc_qr", "eu_tax_rules"),
    # Article 262 ter, I: supplies within the Union; article 262, I: exports.
    tax_clauses={
        "intra_eu_b2b": "Exonération de TVA, article 262 ter, I du Code général des impôts",
        "3w_b2b": _EXPORT,
        "3w_b2c": _EXPORT,
    },
)
