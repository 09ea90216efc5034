"""Space Invoices: what the reference says in words: sentences about fields and operations, and examples.

Names, types, limits and statuses are read off the tables; a test sees to it that every field and every route
has its sentence, and that no sentence is left over.
"""

from datetime import UTC, datetime
from typing import Any

from billto.dialects.reference import Operation, Wording
from billto.dialects.schemas import Resource
from billto.dialects.searching import LENGTH_MAX, TERMS_MAX
from billto.dialects.spaceinvoices.chased_words import CHASED_OPERATIONS, CHASED_SCHEMAS
from billto.dialects.spaceinvoices.connection_words import CONNECTION_OPERATIONS, CONNECTION_SCHEMAS
from billto.dialects.spaceinvoices.customers import CUSTOMER
from billto.dialects.spaceinvoices.document_words import DOCUMENT_OPERATIONS, SCHEMAS, resource
from billto.dialects.spaceinvoices.entities import ENTITY
from billto.dialects.spaceinvoices.file_words import FILE_OPERATIONS, FILE_RESOURCES, FILE_SCHEMAS
from billto.dialects.spaceinvoices.forms import ERROR, ISSUE, PAGINATION, listing
from billto.dialects.spaceinvoices.merging_words import MERGING_OPERATIONS, MERGING_SCHEMAS
from billto.dialects.spaceinvoices.message_words import (
    MESSAGE_OPERATIONS,
    MESSAGE_RESOURCES,
    MESSAGE_SCHEMAS,
)
from billto.dialects.spaceinvoices.money_words import MONEY_OPERATIONS, MONEY_RESOURCES, MONEY_SCHEMAS
from billto.dialects.spaceinvoices.planning_words import (
    PLANNING_OPERATIONS,
    PLANNING_RESOURCES,
    PLANNING_SCHEMAS,
)
from billto.dialects.spaceinvoices.query import WORDS
from billto.dialects.spaceinvoices.statement_run_words import (
    STATEMENT_RUN_OPERATIONS,
    STATEMENT_RUN_RESOURCES,
    STATEMENT_RUN_SCHEMAS,
)
from billto.dialects.wire import FIND, SORT
from billto.domain import customer, entity
from billto.domain.customer import Customer
from billto.domain.document import Document
from billto.domain.entity import Entity
from billto.domain.problems import Problem
from billto.domain.settings import APART
from billto.domain.tombstone import Tombstone

# What each word of `query` means.
OPERATORS = {
    "equals": "is exactly this value; a plain value in place of the object says the same",
    "not": "is anything but this value, or missing",
    "gt": "is greater, or later",
    "gte": "is greater, later, or the same",
    "lt": "is less, or earlier",
    "lte": "is less, earlier, or the same",
    "in": "is one of these values",
    "notIn": "is none of these values, or missing",
    "contains": "has this text somewhere in it, whatever the case and the accents",
    "startsWith": "begins with this text, whatever the case and the accents",
    "endsWith": "ends with this text, whatever the case and the accents",
    "between": "lies between two values, both of them included",
}

# As web/bodies.py has them; a test compares.
BODY_BYTES_MAX, BODY_DEPTH_MAX = 1_000_000, 32

_ABOUT = f"""\
Billto keeps whom you bill, and for which of your companies. This is its own API; it speaks as the modern
Space Invoices API does, so that clients of that API need only another address.

## Keys

Every request carries a key: `Authorization: Bearer sk_live_…`. An account's key (`sk_`) reaches all entities
of the account, an entity's key (`ek_`) reaches that one entity. Every key is for one environment, `live` or
`sandbox`, and sees nothing of the other. A key may be made for reading only. How many requests a key may
make in some time can be limited.

## Whose data

Customers belong to an entity. `x-entity-id` says which, and is needless when the key reaches only one. Any
request may name its account in `x-account-id`. What belongs to somebody else is answered as what does not
exist: 404.

## Ids and times

Ids are `{{prefix}}_{{24 hexadecimal digits}}` and sort by the moment of creation; without a prefix they are
taken as well. Times are UTC with milliseconds: `2026-01-31T12:00:00.000Z`.

## Bodies

Bodies are JSON objects in UTF-8, of at most {BODY_BYTES_MAX:,} bytes and {BODY_DEPTH_MAX} levels. In a
change, a field that is left out stays as it is, and `null` clears it where it may be null. Unknown and
read-only fields are passed over. No text may hold NUL or half of a surrogate pair, and no object may have a
key twice.

## Refusals

A refused request changes nothing and is answered `{{"code": …, "message": …}}`. What is wrong with single
fields, headers or parameters is listed in `cause.issues`, each with its path and a code of its own; these
codes stand with the answers below.

## The same request twice

A write may carry an `X-Request-Id` (or `Idempotency-Key`). Its answer is kept in the same transaction as its
effect: the same request with the same id has no second effect and gets the same answer, marked
`Idempotent-Replayed: true`. Another request with that id is refused with 409, and so is the same one while
the first is still being worked on. Refusals are not kept. Every answer has an `X-Request-Id`, also to a
request that brings none.

## Versions

An answer with one record has its version as `ETag`. A write with `If-Match` is refused with 412 when there is
a newer version; a read with `If-None-Match` is answered 304 when there is none. Answers may be kept, but not
used again without asking (`Cache-Control: private, no-cache`). `HEAD` is answered as `GET` is, without the
body.

## Lists

A list comes in pages. `pagination.next_cursor` and `pagination.prev_cursor` are given back under the same
names for the next and the previous page, in the same order; pages do not slip when records come and go.
`order_by` may be repeated, and records that are the same in it follow each other by id.

`query` is a JSON object with a condition for each field; all of them must hold. A condition is a plain value,
`null` for a missing one, or an object of operators:

| operator | takes | holds when the field |
|---|---|---|
"""


def _row(word: str) -> str:
    return f"| `{word}` | {WORDS[word][0].value} | {OPERATORS[word]} |"


_ABOUT_METADATA = """

Values of `metadata` are asked for as `metadata.key`, or in an object of their own:
`{"metadata": {"key": "value"}}`.
"""

CUSTOMER_FIELDS = {
    "id": "The customer's id.",
    "name": "Name of the person or company.",
    "email": "E-mail address.",
    "address": "Street and number.",
    "address_2": "What else the address needs: building, floor, department.",
    "post_code": "Postal code.",
    "city": "City or town.",
    "state": "State, province or region.",
    "country": "Country as free text, in any language. Where it is known, `country_code` follows from it.",
    "country_code": "Code of the country, as in ISO 3166-1; follows from `country` unless it is given too.",
    "tax_number": "Tax or VAT number, kept as it is given.",
    "is_tax_subject": "Whether the customer is registered for VAT or another sales tax.",
    "is_end_consumer": "Whether the customer is a private person who buys for own use.",
    "company_number": "Number in the register of companies.",
    "peppol_id": "Participant id in the Peppol network, where the customer takes electronic invoices.",
    "entity_id": "The entity whose customer this is.",
    "created_at": "When the customer was created.",
    "updated_at": "When the customer last changed.",
    "deleted_at": "Since when the customer has been in the trash; null while it is not there.",
    "contact_type": "Whether this contact buys from the entity, supplies it, or both; null where unsaid.",
    "bank_accounts": "The customer's bank accounts. An account without a `type` is an `iban`.",
    "peppol_scheme_id": "Scheme of the participant id, such as 9915.",
    "external_id": "What another system calls the customer; no two customers out of the trash share one.",
    "dunning": "Whether the customer is left alone by reminders and chasing, why, and until which day.",
    "ujp": "Where the Slovenian budget payments administration (UJP) takes invoices for a public body.",
}

ENTITY_FIELDS = {
    "id": "The entity's id.",
    "name": "Name of the company, organisation or sole trader.",
    "address": "Street and number.",
    "address_2": "What else the address needs: building, floor, department.",
    "post_code": "Postal code.",
    "city": "City or town.",
    "state": "State, province or region.",
    "country": "Country in any language, kept as it is given. It decides currency, language and tax rules.",
    "country_code": "Code of the country, as in ISO 3166-1; follows from `country` unless it is given.",
    "currency_code": "Code of the currency, three capital letters; the country's own unless it is given.",
    "locale": "Language and region of the entity's texts; the country's own unless it is given.",
    "timezone": "Where its days begin and end: a name of the IANA database, such as Europe/Ljubljana. "
    "Without one they are those of its country, or of UTC where that has several.",
    "tax_number": "Tax or VAT number, kept as it is given.",
    "tax_number_2": "Second tax number, for countries that have two.",
    "company_number": "Number in the register of companies.",
    "phone": "Telephone number.",
    "email": "E-mail address.",
    "website": "Address on the web.",
    "fiscal_region_code": "Code of the region whose tax rules apply, for countries with several.",
    "starting_capital": "Registered capital in the entity's currency, with up to six decimal places.",
    "environment": "Whether the entity is `live` or `sandbox`: as its key is; nothing else can be given.",
    "is_tax_subject": "Whether the entity is registered for VAT or another sales tax.",
    "is_enabled": "Whether the entity may issue documents.",
    "account_id": "The account that the entity belongs to.",
    "country_rules": "What follows from the country: how many taxes an item may have, and what can be used.",
    "created_at": "When the entity was created.",
    "updated_at": "When the entity last changed.",
}

_OF_SETTINGS = ("out_of_range", "unknown_placeholder")
_CHANGED = (
    "Changes the fields that are given, and no others. Settings are merged by their top-level keys: one that "
    "is given takes the place of the old one as a whole, others stay. "
    f"{', '.join(f'`{name}`' for name in sorted(APART))} are passed over; they are not changed here. "
    "`country`, `country_code` and `environment` may be sent back as they are."
)

OPERATIONS = {
    "POST /entities": Operation(
        "createEntity",
        "Adds one of your companies. Its name and country are enough: currency, language, default settings "
        "and `country_rules` follow from the country. Takes a key of the account.",
        (*_OF_SETTINGS, "unknown_country", "account_key_needed", "other_environment"),
    ),
    "GET /entities": Operation(
        "listEntities",
        "The entities that the key reaches, a page at a time, filtered, searched and sorted as asked.",
        ("other_environment",),
    ),
    "GET /entities/{id}": Operation(
        "getEntity", "One entity with all its settings, its metadata and the rules of its country."
    ),
    "PUT /entities/{id}": Operation("updateEntity", _CHANGED, ("immutable", *_OF_SETTINGS)),
    "PATCH /entities/{id}": Operation(
        "patchEntity", f"The same as `PUT`. {_CHANGED}", ("immutable", *_OF_SETTINGS)
    ),
    "POST /entities/{id}/enable": Operation(
        "enableEntity", "Lets a disabled entity issue documents again. One that is enabled stays as it is."
    ),
    "POST /entities/{id}/disable": Operation(
        "disableEntity",
        "Keeps an entity from issuing documents. Its data can still be read and changed. One that is "
        "disabled stays as it is.",
    ),
    "POST /customers": Operation(
        "createCustomer",
        "Adds a customer to the entity. Only the name is required; whatever is known goes beside it.",
        ("taken",),
    ),
    "GET /customers": Operation(
        "listCustomers",
        "The customers of the entity, a page at a time, filtered, searched and sorted as asked. Those in the "
        "trash are listed apart.",
    ),
    "GET /customers/{id}": Operation("getCustomer", "One customer, also one in the trash."),
    "GET /customers/erased": Operation(
        "listErasedCustomers",
        "What is left of customers that were deleted for good: for whoever keeps a copy of the list. "
        "Ask for those since the last time by `permanently_deleted_at`; and for the others that changed by "
        "`updated_at` in the list of customers, with `include_deleted`.",
    ),
    "GET /customers/external/{external_id}": Operation(
        "getCustomerByExternalId", "The customer that another system calls so, unless it is in the trash."
    ),
    "PUT /customers/external/{external_id}": Operation(
        "putCustomerByExternalId",
        "Changes the given fields of the customer that another system calls so. Where there is none, it is "
        "made, and needs a name. The same request twice makes one customer, also at once.",
        ("immutable",),
    ),
    "PATCH /customers/{id}": Operation(
        "updateCustomer",
        "Changes the fields that are given, and no others. `metadata` and `bank_accounts` are replaced as a "
        "whole. A change that changes nothing makes no new version.",
        ("taken",),
    ),
    "DELETE /customers/{id}": Operation(
        "deleteCustomer",
        "Moves a customer to the trash, from where it can be restored. One that is there stays there.",
        ("merged",),
    ),
    "DELETE /customers/{id}/permanent": Operation(
        "permanentlyDeleteCustomer",
        "Deletes a customer for good. It must be in the trash, and no document may refer to it.",
        ("not_in_trash", "in_use", "merged"),
    ),
    "POST /customers/{id}/restore": Operation(
        "restoreCustomer",
        "Takes a customer out of the trash. One that is not there stays as it is.",
        ("taken",),
    ),
    **MERGING_OPERATIONS,
    **CHASED_OPERATIONS,
    **DOCUMENT_OPERATIONS,
}

PARAMS = {
    "search": f"At most {LENGTH_MAX} characters and {TERMS_MAX} words.",
    "query": 'Such as `{"name": {"contains": "harbour"}}`; what the operators mean stands at the top.',
    "next_cursor": "Not together with prev_cursor.",
}

# One example of each code that needs a place or a detail; plain ones make themselves.
PROBLEMS = {
    "bad_parameter": Problem(
        "bad_parameter", ("X-Request-Id",), "must be at most 255 printable ASCII characters"
    ),
    "malformed": Problem("malformed", (), "the body is not JSON: expecting value at line 1, column 10"),
    "unknown_field": Problem("unknown_field", ("query", "colour"), ", ".join(CUSTOMER.names(FIND))),
    "required": Problem("required", ("name",)),
    "taken": Problem("taken", ("external_id",)),
    "wrong_type": Problem("wrong_type", ("name",), "text"),
    "other_environment": Problem("other_environment", ("environment",), "live"),
    "entity_needed": Problem("entity_needed", ("x-entity-id",), "the header x-entity-id"),
    "key_reused": Problem("key_reused", ("X-Request-Id",)),
    "too_large": Problem("too_large", ("body",), "1000000"),
    "timed_out": Problem("timed_out", ("body",)),
    "unsupported_media_type": Problem(
        "unsupported_media_type", ("Content-Type",), "application/json in UTF-8"
    ),
}

_NEW_CUSTOMER: dict[str, Any] = {
    "name": "Blue Harbour Chandlers Ltd",
    "email": "accounts@blueharbour.example",
    "address": "4 Quay Street",
    "post_code": "H91 X4PV",
    "city": "Galway",
    "country": "Ireland",
    "tax_number": "IE1234567T",
    "metadata": {"payment_terms": "Net 30", "account_manager": "Niamh"},
}
_NEW_ENTITY: dict[str, Any] = {
    "name": "Karst Instruments d.o.o.",
    "address": "Vojkova cesta 12",
    "post_code": "6210",
    "city": "Sežana",
    "country": "Slovenia",
    "tax_number": "SI87654321",
    "settings": {"default_invoice_due_days": 15},
    "metadata": {"industry": "Measuring instruments"},
}
_THEN = datetime(2026, 1, 31, 12, tzinfo=UTC)
_ENTITY_ID, _CUSTOMER_ID, _ACCOUNT_ID = (f"697deec0{'0' * 15}{digit}" for digit in "abc")

_ENTITY = entity.made(
    ENTITY.decode(_NEW_ENTITY, creating=True),
    account_id=_ACCOUNT_ID, environment="live", id=_ENTITY_ID, now=_THEN,
)  # fmt: skip
_CUSTOMER = customer.made(
    CUSTOMER.decode(_NEW_CUSTOMER, creating=True), entity_id=_ENTITY_ID, id=_CUSTOMER_ID, now=_THEN
)

WORDING = Wording(
    title="Billto API",
    says=_ABOUT + "\n".join(map(_row, WORDS)) + _ABOUT_METADATA,
    resources={
        Entity: Resource(
            "Entities",
            "An entity is one of your companies: the seller on documents, with customers and settings.",
            ENTITY_FIELDS,
            _NEW_ENTITY,
            {"email": "office@karst.example", "settings": {"default_invoice_due_days": 30}},
            _ENTITY,
        ),
        Customer: Resource(
            "Customers",
            "A customer is whom an entity bills.",
            CUSTOMER_FIELDS,
            _NEW_CUSTOMER,
            {"email": "billing@blueharbour.example", "address_2": None},
            _CUSTOMER,
        ),
        Tombstone: Resource(
            "Customers",
            "What is left of a customer that was deleted for good.",
            {
                "id": "The id that the customer had.",
                "entity_id": "The entity whose customer it was.",
                "external_id": "What another system called it.",
                "permanently_deleted_at": "When it was deleted for good.",
            },
            {},
            {},
            Tombstone(_ENTITY_ID, _CUSTOMER_ID, _THEN, "crm-20417"),
        ),
        Document: resource(_ENTITY, _CUSTOMER, _THEN),
        **MONEY_RESOURCES,
        **MESSAGE_RESOURCES,
        **PLANNING_RESOURCES,
        **FILE_RESOURCES,
        **STATEMENT_RUN_RESOURCES,
    },
    operations={
        **OPERATIONS, **MONEY_OPERATIONS, **MESSAGE_OPERATIONS, **PLANNING_OPERATIONS,
        **FILE_OPERATIONS, **CONNECTION_OPERATIONS, **STATEMENT_RUN_OPERATIONS,
    },
    schemas={
        "Pagination": PAGINATION, "Error": ERROR, "Issue": ISSUE,
        **SCHEMAS, **MONEY_SCHEMAS, **MERGING_SCHEMAS, **MESSAGE_SCHEMAS, **PLANNING_SCHEMAS,
        **FILE_SCHEMAS, **CONNECTION_SCHEMAS, **CHASED_SCHEMAS, **STATEMENT_RUN_SCHEMAS,
    },
    listing=listing,
    params=PARAMS,
    asked={"query": FIND, "order_by": SORT},
    problems=PROBLEMS,
)  # fmt: skip
