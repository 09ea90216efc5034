"""The settings an entity starts with: its language's texts, its country's rules."""

from collections.abc import Mapping
from copy import deepcopy

from billto.domain.countries.country import Country
from billto.domain.languages import Language, language
from billto.domain.numbering import DEFAULT_FORMAT
from billto.domain.settings.merging import Settings, filled

_EU_TAX_RULES = {
    "vies_validate_vat": True,
    "auto_reverse_charge": False,
    "auto_remove_tax_export": False,
    "require_gross_prices": False,
}


def defaults(country: Country, locale: str) -> Settings:
    """A new entity's settings, in the order in which answers show them.

    The country's own group (`settings.slovenia`) is not among them: a new Slovenian entity is shown without
    it, and only a changed one with it; see `completed`.
    """
    words = language(locale)
    start: Settings = {
        "number_formats": {
            "invoice": DEFAULT_FORMAT,
            "estimate": DEFAULT_FORMAT,
            "credit_note": f"CN-{DEFAULT_FORMAT}",
            "delivery_note": f"DN-{DEFAULT_FORMAT}",
        },
        "email_defaults": dict(words.email_defaults),
        "default_invoice_due_days": 30,
        "default_invoice_payment_terms": None,
        "default_estimate_valid_days": 30,
        "document_footer": "{entity_name}",
        "default_document_signature": "{entity_name}",
        "overdue_notifications": _overdue_notifications(words),
        "tax_rules": {"eu": dict(_EU_TAX_RULES)} if country.in_eu else None,
    }
    if "tax_clause_defaults" in country.features:
        start["tax_clause_defaults"] = dict(country.tax_clauses)
    return {**start, **deepcopy(dict(country.settings))}


def made(country: Country, locale: str, given: Mapping[str, object]) -> Settings:
    """A new entity's settings: what was given (and checked), and the defaults for what it leaves out."""
    return filled(given, defaults(country, locale))


def completed(settings: Mapping[str, object], country: Country) -> Settings:
    """The settings with the country's own group, filled in where nobody has set it yet.

    For Slovenia this is `slovenia`: residency, export format and the chart of accounts. The API's documents
    show it on an entity that was changed and not on a fresh one, so `app` completes at the first change,
    not at creation.
    """
    own = {name: value for name, value in country.own_settings.items() if settings.get(name, {}) is not None}
    return {**settings, **{name: _group(settings.get(name), value) for name, value in own.items()}}


def _group(given: object, own: object) -> object:
    if isinstance(given, Mapping) and isinstance(own, Mapping):
        return filled(given, own)
    return deepcopy(own)


# When somebody is late, after so many days they are told.
THRESHOLD_DAYS = (7, 14, 30)


def _overdue_notifications(words: Language) -> Settings:
    return {
        "enabled": False,
        "threshold_days": list(THRESHOLD_DAYS),
        "email_subject": words.overdue_subject,
        "email_body": words.overdue_body,
    }
