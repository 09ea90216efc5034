"""What the columns of a file may be called, and what each means: one table for each language, one of words.

Case, accents, spaces and punctuation do not count.
"""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from billto.domain.attrs import METADATA, Attr, Kind, catalogue
from billto.domain.customer import Customer
from billto.domain.folding import fold
from billto.domain.importing import cells
from billto.domain.importing.cells import Cell, shaped
from billto.domain.importing.people import PEOPLE


class Field(NamedTuple):
    """What a column sets: an attribute, or, where it names none, those that its cells name."""

    attr: str
    read: Cell


# What a file cannot say: who a customer is here, and to whom else it belongs, which are numbers of one
# installation.
_OURS = frozenset(
    {
        "entity_id",
        "id",
        "serial",
        "version",
        "created_at",
        "updated_at",
        "deleted_at",
        "parent",
        "is_chase_finished",
    }
)
SETTABLE = tuple(name for name in catalogue(Customer) if name not in _OURS)

REASON = "rejected because"


def _metadata(cell: str) -> Any:
    assert METADATA.shape is not None
    return shaped(METADATA.shape, cells.or_empty)(cell)


def _read_by(attr: Attr) -> Cell:
    """How a cell is read that says an attribute in its own form."""
    by_name: Mapping[str, Cell] = {
        "metadata": _metadata, "custom": cells.custom, "contact_type": cells.role,
        "is_company": _company_or_flag,
    }  # fmt: skip
    by_kind: Mapping[Kind, Cell] = {
        Kind.TEXT: cells.text, Kind.BOOL: cells.flag, Kind.INT: cells.whole, Kind.DECIMAL: cells.amount,
        Kind.DATE: cells.day,
    }  # fmt: skip
    if attr.name in by_name:
        return by_name[attr.name]
    if attr.kind in by_kind:
        return by_kind[attr.kind]
    if attr.name in PEOPLE:
        return PEOPLE[attr.name]
    assert attr.shape is not None
    return shaped(attr.shape)


def _company_or_flag(cell: str) -> bool:
    return cells.flag(cell) if fold(cell.strip()) in cells.FLAGS else bool(cells.company(cell))


_OWN = {name: Field(name, _read_by(catalogue(Customer)[name])) for name in SETTABLE}


def _as(**names: str) -> dict[str, Field]:
    """Columns that say attributes in their own form, by the attribute's name."""
    return {wire: _OWN[attr] for wire, attr in names.items()}


_ROLE, _COMPANY = Field("contact_type", cells.role), Field("is_company", cells.company)
_COUNTRY, _FREE = Field("", cells.country), Field("", cells.free)

_V1 = {
    **_as(
        name="name", address="address", address2="address_2", city="city", zip="post_code", state="state",
        country="country", taxNumber="tax_number", taxSubject="is_tax_subject",
        companyNumber="company_number", fiscalRegionCode="fiscal_region_code", contact="contact", note="note",
        isEndCustomer="is_end_consumer", countryAlpha2Code="country_code", website="website", email="email",
        phone="phone", businessType="business_type", _data="data",
    ),
    "type": _ROLE, "custom": _FREE,
    "IBAN": Field("", cells.iban), "bank": Field("", cells.bank), "SWIFT": Field("", cells.bic),
}  # fmt: skip

_INVOICED = {
    **_as(
        ach_gateway="ach_gateway", address1="address", address2="address_2", attention_to="contact",
        autopay="is_autopay", autopay_delay_days="autopay_delay_days",
        avalara_entity_use_code="avalara_entity_use_code",
        avalara_exemption_number="avalara_exemption_number", cc_gateway="cc_gateway", chase="is_chased",
        chasing_cadence="chasing_cadence", city="city", credit_hold="is_on_credit_hold",
        credit_limit="credit_limit", currency="currency_code", email="email", language="language",
        metadata="metadata", name="name", next_chase_step="next_chase_step", notes="note", number="number",
        owner="owner", payment_terms="payment_terms", phone="phone", postal_code="post_code",
        sign_up_page="sign_up_page", state="state", tax_id="tax_number", taxable="is_taxable",
        taxes="tax_rates", disabled_payment_methods="disabled_payment_methods",
        bill_to_parent="is_billed_to_parent", consolidated="is_consolidated",
    ),
    "country": _COUNTRY, "type": _COMPANY,
}  # fmt: skip

_FAKTOORA = {
    **_as(
        isCompany="is_company", address="address", postcode="post_code", city="city", name="name",
        firstName="first_name", lastName="last_name", email="email", customerId="number", phoneNo="phone",
        vatId="tax_number", taxId="tax_number_2", peppolId="peppol_id", glnId="gln", dunsId="duns",
        invoiceProfile="invoice_profile", nameAuthorisedSignatory="authorised_signatory",
        category="category", faktooraId="faktoora_id", supplierNumber="supplier_number", routeId="route_id",
    ),
    "country": _COUNTRY, "extras": _FREE,
    **_as(deliveryAddresses="delivery_addresses", customerContacts="contacts"),
}  # fmt: skip

# By the language whose file it is; the first is meant where nothing speaks for another.
LANGUAGES: Mapping[str, Mapping[str, Field]] = {
    "spaceinvoices": _OWN, "invoiced": _INVOICED, "faktoora": _FAKTOORA, "loopback": _V1,
}  # fmt: skip

# What people write over their columns, in German and in English.
_WORDS: Mapping[str, str] = {
    "number": "Kundennummer, Kunden-Nr., Kundennr, KdNr, Kd.-Nr., Debitorennummer, Debitor, Nummer,"
    " Customer number, Customer No, Customer ID, Account number, Client number",
    "external_id": "External ID, Externe ID, Fremd-ID, Fremdnummer, External reference",
    "name": "Firma, Firmenname, Unternehmen, Kunde, Kundenname, Bezeichnung, Company, Company name,"
    " Customer, Customer name, Client, Client name, Display name, Full name",
    "first_name": "Vorname, First name, Given name",
    "last_name": "Nachname, Familienname, Zuname, Last name, Surname, Family name",
    "email": "E-Mail, E-Mail-Adresse, Mail, Email address, Rechnungs-E-Mail, Billing email",
    "address": "Straße, Strasse, Adresse, Anschrift, Straße und Hausnummer, Straße/Nr., Straße Nr., Street,"
    " Street address, Address line 1, Billing address",
    "address_2": "Adresszusatz, Adresszeile 2, Zusatz, Address line 2",
    "post_code": "PLZ, Postleitzahl, ZIP, ZIP code, Postcode, Postal code",
    "city": "Ort, Stadt, Wohnort, Town",
    "state": "Bundesland, Kanton, Region, Province, County, State/Province",
    "country": "Land, Staat, Country",
    "country_code": "Ländercode, Länderkürzel, Länderkennzeichen, Country code, ISO code",
    "tax_number": "USt-IdNr., USt-ID, UStIdNr, Umsatzsteuer-ID, Umsatzsteuer-Identifikationsnummer, UID,"
    " UID-Nummer, MwSt-Nummer, VAT ID, VAT number, VAT, VAT No, VATIN, Tax ID, Tax number",
    "tax_number_2": "Steuernummer, Steuer-Nr., StNr, Local tax number",
    "company_number": "Handelsregisternummer, Registernummer, HRB, Firmenbuchnummer, Company number,"
    " Registration number",
    "is_company": "Ist Firma, Is company",
    "is_end_consumer": "Endverbraucher, Endkunde, Privatkunde, End consumer, End customer, Consumer",
    "is_tax_subject": "Steuerpflichtig, Umsatzsteuerpflichtig, Tax subject",
    "phone": "Telefon, Telefonnummer, Tel, Tel., Rufnummer, Phone, Phone number, Telephone",
    "website": "Webseite, Website, Homepage, Internet, URL, Web",
    "contact": "Ansprechpartner, Kontaktperson, Kontakt, z. Hd., Contact person, Contact, Attention",
    "note": "Notiz, Notizen, Bemerkung, Bemerkungen, Anmerkung, Kommentar, Note, Notes, Comment, Comments",
    "category": "Kategorie, Kundengruppe, Gruppe, Customer group, Group",
    "business_type": "Branche, Industry",
    "language": "Sprache, Language",
    "currency_code": "Währung, Currency",
    "payment_terms": "Zahlungsbedingungen, Zahlungsbedingung, Zahlungsziel, Payment terms, Terms",
    "credit_limit": "Kreditlimit, Kreditlinie, Credit limit",
    "route_id": "Leitweg-ID, Leitweg, Route ID",
    "gln": "GLN, GLN-Nummer",
    "duns": "DUNS, D-U-N-S, D-U-N-S-Nummer",
    "peppol_id": "Peppol, Peppol-ID, Peppol-Teilnehmer",
    "supplier_number": "Lieferantennummer, Kreditorennummer, Supplier number, Vendor number",
    "authorised_signatory": "Zeichnungsberechtigter, Geschäftsführer, Authorised signatory",
}
_SPECIAL_WORDS = {
    "type": Field("", cells.company_or_role), "Kundenart": Field("", cells.company_or_role),
    "Kundentyp": Field("", cells.company_or_role), "Customer type": Field("", cells.company_or_role),
    "Kontoverbindung": Field("", cells.iban), "BIC": Field("", cells.bic), "Bankname": Field("", cells.bank),
}  # fmt: skip

# Columns that exports of these systems have and that say nothing an import could set.
_PASSED_OVER = (
    *_OURS, REASON, "vies", "createdAt", "updatedAt", "deletedAt", "deletedId", "_isDeleted",
    "organizationId", "unitId", "unitIds", "object", "parent_customer", "payment_source", "sign_up_url",
    "statement_pdf_url", "user", "legalform", "importedFile", "invoiceTemplate",
)  # fmt: skip


def key(header: str) -> str:
    """A header without all that does not count."""
    return re.sub(r"[\W_]+", "", fold(header))


def _keyed(fields: Mapping[str, Field]) -> dict[str, Field]:
    keyed = {key(name): one for name, one in fields.items()}
    assert len(keyed) == len(fields), "two names that are told apart by what does not count"
    return keyed


_BY_LANGUAGE = {name: _keyed(fields) for name, fields in LANGUAGES.items()}
_BY_WORD = {
    **{key(word): _OWN[attr] for attr, words in _WORDS.items() for word in words.split(", ")},
    **_keyed(_SPECIAL_WORDS),
}
_KNOWN_AND_PASSED_OVER = frozenset(map(key, _PASSED_OVER))


def language_of(headers: list[str]) -> str:
    """The language that knows most of the headers."""
    keys = list(map(key, headers))
    known = {name: sum(one in fields for one in keys) for name, fields in _BY_LANGUAGE.items()}
    return max(known, key=known.__getitem__)


def field(header: str, language: str, *, any_language: bool) -> Field | None:
    """What a column of a file in a language means; None for one that nobody knows."""
    one = key(header)
    tables = [_BY_LANGUAGE[language], _BY_WORD]
    if any_language:
        tables += _BY_LANGUAGE.values()
    return next((fields[one] for fields in tables if one in fields), None)


def is_passed_over(header: str) -> bool:
    return key(header) in _KNOWN_AND_PASSED_OVER
