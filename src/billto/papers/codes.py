"""Where and how an invoice is paid: the bank account, and the code that an app reads."""

from typing import Any

from billto.domain.document import Document
from billto.papers import qr, sheet
from billto.papers.qr import Payment
from billto.papers.sheet import Data, Pen, Values
from billto.papers.text import plain, wrapped


def payment(document: Document, pen: Pen, settings: Values) -> Data | None:
    """The account money goes to, with a code where the entity wants one; None where no account is known."""
    account = qr.account(document.issuer.get("bank_accounts"))
    rows = sheet.account_rows(pen.words, account)
    if not rows:
        return None
    asked = asked_for(document, pen)
    uses_upn = wants_upn((document.buyer or {}).get("country_code"), settings, asked)
    reference = asked.reference if uses_upn else plain(document.reference) or plain(document.number)
    about = [
        (pen.words["recipient"], plain(account.get("name")) or plain(document.issuer.get("name"))),
        *rows,
        (pen.words["reference"], reference),
        (pen.words["purpose"], asked.remittance if uses_upn else ""),
        (pen.words["due_date"], pen.day(document.due_date)),
    ]
    return {
        "title": pen.words["payment"],
        "rows": [(label, wrapped(value)) for label, value in about if value],
        "amount": pen.money(document.balance),
        "amount_label": pen.words["balance_due"],
        "scan": pen.words["scan_to_pay"],
        "code": drawn(asked, uses_upn=uses_upn, settings=settings),
        "kind": "UPN QR" if uses_upn else "EPC QR",
    }


def asked_for(document: Document, pen: Pen) -> Payment:
    """The transfer that settles an invoice."""
    issuer, buyer = document.issuer, document.buyer or {}
    account = qr.account(issuer.get("bank_accounts"))
    number = plain(document.number)
    return Payment(
        recipient=plain(account.get("name")) or plain(issuer.get("name")),
        iban=qr.iban(account.get("iban")) if document.currency_code == qr.EURO else "",
        amount=document.balance,
        remittance=f"{pen.words[document.title_type or document.type]} {number}".strip(),
        reference=qr.upn_reference(document.reference, number),
        bic=qr.bic(account.get("bic")),
        due=document.due_date,
        street=plain(issuer.get("address")),
        city=place(issuer),
        payer=plain(buyer.get("name")),
        payer_street=plain(buyer.get("address")),
        payer_city=place(buyer),
    )


def wants_upn(country: str | None, settings: Values, asked: Payment) -> bool:
    """Slovenia's code is for who pays from Slovenia to Slovenia; all others read the EPC's."""
    home = str(country or "SI").upper()
    is_domestic = home == "SI" and asked.iban.startswith("SI")
    return is_domestic and _is_on(settings, "upn_qr")


def drawn(asked: Payment, *, uses_upn: bool, settings: Values, scales: bool = False) -> str:
    """The code of a transfer; nothing where the entity wants none, or it cannot be said in one."""
    if uses_upn:
        purpose: Any = settings["upn_qr"].get("purpose_code")
        said = qr.upn(asked._replace(purpose=purpose or "OTHR"))
        return qr.svg(qr.upn_code(said), scales=scales) if said else ""
    if not _is_on(settings, "epc_qr"):
        return ""
    # A reference of Slovenia's own says nothing to banks elsewhere.
    said = qr.epc(asked._replace(reference=qr.creditor_reference(asked.reference)))
    return qr.svg(qr.epc_code(said), scales=scales) if said else ""


def _is_on(settings: Values, name: str) -> bool:
    return bool((settings.get(name) or {}).get("enabled"))


def street(party: Values) -> str:
    return plain(party.get("address"))


def place(party: Values) -> str:
    """Post code and city."""
    return " ".join(part for part in (plain(party.get("post_code")), plain(party.get("city"))) if part)
