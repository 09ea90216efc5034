"""Payment codes: the EPC's for transfers in euros (EPC069-12, version 2) and Slovenia's UPN QR."""

import io
import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

import segno

from billto.domain.money import rounded
from billto.papers.text import plain

EURO = "EUR"
EPC_MOST = Decimal("999999999.99")
UPN_MOST = Decimal("999999999.99")

_IBAN = re.compile("[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")
_BIC = re.compile("[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?")
_RF = re.compile("RF[0-9]{2}[A-Z0-9]{1,21}")
_SI = re.compile("SI[0-9]{2}[0-9-]{0,22}")
# UPN QR is of a fixed size, whatever it says (its specification, 4.1).
_UPN_VERSION = 15
# What a code of version 13 has room for, the largest that apps read.
_EPC_BYTES_MAX = 331


class Payment(NamedTuple):
    """A transfer that somebody is asked to make."""

    recipient: str
    iban: str
    amount: Decimal
    remittance: str  # what it is for, in words
    reference: str = ""
    bic: str = ""
    purpose: str = ""  # four letters of ISO 20022
    due: date | None = None
    street: str = ""
    city: str = ""
    payer: str = ""
    payer_street: str = ""
    payer_city: str = ""


def iban(said: Any) -> str:
    """An IBAN without spaces; nothing for what cannot be one, so that nobody pays to a slip of the pen."""
    compact = re.sub(r"[\s.-]", "", str(said or "")).upper()
    if not _IBAN.fullmatch(compact):
        return ""
    return compact if _remainder(compact) == 1 else ""


def _remainder(compact: str) -> int:
    """What ISO 7064 leaves of an IBAN or a creditor reference: 1 when it is right."""
    return int("".join(str(int(letter, 36)) for letter in compact[4:] + compact[:4])) % 97


def bic(said: Any) -> str:
    compact = re.sub(r"\s", "", str(said or "")).upper()
    return compact if _BIC.fullmatch(compact) else ""


def creditor_reference(said: Any) -> str:
    """A reference of ISO 11649 (RF…), checked; nothing for any other."""
    compact = re.sub(r"\s", "", str(said or "")).upper()
    return compact if _RF.fullmatch(compact) and _remainder(compact) == 1 else ""


def upn_reference(said: Any, number: str) -> str:
    """The reference that was said, or one of model 00 out of the digits of the document's number."""
    compact = re.sub(r"\s", "", str(said or "")).upper()
    if _SI.fullmatch(compact):
        return compact
    digits = re.sub(r"[^0-9-]", "", number)
    parts = [part for part in digits.split("-") if part]
    # Model 00: at most three parts, and twenty digits together.
    joined = "-".join([*parts[:2], "".join(parts[2:])] if len(parts) > 2 else parts)
    short = bool(joined) and len(joined.replace("-", "")) <= 20
    return creditor_reference(said) or (f"SI00{joined}" if short else "SI99")


def epc(payment: Payment) -> str:
    """What the EPC's code says, in lines; nothing for an amount it has no room for."""
    if not Decimal("0.01") <= payment.amount <= EPC_MOST or not payment.iban:
        return ""
    reference = creditor_reference(payment.reference)
    head = [
        "BCD", "002", "1", "SCT",
        payment.bic,
        plain(payment.recipient)[:70],
        payment.iban,
        f"{EURO}{rounded(payment.amount, EURO):f}",
        payment.purpose[:4],
        reference,
    ]  # fmt: skip
    # Both count: 140 letters of the text, and the bytes of the whole.
    room = _EPC_BYTES_MAX - len("\n".join((*head, "")).encode())
    if room < 0:
        return ""
    words = "" if reference else plain(payment.remittance)[:140].encode()[:room].decode(errors="ignore")
    return "\n".join((*head, words)).rstrip("\n")


def upn(payment: Payment) -> str:
    """What the UPN QR says: twenty lines, the last of them the length of those before."""
    if not Decimal("0.01") <= payment.amount <= UPN_MOST or not payment.iban:
        return ""
    cents = int(rounded(payment.amount, EURO).scaleb(2))
    lines = [
        "UPNQR", "", "", "", "",
        _latin(payment.payer, 33), _latin(payment.payer_street, 33), _latin(payment.payer_city, 33),
        f"{cents:011d}", "", "",
        payment.purpose or "OTHR", _latin(payment.remittance, 42),
        payment.due.strftime("%d.%m.%Y") if payment.due else "",
        payment.iban, payment.reference or "SI99",
        _latin(payment.recipient, 33), _latin(payment.street, 33), _latin(payment.city, 33),
    ]  # fmt: skip
    said = "".join(f"{line}\n" for line in lines)
    return f"{said}{len(said):03d}\n"


def _latin(text: str, most: int) -> str:
    """The text in the letters of ISO 8859-2; without its accents where a letter is not among them."""

    def fits(letter: str) -> str:
        try:
            letter.encode("iso-8859-2")
        except UnicodeEncodeError:
            bare = unicodedata.normalize("NFKD", letter)
            return bare.encode("ascii", "ignore").decode("ascii") or ("?" if letter.isalnum() else "")
        return letter

    composed = unicodedata.normalize("NFC", plain(text))
    return "".join(map(fits, composed))[:most].strip()


def epc_code(said: str) -> segno.QRCode:
    return segno.make(said, error="m", mode="byte", encoding="utf-8", boost_error=False, micro=False)


def upn_code(said: str) -> segno.QRCode:
    return segno.make(
        said, version=_UPN_VERSION, error="m", mode="byte", encoding="iso-8859-2", eci=True,
        boost_error=False,
    )  # fmt: skip


def svg(code: segno.QRCode, *, scales: bool = False) -> str:
    """A code as a drawing; one that scales has no size of its own."""
    out = io.BytesIO()
    code.save(out, kind="svg", border=0, xmldecl=False, svgns=True, nl=False, omitsize=scales)
    return out.getvalue().decode()


def account(accounts: Any) -> Mapping[str, Any]:
    """The account money goes to: the default one, or the first."""
    found = [one for one in accounts or () if isinstance(one, Mapping)]
    empty: Mapping[str, Any] = {}
    return next((one for one in found if one.get("is_default")), found[0] if found else empty)
