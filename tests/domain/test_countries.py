import csv
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import billto.domain.countries as package
from billto.domain.countries import COUNTRIES, country, resolve
from billto.domain.countries.country import EU, FEATURES
from billto.domain.countries.names import folded
from billto.domain.countries.world import world
from billto.domain.languages import LANGUAGES, language
from tests.domain.golden import golden

FOLDER = Path(package.__file__).parent
SHARED = {"__init__", "country", "names", "world"}


def test_every_file_of_a_country_is_in_the_tuple_and_every_country_has_its_file() -> None:
    files = {path.stem for path in FOLDER.glob("*.py")} - SHARED
    assert [one.code.lower() for one in COUNTRIES] == sorted(files)


@pytest.mark.parametrize("one", COUNTRIES, ids=lambda one: one.code)
def test_a_country_with_rules_of_its_own_agrees_with_the_data_of_the_world(one: Any) -> None:
    row = world()[one.code]
    assert (one.name, one.currency, one.locale) == (row.name, row.currency, row.locale)
    assert one.in_eu == (one.code in EU)


@pytest.mark.parametrize("code", sorted(world()))
def test_every_country_is_whole(code: str) -> None:
    known = country(code)
    assert known.code == code
    assert known.name
    assert len(known.currency) == 3
    assert known.locale.endswith(f"-{code}")
    assert set(known.features) <= FEATURES
    assert bool(known.tax_clauses) == ("tax_clause_defaults" in known.features)
    assert known.max_taxes_per_item == (1 if known.in_eu or code == "CH" else 3)


def test_the_countries_are_those_of_iso_3166_and_kosovo() -> None:
    assert len(world()) == 250
    assert list(world()) == sorted(world())
    assert len({row.alpha_3 for row in world().values()}) == 250
    with (FOLDER / "world.csv").open(encoding="utf-8", newline="") as file:
        assert len(list(csv.reader(file))) == 251


@pytest.mark.parametrize(
    ("code", "name"), [("SI", "entity_si"), ("US", "entity_us"), ("SI", "entity_updated_si")]
)
def test_slovenia_and_the_united_states_are_as_documented(code: str, name: str) -> None:
    shown, known = golden(name), country(code)
    assert shown["country_rules"] == {
        "max_taxes_per_item": known.max_taxes_per_item,
        "features": list(known.features),
    }
    assert (shown["country"], shown["currency_code"]) == (known.name, known.currency)
    assert golden(f"entity_{code.lower()}")["locale"] == known.locale


@pytest.mark.parametrize(
    ("code", "currency", "locale"),
    [
        ("BG", "EUR", "bg-BG"),
        ("HR", "EUR", "hr-HR"),
        ("XK", "EUR", "sq-XK"),
        ("LI", "CHF", "de-LI"),
        ("GB", "GBP", "en-GB"),
        ("US", "USD", "en-US"),
        ("BE", "EUR", "nl-BE"),
        ("CH", "CHF", "de-CH"),
        ("IN", "INR", "en-IN"),
        ("NO", "NOK", "nb-NO"),
    ],
)
def test_currency_and_language_of_a_country(code: str, currency: str, locale: str) -> None:
    assert (country(code).currency, country(code).locale) == (currency, locale)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Slovenia", "SI"),
        ("Slovenija", "SI"),
        ("Slowenien", "SI"),
        ("  SLOVENIJA ", "SI"),
        ("si", "SI"),
        ("SVN", "SI"),
        ("svn", "SI"),
        ("United States", "US"),
        ("United States of America", "US"),
        ("USA", "US"),
        ("U.S.A.", "US"),
        ("u.s.", "US"),
        ("Vereinigte Staaten", "US"),
        ("Deutschland", "DE"),
        ("Allemagne", "DE"),
        ("Österreich", "AT"),
        ("Osterreich", "AT"),
        ("OSTERREICH", "AT"),
        ("Schweiz", "CH"),
        ("UK", "GB"),
        ("England", "GB"),
        ("Great Britain", "GB"),
        ("Holland", "NL"),
        ("Georgia", "GE"),
        ("Macedonia", "MK"),
        ("Russian Federation", "RU"),
        ("Viet Nam", "VN"),
        ("Turkey", "TR"),
        ("Türkiye", "TR"),
        ("Ivory Coast", "CI"),
        ("Côte d’Ivoire", "CI"),
        ("Cote d'Ivoire", "CI"),
        ("Czech Republic", "CZ"),
        ("Hrvatska", "HR"),
        ("Magyarország", "HU"),
        ("Magyarorszag", "HU"),
        ("Ελλάδα", "GR"),
        ("EL", "GR"),
        ("日本", "JP"),
        ("中国", "CN"),
        ("대한민국", "KR"),
        ("Россия", "RU"),
        ("مصر", "EG"),
        ("Kosovo", "XK"),
        ("Guinea", "GN"),
        ("Guinea-Bissau", "GW"),
        ("Niger", "NE"),
        ("Nigeria", "NG"),
        ("NGA", "NG"),
        ("Nga", "RU"),
        ("Dominica", "DM"),
        ("Dominican Republic", "DO"),
        ("Danmark", "DK"),
        ("danmork", "DK"),
        ("Korea", "KR"),
        ("Democratic Republic of the Congo", "CD"),
    ],
)
def test_a_country_is_known_by_name_in_any_language(text: str, code: str) -> None:
    assert resolve(text) == code


@pytest.mark.parametrize(
    "text", ["", "  ", "Kongo", "kongo", "Atlantis", "XX", "ZZZ", ".", "x" * 201, "Bavaria", "\x00", "İ", "ß"]
)
def test_what_means_no_country_or_two_is_none(text: str) -> None:
    assert resolve(text) is None


@pytest.mark.parametrize("code", sorted(world()))
def test_every_country_is_found_by_its_codes_and_its_english_name(code: str) -> None:
    row = world()[code]
    assert [resolve(text) for text in (code, row.alpha_3, row.name, row.name.upper())] == [code] * 4
    assert resolve(folded(row.name)) == code


@given(st.text(max_size=30))
def test_any_text_means_a_country_or_none(text: str) -> None:
    found = resolve(text)
    assert found is None or found in world()
    assert resolve(f" {text}\n") == found


def test_an_unknown_code_is_a_country_about_which_nothing_is_known() -> None:
    nowhere = country("QQ")
    assert (nowhere.code, nowhere.name, nowhere.currency, nowhere.locale) == ("QQ", "QQ", "EUR", "en-US")
    assert (nowhere.in_eu, nowhere.max_taxes_per_item, nowhere.features) == (False, 3, ())


def test_a_code_is_known_in_any_case() -> None:
    assert country("si") is country("SI")


@pytest.mark.parametrize(
    ("locale", "code"),
    [
        ("sl-SI", "sl"),
        ("sl", "sl"),
        ("SL_si", "sl"),
        ("de-CH", "de"),
        ("en-SI", "en"),
        ("ja-JP", "en"),
        ("", "en"),
    ],
)
def test_a_locale_has_its_language_or_english(locale: str, code: str) -> None:
    assert language(locale).code == code


@pytest.mark.parametrize("one", LANGUAGES, ids=lambda one: one.code)
def test_every_language_says_the_same_things(one: Any) -> None:
    assert list(one.email_defaults) == list(language("en").email_defaults)


def test_importing_the_countries_reads_no_data() -> None:
    code = (
        "from billto.domain.countries.names import _names\n"
        "from billto.domain.countries.world import world\n"
        "assert not _names.cache_info().currsize\n"
        "assert not world.cache_info().currsize\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
