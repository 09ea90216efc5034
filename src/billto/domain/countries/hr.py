"""Croatia: FINA fiscalisation, the HUB-3 payment code, the sentences of the Zakon o PDV-u."""

from billto.domain.countries.country import Country

_EXPORT = "Oslobođeno PDV-a prema članku 45. Zakona o PDV-u (izvoz dobara)"

CROATIA = Country(
    "HR",
    "Croatia",
    "EUR",
    "hr-HR",
    in_eu=True,
    max_taxes_per_item=1,
    features=("tax_clause_defaults", "epc_qr", "eu_tax_rules", "fina", "hub3_qr"),
    # Article 41: supplies within the Union; article 45: exports.
    tax_clauses={
        "intra_eu_b2b": "Oslobođeno PDV-a prema članku 41. Zakona o PDV-u (isporuka dobara unutar EU)",
        "3w_b2b": _EXPORT,
        "3w_b2c": _EXPORT,
    },
)
