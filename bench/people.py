"""Invented customers that are hard to search: made of few words, so that every trigram is common."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from billto.domain.customer import Customer
from billto.domain.ids import IdMaker

_SEED = 20_260_101
_BEGIN = datetime(2024, 1, 1, tzinfo=UTC)
_SPAN = timedelta(days=700)

# A word is as common as the number of times it stands in its list.
_FIRST = (
    *("Ana", "Marko", "Maja", "Petra", "Luka") * 4,
    *("Nina", "Helena", "Martina", "Jan", "Eva", "Tomaž", "Andrej", "Živa", "Anna", "Peter") * 2,
    "Jürgen", "Łucja", "Søren", "Chloé", "Éva", "Íñigo", "Irena", "Katarina", "Matej", "Nataša", "Barbara",
    "Aleš", "Darko", "Miha", "Tina", "Urška", "Vesna", "Zoran", "Lena", "Stefan", "Sabine", "Giulia", "Marco",
    "Luca", "Chiara", "Pierre", "Camille", "Ivan", "Ivana", "Ante", "Josip", "Karl", "Johanna", "Lukas",
)  # fmt: skip
_LAST = (
    *("Novak", "Horvat", "Berg", "Müller", "Kovačič") * 4,
    *("Krajnc", "Zupan", "Bergmann", "Schmidt", "Rossi", "Marić", "Nowak", "Hofer", "Weber", "Mayer") * 2,
    "Großmann", "Ångström", "Dvořák", "Lefèvre", "Øye", "Šimić", "Vidmar", "Golob", "Turk", "Kos", "Bizjak",
    "Kralj", "Hribar", "Oblak", "Rozman", "Zajc", "Pavlin", "Kobal", "Lindberg", "Sandberg", "Bergström",
    "Wagner", "Fischer", "Huber", "Gruber", "Bauer", "Steiner", "Moser", "Bianchi", "Ferrari", "Russo",
    "Dubois", "Moreau", "Laurent", "Babić", "Jurić", "Knežević", "Perić", "Tomić", "Vuković", "Smith", "Hill",
)  # fmt: skip
_TRADES = (
    *("Trgovina", "Handel", "Servis", "Gradnje", "Transport") * 3,
    "Orbital", "Lunar", "Comet", "Nova", "Zenit", "Quasar", "Meridian", "Aurora", "Perigee", "Solaris",
    "Elektro", "Metal", "Les", "Papir", "Optika", "Kemija", "Energija", "Pekarna", "Mizarstvo", "Tiskarna",
)  # fmt: skip
_KINDS = ("d.o.o.", "d.o.o.", "s.p.", "GmbH", "GmbH", "AG", "s.r.l.", "SARL", "Ltd", "Inc.")
_STREETS = (
    "Slovenska cesta", "Trubarjeva ulica", "Bergstraße", "Hauptstraße", "Via Roma", "Rue de la Paix", "Ilica",
    "Main Street", "Kolodvorska ulica", "Bahnhofstraße", "Cankarjeva cesta", "Am Berg",
)  # fmt: skip
# city, post code, country, its code; the first stands for the home market
_PLACES = (
    *(("Ljubljana", "1000", "Slovenija", "SI"),) * 4, *(("Maribor", "2000", "Slovenija", "SI"),) * 2,
    ("Celje", "3000", "Slovenija", "SI"), ("Kranj", "4000", "Slovenija", "SI"),
    ("Koper", "6000", "Slovenija", "SI"), ("Wien", "1010", "Österreich", "AT"),
    ("Graz", "8010", "Österreich", "AT"), ("Berlin", "10115", "Deutschland", "DE"),
    ("Köln", "50667", "Deutschland", "DE"), ("Nürnberg", "90402", "Deutschland", "DE"),
    ("Zagreb", "10000", "Hrvatska", "HR"), ("Trieste", "34121", "Italia", "IT"),
    ("Milano", "20121", "Italia", "IT"), ("Lyon", "69001", "France", "FR"),
    ("Ærøskøbing", "5970", "Danmark", "DK"), ("Houston", "77058", "United States", "US"),
)  # fmt: skip
_HOSTS = ("mail.example", "mail.example", "post.example", "web.example", "racuni.example", "firma.example")
_TERMS = ("Net 14", "Net 30", "Net 30", "Net 60")
_REGIONS = ("north", "south", "east", "west")
_ASCII = str.maketrans("čćšžđüöäßåøéèęłñíæÍ", "ccszduoasaoeeelniai")


class Spoken(NamedTuple):
    """One invention: what a client would send."""

    values: dict[str, Any]
    order_id: str


class Inventor:
    """Invents the same people in the same order every time."""

    def __init__(self, seed: int = _SEED) -> None:
        self._chance = random.Random(seed).random

    def one(self, number: int) -> Spoken:
        """The person or company of this number; some of what is said of it has the number in it."""
        first, last = self._of(_FIRST), self._of(_LAST)
        city, post_code, country, code = self._of(_PLACES)
        is_person = self._chance() < 0.4
        order_id = f"A-{number:07}"
        tax = str(10_000_000 + number * 7919 % 89_999_999)
        values: dict[str, Any] = {
            "name": f"{first} {last}" if is_person else self._company(last),
            "email": self._email(first, last, number),
            "address": f"{self._of(_STREETS)} {int(self._chance() * 199) + 1}",
            "post_code": post_code,
            "city": city,
            "country": country,
            "country_code": code,
            "tax_number": None if is_person else f"{code}{tax}",
            "company_number": None if is_person else f"{number * 104_729 % 9_999_999:07}",
            "is_tax_subject": not is_person,
            "is_end_consumer": is_person,
            "metadata": {
                "order_id": order_id,
                "payment_terms": self._of(_TERMS),
                "region": self._of(_REGIONS),
            },
        }
        if number % 10 == 0:
            values["bank_accounts"] = [{"type": "iban", "iban": f"SI56{number:015}", "is_default": True}]
        return Spoken(values, order_id)

    def _of(self, words: Any) -> Any:
        return words[int(self._chance() * len(words))]

    def _company(self, last: str) -> str:
        return f"{self._of(_TRADES)} {last} {self._of(_KINDS)}"

    def _email(self, first: str, last: str, number: int) -> str:
        # Nearly all have their number before the @, so that `na.berg@` is rare though all of its parts are
        # everywhere.
        local = f"{first}.{last}".lower().translate(_ASCII)
        plain = number % 1_000 == 1
        return f"{local}@{self._of(_HOSTS)}" if plain else f"{local}{number}@{self._of(_HOSTS)}"


# What to look for in such people, and how many of a million are meant by it.
COMMON = ("novak", "ljubljana", "strasse", "mail.example", "horvat", "trgovina", "gmbh")
MIDDLE = ("lindberg", "sandberg", "angstrom", "dvorak", "grossmann", "bergstrom", "kolodvorska novak")
# Rare, of common trigrams only: there are thousands with both halves, and few with them so joined.
TRICKY = ("na.berg@", "ko.novak@", "ja.berg@", "ra.novak@", "ka.horvat@", "an.muller@", "na.kovacic@")
ABSENT = ("zqxwj", "qqxzz", "wxyzq", "jjqxw", "xqzkw", "berg.na@", "kavon", "anajlb")
SHORT_COMMON, SHORT_RARE = ("no", "an", "be", "a", "e"), ("qx", "zq", "xw", "q")


def customers(tenants: tuple[str, ...], total: int) -> Iterator[Customer]:
    """Customers of the first tenant, and one in eleven of another one, in the order of their time."""
    inventor, new_id, step = Inventor(), IdMaker(), _SPAN / (total * 1.1)
    amount = total + total // 10
    for number in range(amount):
        whose = tenants[1 + number // 11 % (len(tenants) - 1)] if number % 11 == 5 else tenants[0]
        now = _BEGIN + step * number
        now = now.replace(microsecond=now.microsecond // 1000 * 1000)
        yield Customer(
            entity_id=whose, id=new_id(now), serial=0, version=1, created_at=now, updated_at=now,
            deleted_at=None, **inventor.one(number).values,
        )  # fmt: skip
