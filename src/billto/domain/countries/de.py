"""Germany: the sentences of the UStG, the Steuernummer beside the VAT number, XRechnung and ZUGFeRD."""

from billto.domain.countries.country import Country

_INTRA_EU = "Steuerfreie innergemeinschaftliche Lieferung gemäß § 4 Nr. 1 Buchst. b i. V. m. § 6a UStG"
_EXPORT = "Steuerfreie Ausfuhrlieferung gemäß § 4 Nr. 1 Buchst. a i. V. m. § 6 UStG"

GERMANY = Country(
    "DE",
    "Germany",
    "EUR",
    "de-DE",
    in_eu=True,
    max_taxes_per_item=1,
    features=("tax_clause_defaults", "epc_qr", "eu_tax_rules", "e_invoicing", "tax_number_2"),
    # § 14 Abs. 4 Nr. 8 UStG: an invoice without tax says that the supply is exempt, and why.
    # § 4 Nr. 1 Buchst. b with § 6a: supplies within the Union; § 4 Nr. 1 Buchst. a with § 6: exports.
    tax_clauses={
        "intra_eu_b2b": _INTRA_EU,
        "3w_b2b": _EXPORT,
        "3w_b2c": _EXPORT,
    },
    post_code_form="[0-9]{5}",
)
