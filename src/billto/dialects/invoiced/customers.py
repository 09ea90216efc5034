"""Invoiced: the customer, in the order of the documented object, which is that of the alphabet."""

from typing import Any

from billto.dialects.invoiced.codecs import (
    BOOL,
    CURRENCY,
    KEPT_COUNTRY,
    KIND,
    METADATA,
    NUMBER,
    TEXT,
    UNIX,
    WHOLE,
    WORDS,
    by_country,
)
from billto.dialects.invoiced.lines import names_of
from billto.dialects.invoiced.rows import BOTH, fixed
from billto.dialects.wire import REQ, RO, RW, WO, Table, derived, row, woven
from billto.domain.customer import Customer
from billto.domain.document import TAXES_MAX

_NULL = {"type": "null"}


def _tax_rates(given: Any) -> dict[str, Any]:
    """Rates that every new invoice of the customer has: their names, or their objects as they are shown."""
    return {"tax_rates": names_of(given, "tax rate", TAXES_MAX) or None}


CUSTOMER = Table(
    Customer,
    #   on the wire                  attribute                    codec      access  questions
    row("ach_gateway",               "ach_gateway",               WHOLE,     RW,     *BOTH),
    row("address1",                  "address",                   TEXT,      RW,     *BOTH),
    row("address2",                  "address_2",                 TEXT,      RW,     *BOTH),
    row("attention_to",              "contact",                   TEXT,      RW,     *BOTH),
    row("autopay",                   "is_autopay",                BOOL,      RW,     *BOTH),
    row("autopay_delay_days",        "autopay_delay_days",        WHOLE,     RW,     *BOTH),
    row("avalara_entity_use_code",   "avalara_entity_use_code",   TEXT,      RW,     *BOTH),
    row("avalara_exemption_number",  "avalara_exemption_number",  TEXT,      RW,     *BOTH),
    row("bill_to_parent",            "is_billed_to_parent",       BOOL,      RW,     *BOTH),
    row("cc_gateway",                "cc_gateway",                WHOLE,     RW,     *BOTH),
    row("chase",                     "is_chased",                 BOOL,      RW,     *BOTH),
    row("chasing_cadence",           "chasing_cadence",           WHOLE,     RW,     *BOTH),
    row("city",                      "city",                      TEXT,      RW,     *BOTH),
    row("consolidated",              "is_consolidated",           BOOL,      RW,     *BOTH),
    row("country",                   "country_code",              KEPT_COUNTRY, RW,  *BOTH, sets=by_country),
    row("created_at",                "created_at",                UNIX,      RO,     *BOTH),
    row("credit_hold",               "is_on_credit_hold",         BOOL,      RW,     *BOTH),
    row("credit_limit",              "credit_limit",              NUMBER,    RW),
    row("currency",                  "currency_code",             CURRENCY,  RW,     *BOTH),
    row("disabled_payment_methods",  "disabled_payment_methods",  WORDS,     WO),
    row("email",                     "email",                     TEXT,      RW,     *BOTH),
    row("id",                        "serial",                    WHOLE,     RO,     *BOTH),
    row("language",                  "language",                  TEXT,      RW,     *BOTH),
    row("metadata",                  "metadata",                  METADATA,  RW),
    row("name",                      "name",                      TEXT,      REQ,    *BOTH),
    row("next_chase_step",           "next_chase_step",           WHOLE,     RW,     *BOTH),
    row("notes",                     "note",                      TEXT,      RW),
    row("number",                    "number",                    TEXT,      RW,     *BOTH),
    fixed("object", "customer"),
    row("owner",                     "owner",                     WHOLE,     RW,     *BOTH),
    row("parent_customer",           "parent",                    WHOLE,     RW,     *BOTH),
    derived("payment_source", lambda _customer: None, _NULL, "null: no payment gateway is connected."),
    row("payment_terms",             "payment_terms",             TEXT,      RW,     *BOTH),
    row("phone",                     "phone",                     TEXT,      RW,     *BOTH),
    row("postal_code",               "post_code",                 TEXT,      RW,     *BOTH),
    row("sign_up_page",              "sign_up_page",              WHOLE,     RW,     *BOTH),
    derived("sign_up_url", lambda _customer: None, _NULL, "null: there are no sign-up pages."),
    row("state",                     "state",                     TEXT,      RW,     *BOTH),
    derived("statement_pdf_url", lambda _customer: None, {"type": "string", "format": "uri"},
            "Where the statement is read without a key; written where the server's own address is known.",
            ("entity_id", "id", "link_number")),
    row("tax_id",                    "tax_number",                TEXT,      RW,     *BOTH),
    row("taxable",                   "is_taxable",                BOOL,      RW,     *BOTH),
    woven("taxes", lambda customer: list(customer.tax_rates or ()), _tax_rates,
          {"type": "array", "items": {"type": ["object", "string"]}}, ("tax_rates",)),
    row("type",                      "is_company",                KIND,      RW,     *BOTH),
    row("updated_at",                "updated_at",                UNIX,      RO,     *BOTH),
    blank_is_null=True,
    null_is_default=True,
)  # fmt: skip
