"""Slovenia: FURS fiscalisation, UPN QR, e-SLOG, accounting accounts."""

from billto.domain.countries.country import Country

# The chart of accounts most bookkeepers use; an entity overrides the accounts it keeps differently.
KONTO_MAPPINGS = {
    "receivables": "1200",
    "payables": "2200",
    "sales_vat_22": "26000",
    "sales_vat_95": "26001",
    "sales_vat_5": "26002",
    "purchase_vat_recoverable_22": "16000",
    "purchase_vat_recoverable_95": "16001",
    "purchase_vat_recoverable_5": "16002",
    "sales_revenue_22": "7600",
    "sales_revenue_95": "7601",
    "sales_revenue_5": "7602",
    "sales_revenue_exempt": "7680",
    "sales_revenue_eu_goods": "7600",
    "sales_revenue_eu_services": "7601",
    "sales_revenue_reverse_charge": "7600",
    "sales_revenue_third_country_goods": "7600",
    "sales_revenue_third_country_services": "7680",
    "purchase_expense_22": "4000",
    "purchase_expense_95": "4001",
    "purchase_expense_5": "4002",
    "purchase_expense_exempt": "4680",
    "purchase_expense_eu_goods": "4000",
    "purchase_expense_eu_services": "4680",
    "purchase_expense_reverse_charge": "4000",
    "purchase_expense_third_country_goods": "4000",
    "purchase_expense_third_country_services": "4680",
}

SLOVENIA = Country(
    "SI",
    "Slovenia",
    "EUR",
    "sl-SI",
    in_eu=True,
    max_taxes_per_item=1,
    # Clients compare this list as it stands, order included.
    features=(
        "tax_clause_defaults",
        "epc_qr",
        "furs",
        "eslog",
        "upn_qr",
        "kir_report",
        "si_yearly_tax_report",
    ),
    # ZDDV-1, the value added tax act: article 46 supplies within the Union, article 52 exports.
    tax_clauses={
        "intra_eu_b2b": "46. člen ZDDV-1",
        "3w_b2b": "52. člen ZDDV-1",
        "3w_b2c": "52. člen ZDDV-1",
    },
    own_settings={
        "slovenia": {
            "tax_residency": "resident",
            "accounting_exports": {"preferred_format": "vod_xml", "konto_mappings": KONTO_MAPPINGS},
        }
    },
)
