"""Portugal: the issuer's data that certified invoicing asks for, and its one certified template."""

from billto.domain.countries.country import Country

PORTUGAL = Country(
    "PT",
    "Portugal",
    "EUR",
    "pt-PT",
    in_eu=True,
    max_taxes_per_item=1,
    features=("epc_qr", "eu_tax_rules"),
    settings={"pdf_template": "classic"},
    required=(
        "tax_number",
        "company_number",
        "phone",
        "email",
        "address",
        "city",
        "post_code",
        "state",
        "starting_capital",
    ),
    post_code=r"[0-9]{4}-[0-9]{3}",
)
