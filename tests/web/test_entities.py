"""Entities: what follows from a country, what may change afterwards, and live apart from sandbox."""

from typing import Any

import pytest

from tests.domain.golden import golden
from tests.web.house import House, answered, refused

COUNTRIES = [
    ("Slovenia", "SI", "EUR", "sl-SI"),
    ("Slovenija", "SI", "EUR", "sl-SI"),
    ("SLOWENIEN", "SI", "EUR", "sl-SI"),
    ("SI", "SI", "EUR", "sl-SI"),
    ("United States", "US", "USD", "en-US"),
    ("Vereinigte Staaten", "US", "USD", "en-US"),
    ("USA", "US", "USD", "en-US"),
    ("Deutschland", "DE", "EUR", "de-DE"),
    ("Allemagne", "DE", "EUR", "de-DE"),
    ("Hrvatska", "HR", "EUR", "hr-HR"),
    ("Österreich", "AT", "EUR", "de-AT"),
    ("Italia", "IT", "EUR", "it-IT"),
    ("France", "FR", "EUR", "fr-FR"),
    ("Schweiz", "CH", "CHF", "de-CH"),
    ("日本", "JP", "JPY", "ja-JP"),
    ("Ελλάδα", "GR", "EUR", "el-GR"),
]


def test_code_currency_and_language_follow_from_the_country_in_any_language(house: House) -> None:
    made = [house.live.new_entity(country=country) for country, *_ in COUNTRIES]
    keys = ("country", "country_code", "currency_code", "locale")
    assert [tuple(one[key] for key in keys) for one in made] == COUNTRIES


def test_a_code_given_beside_the_country_wins(house: House) -> None:
    made = house.live.new_entity(country="Atlantis", country_code="DE")
    assert (made["country"], made["country_code"], made["currency_code"]) == ("Atlantis", "DE", "EUR")
    made = house.live.new_entity(country="Slovenia", country_code="US")
    assert (made["country"], made["country_code"], made["currency_code"]) == ("Slovenia", "US", "USD")
    assert made["country_rules"] == {"max_taxes_per_item": 3, "features": []}


def test_currency_and_language_given_beside_the_country_win(house: House) -> None:
    made = house.live.new_entity(country="Slovenia", currency_code="CHF", locale="de-DE")
    assert (made["currency_code"], made["locale"]) == ("CHF", "de-DE")
    # Texts are the language's, rules are the country's.
    assert made["settings"]["email_defaults"]["invoice_subject"] == (
        "Rechnung {document_number} von {entity_name}"
    )
    assert made["settings"]["tax_clause_defaults"]["intra_eu_b2b"] == "46. člen ZDDV-1"


@pytest.mark.parametrize("country", ["Atlantis", "Kongo", " ", "ſſ", "%", "x" * 100])
def test_a_country_nobody_knows_is_refused_without_a_code(shared: House, country: str) -> None:
    before = shared.dump()
    answer = shared.live.post("/entities", {"name": "Company", "country": country})
    assert refused(answer) == (422, {"country": "unknown_country"})
    assert shared.dump() == before


LANGUAGES = {
    "Slovenia": "Račun {document_number} od {entity_name}",
    "Germany": "Rechnung {document_number} von {entity_name}",
    "Croatia": "Račun {document_number} od {entity_name}",
    "Italy": "Fattura {document_number} da {entity_name}",
    "France": "Facture {document_number} de {entity_name}",
    "Japan": "Invoice {document_number} from {entity_name}",
}


def test_settings_begin_in_the_language_of_the_entity(house: House) -> None:
    made = {country: house.live.new_entity(country=country) for country in LANGUAGES}
    subjects = {c: one["settings"]["email_defaults"]["invoice_subject"] for c, one in made.items()}
    assert subjects == LANGUAGES


def test_settings_given_at_creation_win_and_defaults_fill_the_rest(house: House) -> None:
    given = {"default_invoice_due_days": 14, "number_formats": {"invoice": "R-{yy}-{nnn}"}, "slovenia": None}
    made = house.live.new_entity(settings=given)["settings"]
    default = golden("entity_si")["settings"]
    formats = {**default["number_formats"], "invoice": "R-{yy}-{nnn}"}
    assert made == {**default, "default_invoice_due_days": 14, "number_formats": formats, "slovenia": None}


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_a_change_touches_only_what_is_given(house: House, method: str) -> None:
    made = house.live.new_entity(city="Ljubljana", email="a@b.example", metadata={"a": "b"}, website="w")
    house.clock.forward(60)
    changed = answered(house.live.ask(method, f"/entities/{made['id']}", {"name": "New", "email": None}))
    changed["settings"].pop("slovenia")
    assert changed == {**made, "name": "New", "email": None, "updated_at": changed["updated_at"]}
    assert changed["updated_at"] > made["updated_at"]
    assert made["updated_at"] == made["created_at"]


def test_a_change_that_changes_nothing_leaves_no_trace(house: House) -> None:
    made = house.live.new_entity(
        city="Ljubljana", starting_capital=7500.5, settings={"logo_scale_percent": 12.1}
    )
    before = house.dump()
    nothing: list[Any] = [{}, {"city": "Ljubljana"}, {"settings": {}}, {"settings": None}, made]
    for body in nothing:
        answer = house.live.put(f"/entities/{made['id']}", body)
        assert (answered(answer), answer.headers["etag"]) == (made, '"1"')
    assert house.dump() == before


def merged(house: House, *given: Any) -> Any:
    """The settings of an entity after changes, without what its country fills in."""
    path = f"/entities/{house.live.new_entity(country='United States')['id']}"
    for settings in given:
        answered(house.live.put(path, {"settings": settings}))
    return answered(house.live.get(path))["settings"]


def test_settings_merge_by_top_level_key(house: House) -> None:
    default = golden("entity_us")["settings"]
    given: Any = {
        "number_formats": {"invoice": "{nnn}"},
        "document_footer": "Bye",
        "epc_qr": {"enabled": True},
    }
    # A given key replaces the old one whole, others stay.
    assert merged(house, given) == {**default, **given}
    assert merged(house, given, {"number_formats": {"estimate": "E{n}"}}) == {
        **default,
        **given,
        "number_formats": {"estimate": "E{n}"},
    }


def test_translations_merge_by_namespace_and_starts_by_unit(house: House) -> None:
    first: Any = {"translations": {"de": {"title": "Titel"}, "fr": {"title": "Titre"}}}
    second: Any = {"translations": {"de": {"note": "Notiz"}, "fr": None, "it": {"title": "Titolo"}}}
    assert merged(house, first, second)["translations"] == {
        "de": {"note": "Notiz"},
        "it": {"title": "Titolo"},
    }
    first = {"unit_number_sequence_starts": {"invoice": {"1": 5, "2": 6}, "estimate": {"1": 7}}}
    second = {"unit_number_sequence_starts": {"invoice": {"2": 9}}}
    starts = merged(house, first, second)["unit_number_sequence_starts"]
    assert starts == {"invoice": {"1": 5, "2": 9}, "estimate": {"1": 7}}


APART = {
    "furs": {"enabled": True},
    "fina": {"enabled": True},
    "slovenia": {"tax_residency": "non_resident"},
    "e_invoicing": {"enabled": True},
    "revenue_recognition": {"default_method": "off"},
}


def test_settings_that_belong_to_services_of_their_own_are_passed_over_in_a_change(house: House) -> None:
    made = house.live.new_entity(settings=APART)
    assert {key: made["settings"][key] for key in APART if key != "slovenia"} == {
        key: value for key, value in APART.items() if key != "slovenia"
    }
    nonsense = dict.fromkeys(APART, "nonsense")
    others: list[Any] = [nonsense, dict.fromkeys(APART), {key: {} for key in APART}]
    for given in others:
        changed = answered(house.live.put(f"/entities/{made['id']}", {"settings": given}))
        assert {key: changed["settings"][key] for key in APART} == {
            key: made["settings"][key] for key in APART
        }


def test_null_clears_a_setting(house: House) -> None:
    default = golden("entity_us")["settings"]
    assert merged(house, dict.fromkeys(default)) == dict.fromkeys(default)


def test_every_problem_of_settings_is_named_with_its_path(shared: House) -> None:
    settings = {
        "pdf_template": "fancy",
        "number_formats": {"invoice": "no number", "estimate": 5},
        "default_invoice_due_days": -1,
        "overdue_notifications": {"enabled": "yes", "threshold_days": [7, "x", None]},
        "bank_accounts": [{"iban": 1}, None],
        "email_defaults": {"invoice_subject": "Dear {nobody}"},
    }
    expected = {
        "settings.pdf_template": "unknown_choice",
        "settings.number_formats.invoice": "invalid_format",
        "settings.number_formats.estimate": "wrong_type",
        "settings.default_invoice_due_days": "out_of_range",
        "settings.overdue_notifications.enabled": "wrong_type",
        "settings.overdue_notifications.threshold_days.1": "wrong_type",
        "settings.overdue_notifications.threshold_days.2": "not_null",
        "settings.bank_accounts.0.iban": "wrong_type",
        "settings.bank_accounts.1": "not_null",
        "settings.email_defaults.invoice_subject": "unknown_placeholder",
    }
    body = {"name": "Company", "country": "Slovenia", "settings": settings}
    assert refused(shared.live.post("/entities", body)) == (422, expected)
    path = f"/entities/{shared.cast.studio}"
    assert refused(shared.live.put(path, {"settings": settings})) == (422, expected)
    assert refused(shared.live.put(path, {"settings": []})) == (422, {"settings": "wrong_type"})


@pytest.mark.parametrize(
    "body",
    [
        {"country": "Germany"},
        {"country": "slovenia"},
        {"country_code": "DE"},
        {"country_code": "si"},
        {"environment": "sandbox"},
        {"name": "New", "country": "Germany", "country_code": "DE"},
    ],
)
def test_the_country_and_the_environment_stay_for_life(shared: House, body: Any) -> None:
    made = shared.live.new_entity()
    before = shared.dump()
    fixed = ("country", "country_code", "environment")
    assert refused(shared.live.put(f"/entities/{made['id']}", body)) == (
        422,
        {key: "immutable" for key in fixed if key in body},
    )
    assert shared.dump() == before


def test_what_stays_for_life_may_be_sent_back_as_it_is(house: House) -> None:
    made = house.live.new_entity()
    body = {"name": "New", "country": "Slovenia", "country_code": "SI", "environment": "live"}
    changed = answered(house.live.put(f"/entities/{made['id']}", body))
    assert changed["name"] == "New"


def test_an_entity_is_disabled_and_enabled_as_often_as_one_likes(house: House) -> None:
    made = house.live.new_entity()
    path = f"/entities/{made['id']}"
    house.clock.forward(60)
    off = answered(house.live.post(f"{path}/disable"))
    assert off == {**made, "is_enabled": False, "updated_at": off["updated_at"]}
    before = house.dump()
    assert answered(house.live.post(f"{path}/disable")) == off
    assert house.dump() == before
    # What is disabled goes on in everything but documents.
    assert answered(house.live.put(path, {"city": "Koper"}))["city"] == "Koper"
    assert house.live.about(made["id"]).customer("Ana")["entity_id"] == made["id"]
    on = answered(house.live.post(f"{path}/enable"))
    assert (on["is_enabled"], on["city"]) == (True, "Koper")
    assert answered(house.live.post(f"{path}/enable")) == on


def test_an_entity_can_be_made_and_set_disabled(house: House) -> None:
    made = house.live.new_entity(is_enabled=False, is_tax_subject=False)
    assert (made["is_enabled"], made["is_tax_subject"]) == (False, False)
    assert answered(house.live.put(f"/entities/{made['id']}", {"is_enabled": True}))["is_enabled"] is True


def test_live_and_sandbox_are_two_worlds(house: House) -> None:
    live = house.live.new_entity(name="Live")
    trial = house.sandbox.new_entity(name="Trial", environment="sandbox")
    assert (live["environment"], trial["environment"]) == ("live", "sandbox")
    assert house.live.names("/entities") == ["Wonder Studio", "Wonder Shop", "Live"]
    assert house.live.names("/entities", environment="live") == ["Wonder Studio", "Wonder Shop", "Live"]
    assert house.sandbox.names("/entities") == ["Wonder Trial", "Trial"]
    assert house.sandbox.names("/entities", environment="sandbox") == ["Wonder Trial", "Trial"]
    for caller, foreign in ((house.live, trial), (house.sandbox, live)):
        assert refused(caller.get(f"/entities/{foreign['id']}")) == (404, {})
        assert refused(caller.put(f"/entities/{foreign['id']}", {"name": "New"})) == (404, {})


def test_a_key_makes_and_lists_entities_of_its_own_environment_alone(shared: House) -> None:
    before = shared.dump()
    body = {"name": "Company", "country": "Slovenia", "environment": "sandbox"}
    assert refused(shared.live.post("/entities", body)) == (403, {"environment": "other_environment"})
    assert refused(shared.live.get("/entities", environment="sandbox")) == (
        403,
        {"environment": "other_environment"},
    )
    assert refused(shared.live.get("/entities", environment="test")) == (
        400,
        {"environment": "bad_parameter"},
    )
    assert refused(shared.live.post("/entities", {**body, "environment": "test"})) == (
        422,
        {"environment": "unknown_choice"},
    )
    assert shared.dump() == before


def test_a_key_of_one_entity_sees_it_alone_and_makes_no_other(house: House) -> None:
    own = house.caller(house.cast.studio_key)
    assert own.names("/entities") == ["Wonder Studio"]
    assert answered(own.put(f"/entities/{house.cast.studio}", {"city": "Koper"}))["city"] == "Koper"
    answer = own.post("/entities", {"name": "Company", "country": "Slovenia"})
    assert refused(answer) == (403, {})


TEXTS = (
    "email", "phone", "website", "address", "address_2", "post_code", "city", "state",
    "tax_number", "tax_number_2", "company_number", "fiscal_region_code",
)  # fmt: skip


def test_null_clears_what_may_be_missing_and_empty_texts_come_back_as_given(house: House) -> None:
    made = house.live.new_entity(**dict.fromkeys(TEXTS, "x"), starting_capital=1)
    path = f"/entities/{made['id']}"
    nothing = {**dict.fromkeys(TEXTS), "starting_capital": None}
    cleared = answered(house.live.put(path, nothing))
    assert {name: cleared[name] for name in nothing} == nothing
    empty = answered(house.live.put(path, dict.fromkeys(TEXTS, "")))
    assert {name: empty[name] for name in TEXTS} == dict.fromkeys(TEXTS, "")


def test_a_time_zone_is_one_that_the_world_knows(house: House) -> None:
    made = house.live.new_entity(timezone="Europe/Ljubljana")
    path = f"/entities/{made['id']}"
    assert made["timezone"] == "Europe/Ljubljana"
    for wrong in ("Europe/Atlantis", "../../etc/passwd", "x", "/etc/localtime", "Europe"):
        assert refused(house.live.put(path, {"timezone": wrong})) == (422, {"timezone": "invalid_format"})
    for left_blank in ("", None):
        assert answered(house.live.put(path, {"timezone": left_blank}))["timezone"] == left_blank


def test_a_country_code_is_one_of_a_country(house: House) -> None:
    for wrong in ("zz", "12", "€€"):
        answer = house.live.post("/entities", {"name": "A", "country": "B", "country_code": wrong})
        assert refused(answer) == (422, {"country_code": "invalid_format"})


def test_a_currency_is_three_capital_letters(house: House) -> None:
    made = house.live.new_entity(currency_code="CHF")
    for wrong in ("chf", "€€€", "12A", "ÄÖÜ"):
        answer = house.live.put(f"/entities/{made['id']}", {"currency_code": wrong})
        assert refused(answer) == (422, {"currency_code": "invalid_format"})


def test_null_is_refused_where_a_value_is_needed(shared: House) -> None:
    needed = ("name", "currency_code", "locale", "is_tax_subject", "is_enabled", "country", "country_code")
    for answer in (
        shared.live.put(f"/entities/{shared.cast.studio}", dict.fromkeys(needed)),
        shared.live.post("/entities", dict.fromkeys(needed)),
    ):
        assert refused(answer) == (422, dict.fromkeys(needed, "not_null"))


@pytest.mark.parametrize("number", ["0", "7500", "7500.50", "-0.000001", "999999999999999.999999"])
def test_the_starting_capital_is_kept_exactly(house: House, number: str) -> None:
    body = f'{{"name": "Company", "country": "Slovenia", "starting_capital": {number}}}'.encode()
    made = house.live.post("/entities", body, {"Content-Type": "application/json"})
    assert f'"starting_capital":{number},' in made.text
    assert house.live.get(f"/entities/{answered(made, 201)['id']}").text == made.text


def test_settings_do_not_grow_without_end(house: House) -> None:
    path = f"/entities/{house.live.new_entity()['id']}"
    before = answered(house.live.get(path))
    sizes = []
    for number in range(10):
        texts = {f"space-{number}-{at}": {"de": {"text": "x" * 9_000}} for at in range(5)}
        answer = house.live.put(path, {"settings": {"translations": texts}})
        sizes.append(len(house.live.get(path).content))
        if answer.status_code != 200:
            assert refused(answer)[0] == 422
            break
    assert max(sizes) < 250_000 < 10 * 5 * 9_000
    assert len(before["settings"]) <= len(answered(house.live.get(path))["settings"])
