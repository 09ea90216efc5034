"""Italy: the codice fiscale beside the partita IVA, FatturaPA, the sentences of the VAT decrees."""

from billto.domain.countries.country import Country

_EXPORT = "Operazione non imponibile ai sensi dell'art. 8 D.P.R. 633/1972"

ITALY = Country(
    "IT",
    "Italy",
    "EUR",
    "it-IT",
    in_eu=True,
    max_taxes_per_item=1,
    features=("tax_clause_defaults", "epc_qr", "eu_tax_rules", "e_invoicing", "tax_number_2"),
    # Art. 41 D.L. 331/1993: supplies within the Union; art. 8 D.P.R. 633/1972: exports.
    tax_clauses={
        "intra_eu_b2b": "Operazione non imponibile ai sensi dell'art. 41 D.L. 331/1993",
        "3w_b2b": _EXPORT,
        "3w_b2c": _EXPORT,
    },
)
