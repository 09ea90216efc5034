"""What must be true of documents, payments and the ledger: see `doctor`.

Entries keep the id of the customer under which they were made; whoever became part of another one is counted
as that one.
"""

from billto.domain.document import OWED

# The customer of an entry, as it is called today.
_WHOSE = "COALESCE(alias.customer_id, entry.customer_id)"
_ENTRIES = "entry LEFT JOIN alias ON alias.entity_id = entry.entity_id AND alias.id = entry.customer_id"
_SIDES = {
    "outstanding": ("invoice", "amount"),
    "open_credit_notes": ("credit_note", "-amount"),
    "unapplied": ("payment", "-amount"),
    "credit": ("credit", "-amount"),
}
_SUMS = ", ".join(
    f"SUM(CASE WHEN account = '{account}' THEN {amount} ELSE 0 END) AS {name}"
    for name, (account, amount) in _SIDES.items()
)

_STANDINGS = (
    f"SELECT entry.entity_id, {_WHOSE} AS customer_id, currency_code, {_SUMS} FROM {_ENTRIES}"
    f" WHERE entry.customer_id IS NOT NULL GROUP BY entry.entity_id, {_WHOSE}, currency_code"
    " UNION ALL SELECT entity_id, customer_id, currency_code,"
    f" {', '.join(f'-{name}' for name in _SIDES)} FROM standing"
)
_CREDIT_BY_DAY = (
    f"SELECT entry.entity_id, {_WHOSE} AS customer_id, currency_code, date, SUM(amount) AS spent"
    f" FROM {_ENTRIES} WHERE account = 'credit'"
    f" GROUP BY entry.entity_id, {_WHOSE}, currency_code, date"
)


def _open(table: str, sums: str, accounts: str) -> str:
    """Records of a table whose balance is not the sum of the entries about them."""
    return (
        f"SELECT kept.id FROM {table} AS kept LEFT JOIN (SELECT entity_id, item_id, SUM({sums}) AS left_open"
        f" FROM entry WHERE account IN ({accounts}) GROUP BY entity_id, item_id) AS real"
        " ON real.entity_id = kept.entity_id AND real.item_id = kept.id"
        " WHERE kept.balance <> COALESCE(real.left_open, 0)"
    )


def _without_event(table: str) -> str:
    return (
        f"SELECT kept.id FROM {table} AS kept WHERE NOT EXISTS"
        " (SELECT 1 FROM event WHERE event.entity_id = kept.entity_id AND event.subject_id = kept.id)"
    )


def _misnamed(table: str) -> str:
    return (
        f"SELECT kept.id FROM {table} AS kept LEFT JOIN customer"
        " ON customer.entity_id = kept.entity_id AND customer.id = kept.customer_id"
        " WHERE kept.customer_id IS NOT NULL AND (customer.id IS NULL OR customer.serial <> kept.customer)"
    )


# A sentence that must be true, and a statement whose rows are its counterexamples.
RULES = (
    (
        "how customers stand is the sum of their entries",
        f"SELECT customer_id, currency_code FROM ({_STANDINGS}) AS sides"
        " GROUP BY entity_id, customer_id, currency_code"
        f" HAVING {' OR '.join(f'SUM({name}) <> 0' for name in _SIDES)}",
    ),
    (
        "what is open of a document is the sum of its entries",
        _open(
            "document",
            "CASE WHEN account = 'credit_note' THEN -amount ELSE amount END",
            "'invoice', 'credit_note'",
        ),
    ),
    ("what is left of a payment is the sum of its entries", _open("payment", "-amount", "'payment'")),
    (
        "only what is issued and not voided is open",
        "SELECT id FROM document WHERE balance <> 0 AND (issued_at IS NULL OR voided_at IS NOT NULL"
        f" OR type NOT IN ({', '.join(map(repr, OWED))}))",
    ),
    (
        "what is voided of payments has nothing left",
        "SELECT id FROM payment WHERE balance <> 0 AND voided_at IS NOT NULL",
    ),
    (
        "entries are about what there is",
        "SELECT entry.id FROM entry WHERE item_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM document"
        " WHERE document.entity_id = entry.entity_id AND document.id = entry.item_id) AND NOT EXISTS"
        " (SELECT 1 FROM payment WHERE payment.entity_id = entry.entity_id AND payment.id = entry.item_id)",
    ),
    (
        "what is applied is taken from somewhere",
        "SELECT posting_id FROM entry WHERE kind IN ('applied', 'unapplied')"
        " GROUP BY entity_id, posting_id, kind, date HAVING SUM(amount) <> 0",
    ),
    (
        "no credit balance was below nothing on any day",
        "SELECT customer_id, currency_code, date FROM"
        " (SELECT customer_id, currency_code, date, SUM(spent) OVER (PARTITION BY entity_id, customer_id,"
        " currency_code ORDER BY date) AS below"
        f" FROM ({_CREDIT_BY_DAY}) AS days) AS running WHERE below > 0",
    ),
    (
        "who owes something is marked, and nobody else",
        "SELECT customer.id FROM customer WHERE customer.owes <> EXISTS (SELECT 1 FROM standing"
        " WHERE standing.entity_id = customer.entity_id AND standing.customer_id = customer.id"
        " AND outstanding > 0)",
    ),
    (
        "what is issued has a number",
        "SELECT id FROM document WHERE issued_at IS NOT NULL AND number IS NULL",
    ),
    ("documents belong to a customer that there is", _misnamed("document")),
    ("payments belong to a customer that there is", _misnamed("payment")),
    *(
        (f"what happened to every {name} is written down", _without_event(name))
        for name in ("document", "payment", "adjustment")
    ),
)  # fmt: skip
