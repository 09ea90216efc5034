"""Every setting of an entity: its name, its kind, its limits, in the order in which answers show them.

A setting with a closed list of values is a `Choice` only where the whole list is known; elsewhere it is a
`Text`, because refusing a value that is right is worse than keeping one that means nothing.
"""

from billto.domain.bank import ACCOUNT
from billto.domain.countries.si import KONTO_MAPPINGS
from billto.domain.nodes import (
    Bool,
    Choice,
    Group,
    Many,
    Map,
    Node,
    Number,
    NumberFormat,
    Text,
    Texts,
    Whole,
)

DOCUMENTS = ("invoice", "estimate", "credit_note", "advance_invoice", "delivery_note")
NUMBERED = (*DOCUMENTS, "expense")

_SUBJECT = Text(most=255, template=True)
_BODY = Text(most=10_000, template=True)
_NOTE = Text(most=5_000, template=True)
_LINE = Text(most=255)
_ACCOUNT = Text(most=20)
_YES = Bool()
_START = Whole(least=1, most=999_999_999)
_DAYS = Whole(least=0, most=3_650)
_PURPOSE = Text(most=4, pattern="[A-Z]{4}", says="purpose of the payment, four capital letters")
_SWITCH = Group({"enabled": _YES})
_RECOGNITION = Group({"default_method": Choice(among=("off", "service_period_daily"))})

_TRANSLATIONS = Map(Texts(_BODY, depth=2), most=50, says="texts in further languages, by namespace")

_YEARLY_REPORTING = Group(
    {
        "activity_code": Text(most=20),
        "registration_number": Text(most=50),
        "accounting_type": Text(most=50),
        "normiranec_insurance_basis": Choice(among=("full_time_self_employed", "other")),
        "default_withholding_tax_amount": Number(),
        "default_foreign_tax_credit_amount": Number(),
    }
)

_SLOVENIA = Group(
    {
        "business_form": Choice(among=("sp", "doo", "dno", "club")),
        "income_tax_regime": Choice(among=("normirani", "dejanski")),
        "vat_profile": Choice(among=("standard", "special_vat_identified", "non_vat_subject")),
        "tax_residency": Choice(among=("resident", "non_resident")),
        "yearly_reporting": _YEARLY_REPORTING,
        "accounting_exports": Group(
            {
                "preferred_format": Choice(among=("vod_xml", "vasco_xml", "minimax_xml")),
                "konto_mappings": Group(dict.fromkeys(KONTO_MAPPINGS, _ACCOUNT)),
            }
        ),
    },
    says="Slovenian tax profile and accounting export",
)

_FURS = Group(
    {
        "enabled": _YES,
        "default_skip_fiscalization": _YES,
        "numbering_strategy": Choice(among=("B", "C")),
        "operator_tax_number": Text(most=50),
        "operator_label": _LINE,
        "foreign_operator": _YES,
        "environment": Choice(among=("test", "production")),
    },
    says="Slovenian fiscalisation",
)

_FINA = Group(
    {
        "enabled": _YES,
        "operator_oib": Text(most=11, pattern=".{11}"),
        "operator_label": _LINE,
        "u_sust_pdv": _YES,
        "numbering_sequence": Choice(among=("N", "P")),
        "unified_numbering": _YES,
        "certificate_expiry": Text(most=40),
    },
    says="Croatian fiscalisation",
)

_PT = Group(
    {
        "operator_first_name": _LINE,
        "operator_last_name": _LINE,
        "operator_tax_number": Text(most=9, pattern="[0-9]{9}"),
    },
    says="who operates certified invoicing in Portugal",
)

_EU_TAX_RULES = Group(
    dict.fromkeys(
        ("vies_validate_vat", "auto_reverse_charge", "auto_remove_tax_export", "require_gross_prices"), _YES
    )
)

_BANK_ACCOUNT = Group({"type": Text(most=30), **ACCOUNT}, null=False)

_TAX_CLAUSES = ("domestic", "intra_eu_b2b", "intra_eu_b2c", "3w_b2b", "3w_b2c", "export")

_MAIL_TEXTS: dict[str, Node] = {
    f"{document}_{part}": node
    for document in DOCUMENTS
    for part, node in (("subject", _SUBJECT), ("body", _BODY))
}

TREE = Group(
    {
        "pdf_template": Choice(
            among=("modern", "classic", "condensed", "minimal", "fashion", "timeless_modern_full_data")
        ),
        "number_formats": Group(
            dict.fromkeys((*NUMBERED, "customer"), NumberFormat()),
            says="how documents and customers are numbered: {yyyy} or {yy}, and {n…} padded to its length",
        ),
        "primary_color": Text(most=7, pattern="#?(?:[0-9A-Fa-f]{3}|[0-9A-Fa-f]{6})"),
        "has_logo": _YES,
        "has_signature": _YES,
        "default_invoice_due_days": _DAYS,
        "default_estimate_valid_days": _DAYS,
        "email_defaults": Group(_MAIL_TEXTS, says="subjects and bodies of the mails that carry documents"),
        "default_invoice_note": _NOTE,
        "default_invoice_payment_terms": _NOTE,
        "default_estimate_note": _NOTE,
        "default_estimate_payment_terms": _NOTE,
        "default_credit_note_note": _NOTE,
        "default_credit_note_payment_terms": _NOTE,
        "default_advance_invoice_note": _NOTE,
        "default_delivery_note_note": _NOTE,
        "document_footer": _NOTE,
        "default_document_signature": _NOTE,
        "slovenia": _SLOVENIA,
        "furs": _FURS,
        "fina": _FINA,
        "pt": _PT,
        "tax_rules": Group({"eu": _EU_TAX_RULES}),
        "overdue_notifications": Group(
            {
                "enabled": _YES,
                "threshold_days": Many(Whole(null=False, least=0, most=3_650), most=20),
                "email_subject": _SUBJECT,
                "email_body": _BODY,
            },
            says="mails about overdue invoices, so many days after they were due",
        ),
        "upn_qr": Group(
            {
                "enabled": _YES,
                "display_mode": Choice(among=("qr_only", "full_slip")),
                "purpose_code": _PURPOSE,
            }
        ),
        "epc_qr": _SWITCH,
        "bank_accounts": Many(_BANK_ACCOUNT, most=50),
        "eslog_validation_enabled": _YES,
        "delivery_note_hide_prices": _YES,
        "credit_note_negative_values": _YES,
        "show_payment_amounts": _YES,
        "receipt_note": _NOTE,
        "receipt_footer": _NOTE,
        "receipt_signature": _NOTE,
        "tax_clause_defaults": Group(
            dict.fromkeys(_TAX_CLAUSES, Text(most=1_000)), says="what documents say by type of transaction"
        ),
        "e_invoicing": Group(
            {
                "enabled": _YES,
                "provider": Text(most=50),
                "auto_send": _YES,
                "default_scheme_id": Text(most=50),
            }
        ),
        # Not in the sample objects, but settings all the same.
        "number_sequence_starts": Group(
            dict.fromkeys(NUMBERED, _START), says="the first number of a kind of document"
        ),
        "unit_number_formats": Group(dict.fromkeys(NUMBERED, NumberFormat(of_units=True))),
        "unit_number_sequence_starts": Group(dict.fromkeys(NUMBERED, Map(_START, most=200))),
        "logo_scale_percent": Number(least=1, most=1_000),
        "email": Map(_LINE),
        "translations": _TRANSLATIONS,
        "calculation": Group({"default_mode": Choice(among=("b2b_standard", "b2c_gross_discount"))}),
        "payment_reminders": Group(
            {"email_subject": _SUBJECT, "email_body": _BODY, "payment_instructions": _NOTE}
        ),
        "receivables": Group(
            {"apply_credits_to_new_invoices": _YES},
            says="whether new invoices are settled out of the customer's credit balance; they are, unless"
            " this is false",
        ),
        "hub3_qr": Group(
            {
                "enabled": _YES,
                "purpose_code": _PURPOSE,
                "reference_model": Text(most=4, pattern="HR[0-9]{2}"),
            }
        ),
        "xrechnung": _SWITCH,
        "zugferd": _SWITCH,
        "ujp_validation_with_eslog_enabled": _YES,
        "revenue_recognition": _RECOGNITION,
        "expense_recognition": _RECOGNITION,
    },
    says="Entity settings",
)
