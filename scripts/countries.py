"""Writes world.csv and names.json of the countries anew, from Babel, pycountry, tzdata and the exceptions
below.

Run it with the development environment after one of the two libraries has been updated.
"""

import csv
import json
from collections import defaultdict
from importlib.resources import files
from pathlib import Path

import pycountry
from babel import Locale
from babel.core import get_global
from babel.numbers import get_territory_currencies

from billto.domain.countries.names import folded

HERE = Path(__file__).parent.parent / "src/billto/domain/countries"

# The languages of Europe, then the big ones of the world.
LANGUAGES = (
    *(
        "en",
        "de",
        "fr",
        "it",
        "es",
        "pt",
        "nl",
        "pl",
        "cs",
        "sk",
        "sl",
        "hr",
        "sr",
        "sr_Latn",
        "bs",
        "mk",
        "bg",
    ),
    *(
        "ro",
        "hu",
        "el",
        "sv",
        "da",
        "nb",
        "nn",
        "fi",
        "et",
        "lv",
        "lt",
        "is",
        "ga",
        "mt",
        "sq",
        "ca",
        "eu",
        "gl",
    ),
    *(
        "cy",
        "lb",
        "rm",
        "fo",
        "uk",
        "be",
        "ru",
        "tr",
        "zh",
        "zh_Hant",
        "ja",
        "ko",
        "ar",
        "he",
        "fa",
        "hi",
        "bn",
    ),
    *("ur", "id", "ms", "vi", "th", "sw", "ka", "hy", "az", "kk"),
)

CURRENCIES = {
    "AQ": "USD",  # none of its own; its stations buy in dollars
    "BG": "EUR",  # since 2026-01-01, later than the data of Babel 2.18
    "BT": "BTN",  # beside the Indian rupee
    "LS": "LSL",  # beside the rand
    "NA": "NAD",  # beside the rand
}

# Where several languages are official, the one that business is written in.
ENGLISH = ("IN", "GH", "KE", "LK", "NA", "PG", "PH", "PK", "UG", "ZW", "AS", "PW", "TK", "TV", "WS", "BN")
BUSINESS = {
    **dict.fromkeys(("BI", "CF", "HT", "ML", "NE", "SN"), "fr"),
    **dict.fromkeys(("BQ", "CW"), "nl"),
    **dict.fromkeys(("BV", "NO"), "nb"),
    "PY": "es",
}

# What people write and neither library knows, and short names that only one country is meant by.
ALIASES = {
    "AE": ["UAE", "Emirates"],
    "BA": ["Bosnia", "BiH"],
    "BN": ["Brunei"],
    "CD": ["DR Congo", "DRC", "Democratic Republic of the Congo", "Congo-Kinshasa"],
    "CG": ["Republic of the Congo", "Congo-Brazzaville"],
    "CI": ["Ivory Coast", "Cote d'Ivoire"],
    "CV": ["Cape Verde"],
    "CZ": ["Czech Republic", "Tschechische Republik", "République tchèque"],
    "DE": ["Federal Republic of Germany", "BRD"],
    "FM": ["Micronesia"],
    "GB": ["UK", "XI", "Great Britain", "Britain", "England", "Scotland", "Wales", "Northern Ireland",
           "Großbritannien", "Grande-Bretagne", "Gran Bretagna", "Gran Bretaña", "Velika Britanija"],
    "GE": ["Georgia"],
    "GR": ["EL", "Hellas"],
    "IR": ["Iran"],
    "KR": ["Korea", "South Korea"],
    "KP": ["North Korea"],
    "LA": ["Laos"],
    "MD": ["Moldova"],
    "MK": ["Macedonia", "FYROM"],
    "MM": ["Burma", "Myanmar"],
    "NL": ["Holland", "The Netherlands"],
    "PS": ["Palestine"],
    "RU": ["Russia"],
    "SY": ["Syria"],
    "SZ": ["Swaziland"],
    "TL": ["East Timor"],
    "TR": ["Turkey"],
    "TW": ["Taiwan"],
    "TZ": ["Tanzania"],
    "US": ["United States of America", "America", "Estados Unidos", "Stati Uniti d'America", "ZDA", "SAD"],
    "VA": ["Vatican"],
    "VE": ["Venezuela"],
    "VN": ["Vietnam"],
    "XK": ["Kosovo"],
}  # fmt: skip


# Where the IANA's table has several zones, the one in which nearly all of the country lives; countries that
# really have several are left out.
ZONES = {
    "AR": "America/Argentina/Buenos_Aires",
    "CL": "America/Santiago",
    "CN": "Asia/Shanghai",
    "CY": "Asia/Nicosia",
    "DE": "Europe/Berlin",
    "EC": "America/Guayaquil",
    "ES": "Europe/Madrid",
    "MY": "Asia/Kuala_Lumpur",
    "NZ": "Pacific/Auckland",
    "PT": "Europe/Lisbon",
    "UA": "Europe/Kyiv",
    "UZ": "Asia/Tashkent",
    "XK": "Europe/Belgrade",
}


def main() -> None:
    codes = sorted([country.alpha_2 for country in pycountry.countries] + ["XK"])
    with (HERE / "world.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["code", "alpha_3", "name", "currency", "locale", "timezone"])
        zones = only_zones() | ZONES
        writer.writerows(
            [code, alpha_3(code), english(code), currency(code), locale(code), zones.get(code, "")]
            for code in codes
        )
    lines = [
        f'"{code}": {json.dumps(keys, ensure_ascii=False)}' for code, keys in sorted(names(codes).items())
    ]
    (HERE / "names.json").write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def alpha_3(code: str) -> str:
    country = pycountry.countries.get(alpha_2=code)
    return country.alpha_3 if country else "XKX"


def english(code: str) -> str:
    return str(Locale("en").territories[code])


def currency(code: str) -> str:
    return CURRENCIES.get(code) or str(get_territory_currencies(code)[0])


def locale(code: str) -> str:
    likely = get_global("likely_subtags").get(f"und_{code}")
    if code in ENGLISH or not likely:
        return f"en-{code}"
    return f"{BUSINESS.get(code) or likely.partition('_')[0]}-{code}"


def only_zones() -> dict[str, str]:
    """The zone of each country that has one only, by the table of the IANA's time zone database."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for line in (files("tzdata") / "zoneinfo" / "zone.tab").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            code, _, zone, *_ = line.split("\t")
            found[code].append(zone)
    return {code: zones[0] for code, zones in found.items() if len(zones) == 1}


def names(codes: list[str]) -> dict[str, list[str]]:
    """Every country's names; one that two countries carry is left out unless it was given by hand."""
    carriers: defaultdict[str, set[str]] = defaultdict(set)
    for code in codes:
        for name in official(code):
            carriers[folded(name)].add(code)
    for language in LANGUAGES:
        for code, name in Locale.parse(language).territories.items():
            if code in codes:
                carriers[folded(name)].add(code)
    for code, aliases in ALIASES.items():
        carriers |= {folded(alias): {code} for alias in aliases}
    ambiguous = {name: sorted(who) for name, who in carriers.items() if len(who) > 1}
    print("left out:", ambiguous)
    found: defaultdict[str, list[str]] = defaultdict(list)
    for name, who in sorted(carriers.items()):
        if len(who) == 1:
            found[next(iter(who))].append(name)
    return found


def official(code: str) -> list[str]:
    if code == "XK":
        return []
    country = pycountry.countries.get(alpha_2=code)
    kept = (getattr(country, kind, None) for kind in ("name", "official_name", "common_name"))
    return [name for name in kept if name]


if __name__ == "__main__":
    main()
