"""What every paper has: whose it is, whom it goes to, and the tables on it, as plain texts for a template."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from billto.domain.countries.country import EU
from billto.domain.formats import Formats, formats
from billto.domain.pictures import look
from billto.papers import art as pictures
from billto.papers import qr
from billto.papers.art import Art
from billto.papers.text import clean, joined, plain, shortened, wrapped
from billto.papers.words import KINDS, WORDS

Values = Mapping[str, Any]
Data = dict[str, Any]
Row = tuple[str, str]

# Whose tax on sales is called VAT in English.
_VAT = EU | {"GB", "CH", "LI", "NO"}
# A column that is no wider than this is as wide as it is; others share what is left.
_NARROW = 18
_SENDER_MOST = 70
_FOOT_MOST = 32
RUNNING_MOST = 50
_FOOT_TEXT_MOST = 240
# So many letters fit a row in the usual size, in a smaller one, in the smallest.
_ROOMS = ((62, 0), (80, 1), (10_000, 2))


@dataclass(frozen=True, slots=True)
class Pen:
    """Who writes a paper: in which words, in which formats, in which currency."""

    words: Mapping[str, str]
    kinds: Mapping[str, str]
    formats: Formats
    currency: str
    sign: int = 1  # -1 where a credit note is to show negative values

    def amount(self, value: Decimal) -> str:
        return self.formats.amount(self.sign * value, self.currency)

    def money(self, value: Decimal) -> str:
        return self.formats.money(self.sign * value, self.currency)

    def day(self, value: date | None) -> str:
        return self.formats.day(value) if value else ""

    def said(self, name: str, **values: str) -> str:
        return self.words[name].format(**values)


def pen(language: str | None, country: str | None, currency: str, *, sign: int = 1) -> Pen:
    found = formats(language, country)
    return Pen(WORDS[found.language], KINDS[found.language], found, currency, sign)


def tax_word(words: Mapping[str, str], country: str | None) -> str:
    return words["vat" if (country or "").upper() in _VAT else "tax"]


def base(pen: Pen, issuer: Values, settings: Values, art: Art) -> Data:
    """The paper itself: language, colours, logo, who it is from."""
    colours = pictures.colours(settings.get("primary_color"))
    name, street, city = plain(issuer.get("name")), _street(issuer), _city(issuer)
    sender = joined((name, street, city))
    return {
        "lang": pen.formats.language,
        "region": pen.formats.locale.territory or "",
        "paint": colours.paint,
        "accent": colours.text,
        "logo": picture(art.logo),
        "logo_scale": _scale(settings.get("logo_scale_percent")),
        "name": wrapped(name),
        "contact": [wrapped(one) for one in _contact(issuer) if one],
        "sender": shortened(sender, _SENDER_MOST),
        "page": pen.words["page"].split("{page}")[0],
        "of": pen.words["page"].split("{page}")[1].replace("{pages}", ""),
    }


def addressee(party: Values | None, issuer: Values, attention: str) -> list[str]:
    """The lines of an address: the country only where it is another than the sender's."""
    if party is None:
        return []
    contact = plain(party.get("contact"))
    abroad = _code(party) != _code(issuer)
    lines = [
        plain(party.get("name")),
        plain(party.get("unit_name")),
        f"{attention} {contact}" if contact else "",
        plain(party.get("address")),
        plain(party.get("address_2")),
        _city(party),
        plain(party.get("country")) if abroad else "",
    ]
    return [wrapped(line) for line in lines if line]


def foot(pen: Pen, issuer: Values, text: Any) -> Data:
    """What stands at the foot of each page; a longer text stands at the end of the paper instead."""
    words = pen.words
    names = ("tax_number", "tax_number_2", "company_number")
    account = qr.account(issuer.get("bank_accounts"))
    columns = [
        [plain(issuer.get("name")), _street(issuer), _city(issuer)],
        [f"{words[name]} {plain(issuer[name])}" for name in names if issuer.get(name)],
        [
            value if label == words["bank"] else f"{label} {value}"
            for label, value in account_rows(words, account)
        ],
    ]
    said = clean(text)
    short = len(said) <= _FOOT_TEXT_MOST and said.count("\n") < 3
    shown = "" if said == plain(issuer.get("name")) else said
    return {
        "columns": [[shortened(one, _FOOT_MOST) for one in column if one][:4] for column in columns],
        "text": wrapped(shown) if short else "",
        "closing": "" if short else wrapped(shown),
    }


def account_rows(words: Mapping[str, str], account: Values) -> list[Row]:
    """A bank account, one thing in a row."""
    said = [
        ("bank", "bank_name"),
        *((name, name) for name in ("account_number", "routing_number", "sort_code")),
    ]
    rows = [(words[word], plain(account.get(name))) for word, name in said]
    return [
        row
        for row in [("IBAN", spaced(account.get("iban"))), ("BIC", plain(account.get("bic"))), *rows]
        if row[1]
    ]


def spaced(iban: Any) -> str:
    """An IBAN in groups of four, as it is read aloud; whatever is none stays as it was given."""
    compact = qr.iban(iban)
    return " ".join(compact[at : at + 4] for at in range(0, len(compact), 4)) or plain(iban)


def picture(given: bytes | None) -> Data | None:
    """A picture for the template, which has no other way to be given bytes than as numbers."""
    found = look(given)
    if given is None or found is None:
        return None
    return {"format": found.format, "bytes": list(given), "ratio": found.width / found.height}


def column(label: str, cells: Iterable[Any], *, right: bool = False, fills: int = 0) -> Data:
    """A column of a table, as wide as what is in it or, where that is long, as a share of what is left."""
    longest = max((length(cell) for cell in cells), default=0)
    share = fills or (0 if right or longest <= _NARROW else 2)
    return {"label": label, "right": right, "share": share, "length": max(longest, len(label) // 2)}


def table(columns: Sequence[Data], rows: Sequence[Data]) -> Data:
    """A table; where its figures are very long, in smaller type."""
    taken = sum(12 if one["share"] else one["length"] for one in columns)
    small = next(step for most, step in _ROOMS if taken <= most)
    return {"columns": list(columns), "rows": list(rows), "small": small}


def length(cell: Any) -> int:
    return len(cell["seen"] + cell["unseen"]) if isinstance(cell, dict) and "seen" in cell else len(str(cell))


def _street(party: Values) -> str:
    return ", ".join(part for part in (plain(party.get("address")), plain(party.get("address_2"))) if part)


def _city(party: Values) -> str:
    place = " ".join(part for part in (plain(party.get("post_code")), plain(party.get("city"))) if part)
    return ", ".join(part for part in (place, plain(party.get("state"))) if part)


def _contact(issuer: Values) -> list[str]:
    names = ("phone", "email", "website")
    return [_street(issuer), _city(issuer), *(plain(issuer.get(name)) for name in names)]


def _code(party: Values) -> str:
    return str(party.get("country_code") or party.get("country") or "").upper()


def _scale(said: Any) -> int:
    """How large the logo is wanted, in percent, as far as there is room."""
    return int(min(max(said, 10), 200)) if isinstance(said, int | Decimal) and said else 100
