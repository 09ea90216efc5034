import json
from importlib import import_module
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billto.domain.countries import COUNTRIES, Country, country
from billto.domain.countries.world import world
from billto.domain.languages import LANGUAGES
from billto.domain.problems import Problem
from billto.domain.settings import APART, TREE, check, completed, defaults, json_schema, made, merged
from tests.domain.golden import golden


def spelt(tree: object) -> str:
    """A tree with its order: what `==` on dictionaries does not see."""
    return json.dumps(tree, ensure_ascii=False)


# What a new entity has


@pytest.mark.parametrize(
    ("name", "code", "locale"), [("entity_us", "US", "en-US"), ("entity_si", "SI", "sl-SI")]
)
def test_a_new_entity_has_the_settings_of_the_documented_example(name: str, code: str, locale: str) -> None:
    assert spelt(defaults(country(code), locale)) == spelt(golden(name)["settings"])


def test_a_changed_slovenian_entity_in_english_has_the_settings_of_the_documented_example() -> None:
    slovenia = country("SI")
    shown = completed(defaults(slovenia, "en-US"), slovenia)
    assert spelt(shown) == spelt(golden("entity_updated_si")["settings"])


@pytest.mark.parametrize("code", sorted(world()))
def test_the_defaults_of_every_country_are_settings(code: str) -> None:
    own = country(code)
    start = defaults(own, own.locale)
    assert check(completed(start, own)) == (completed(start, own), [])
    assert (start["tax_rules"] is not None) == own.in_eu


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.code)
def test_the_texts_of_every_language_use_placeholders_that_exist(language: Any) -> None:
    start = defaults(country("SI"), language.code)
    assert check(start) == (start, [])
    assert "{invoice_list}" in language.overdue_body
    assert all("{document_number}" in text for text in language.email_defaults.values())


def test_two_entities_share_nothing_that_could_be_changed() -> None:
    slovenia = country("SI")
    first: Any = completed(defaults(slovenia, "sl"), slovenia)
    first["overdue_notifications"]["threshold_days"].append(60)
    first["tax_rules"]["eu"]["auto_reverse_charge"] = True
    first["slovenia"]["accounting_exports"]["konto_mappings"]["payables"] = "1"
    first["tax_clause_defaults"]["export"] = "x"
    second = completed(defaults(slovenia, "sl"), slovenia)
    assert spelt(second["slovenia"]) == spelt(golden("entity_updated_si")["settings"]["slovenia"])
    assert spelt(defaults(slovenia, "sl")) == spelt(golden("entity_si")["settings"])


def test_what_is_given_at_creation_wins_and_the_defaults_fill_the_rest() -> None:
    given_ = {
        "number_formats": {"invoice": "INV-{n}"},
        "tax_rules": {"eu": {"auto_reverse_charge": True}},
        "overdue_notifications": {"threshold_days": [3]},
        "document_footer": None,
        "furs": {"enabled": True},
    }
    settings = made(country("SI"), "sl-SI", given_)
    start = golden("entity_si")["settings"]
    start["number_formats"]["invoice"] = "INV-{n}"
    start["tax_rules"]["eu"]["auto_reverse_charge"] = True
    start["overdue_notifications"]["threshold_days"] = [3]
    start["document_footer"] = None
    start["furs"] = {"enabled": True}
    assert spelt(settings) == spelt(start)


def test_completing_keeps_what_was_set_and_fills_the_rest() -> None:
    slovenia = country("SI")
    given_ = {"slovenia": {"tax_residency": "non_resident", "vat_profile": "standard"}}
    settings: Any = completed(given_, slovenia)
    assert settings["slovenia"]["tax_residency"] == "non_resident"
    assert settings["slovenia"]["vat_profile"] == "standard"
    assert settings["slovenia"]["accounting_exports"]["preferred_format"] == "vod_xml"
    assert completed({"slovenia": None}, slovenia) == {"slovenia": None}
    assert completed({}, country("US")) == {}


# What may be given


def test_the_tree_knows_every_key_of_the_full_documented_object() -> None:
    full = golden("entity_full")["settings"]
    found, problems = check(full)
    assert spelt(found) == spelt(full)
    # The example says "string" everywhere; it is refused only where a text has to have a form.
    forms = [("number_formats", name) for name in full["number_formats"]]
    others = [("fina", "operator_oib"), ("pt", "operator_tax_number"), ("upn_qr", "purpose_code")]
    assert [problem.path[1:] for problem in problems] == [*forms, ("primary_color",), *others]
    assert {problem.code for problem in problems} <= {"invalid_format", "too_long"}


def test_the_tree_shows_its_keys_in_the_documented_order() -> None:
    full = list(golden("entity_full")["settings"])
    assert list(TREE.fields)[: len(full)] == full


def test_every_problem_is_found_with_its_path() -> None:
    _, problems = check(
        {
            "pdf_template": "baroque",
            "number_formats": {"invoice": "{yyyy}", "expense": "{u}{n}"},
            "unit_number_formats": {"invoice": "{u}-{n}"},
            "default_invoice_due_days": "30",
            "default_estimate_valid_days": -1,
            "document_footer": "{entity_nmae} {nothing}",
            "has_logo": 1,
            "furs": {"environment": "staging", "enabled": None},
            "overdue_notifications": {"threshold_days": [7, None, 1.5], "email_subject": "x" * 256},
            "bank_accounts": [{"iban": "SI56"}, None, {"iban": 5, "is_default": "yes"}],
            "translations": {"mail": {"de": {"subject": 5}}},
            "hub3_qr": {"reference_model": "SI00"},
            "epc_qr": True,
        }
    )
    said = {".".join(map(str, problem.path)): problem.code for problem in problems}
    assert said == {
        "settings.pdf_template": "unknown_choice",
        "settings.number_formats.invoice": "invalid_format",
        "settings.number_formats.expense": "invalid_format",
        "settings.default_invoice_due_days": "wrong_type",
        "settings.default_estimate_valid_days": "out_of_range",
        "settings.document_footer": "unknown_placeholder",
        "settings.has_logo": "wrong_type",
        "settings.furs.environment": "unknown_choice",
        "settings.furs.enabled": "not_null",
        "settings.overdue_notifications.threshold_days.1": "not_null",
        "settings.overdue_notifications.threshold_days.2": "wrong_type",
        "settings.overdue_notifications.email_subject": "too_long",
        "settings.bank_accounts.1": "not_null",
        "settings.bank_accounts.2.iban": "wrong_type",
        "settings.bank_accounts.2.is_default": "wrong_type",
        "settings.translations.mail.de.subject": "wrong_type",
        "settings.hub3_qr.reference_model": "invalid_format",
        "settings.epc_qr": "wrong_type",
    }


def test_an_unknown_placeholder_is_named() -> None:
    assert check({"receipt_note": "{entity_nmae} {iban} {x.y}"})[1] == [
        Problem("unknown_placeholder", ("settings", "receipt_note"), "{entity_nmae}, {x.y}")
    ]


@pytest.mark.parametrize(
    ("key", "value", "code"),
    [
        ("logo_scale_percent", float("nan"), "out_of_range"),
        ("logo_scale_percent", float("inf"), "out_of_range"),
        ("logo_scale_percent", 10**400, "out_of_range"),
        ("logo_scale_percent", True, "wrong_type"),
        ("default_invoice_due_days", True, "wrong_type"),
        ("default_invoice_due_days", 10**400, "out_of_range"),
        ("number_sequence_starts", {"invoice": 0}, "out_of_range"),
        ("number_formats", {"invoice": 5}, "wrong_type"),
        ("number_formats", {"invoice": "\x00{n}"}, "invalid_text"),
        ("pdf_template", 5, "wrong_type"),
        ("document_footer", "a\x00b", "invalid_text"),
        ("document_footer", "a\ud800b", "invalid_text"),
        ("bank_accounts", {}, "wrong_type"),
        ("bank_accounts", [{}] * 51, "too_many"),
        ("email", [], "wrong_type"),
        ("email", {str(n): "x" for n in range(51)}, "too_many"),
        ("email", {"": "x"}, "invalid_format"),
        ("email", {"k" * 101: "x"}, "invalid_format"),
        ("email", {"a\x00": "x"}, "invalid_format"),
        ("upn_qr", [], "wrong_type"),
    ],
)
def test_what_cannot_be_kept_is_refused(key: str, value: object, code: str) -> None:
    assert [problem.code for problem in check({key: value})[1]] == [code]


def test_a_whole_number_may_be_written_with_a_point() -> None:
    assert spelt(check({"default_invoice_due_days": 30.0})[0]) == '{"default_invoice_due_days": 30}'


def test_translations_are_texts_under_keys_to_some_depth() -> None:
    kept = {"translations": {"footer": {"de": "Danke", "fr": {"short": "Merci {entity_name}"}}, "note": "Hi"}}
    assert check(kept) == (kept, [])
    too_deep = {"translations": {"a": {"b": {"c": {"d": "x"}}}}}
    assert check(too_deep)[1] == [Problem("wrong_type", ("settings", "translations", "a", "b", "c"), "text")]
    keys = {"translations": {"a": {str(n): "x" for n in range(101)}}}
    assert check(keys)[1] == [Problem("too_many", ("settings", "translations", "a"), "100")]


def test_a_blank_form_field_passes_whatever_its_form() -> None:
    blank = {"primary_color": "", "fina": {"operator_oib": ""}, "upn_qr": {"purpose_code": ""}}
    assert check(blank) == (blank, [])


def test_a_nested_value_may_be_null_unless_it_is_yes_or_no() -> None:
    kept = {"furs": {"environment": None, "operator_label": None}, "number_formats": {"invoice": None}}
    assert check(kept) == (kept, [])


def test_unknown_keys_are_passed_over_at_every_level() -> None:
    assert check({"novelty": 1, "epc_qr": {"enabled": True, "novelty": {}}}) == (
        {"epc_qr": {"enabled": True}},
        [],
    )


def test_nothing_given_is_nothing_said() -> None:
    assert check(None) == ({}, [])
    assert check({}) == ({}, [])


@pytest.mark.parametrize("given_", ["x", 5, [], True])
def test_settings_are_an_object(given_: object) -> None:
    assert check(given_) == ({}, [Problem("wrong_type", ("settings",), "an object")])


@pytest.mark.parametrize("key", TREE.fields)
def test_null_clears_every_top_level_key(key: str) -> None:
    assert check({key: None}) == ({key: None}, [])


# How a change is laid over


def test_a_given_key_replaces_the_old_one_whole_and_omitted_keys_stay() -> None:
    old = defaults(country("SI"), "sl-SI")
    new = merged(old, {"number_formats": {"invoice": "{n}"}, "document_footer": None, "has_logo": True})
    assert new == {**old, "number_formats": {"invoice": "{n}"}, "document_footer": None, "has_logo": True}


def test_translations_merge_by_namespace() -> None:
    old = {"translations": {"mail": {"de": {"a": "1"}}, "pdf": {"de": {"b": "2"}}, "web": {"de": {"c": "3"}}}}
    new = merged(old, {"translations": {"mail": {"fr": {"a": "4"}}, "pdf": None}})
    assert new == {"translations": {"mail": {"fr": {"a": "4"}}, "web": {"de": {"c": "3"}}}}
    assert merged({}, {"translations": {"mail": {}}}) == {"translations": {"mail": {}}}
    assert merged(old, {"translations": None}) == {"translations": None}


def test_starts_of_units_merge_by_document_and_unit() -> None:
    old = {"unit_number_sequence_starts": {"invoice": {"a": 1, "b": 2}, "estimate": {"a": 3}}}
    new = merged(old, {"unit_number_sequence_starts": {"invoice": {"b": 5, "c": 6, "a": None}}})
    assert new == {"unit_number_sequence_starts": {"invoice": {"b": 5, "c": 6}, "estimate": {"a": 3}}}


def test_what_is_set_apart_is_neither_judged_nor_changed_by_a_change() -> None:
    sent = {key: {"enabled": "perhaps"} for key in APART} | {"has_logo": True}
    assert check(sent, changing=True) == ({"has_logo": True}, [])
    assert merged({"furs": {"enabled": True}}, {"furs": None, "fina": {}}) == {"furs": {"enabled": True}}
    assert {problem.path[1] for problem in check({"furs": {"enabled": "perhaps"}})[1]} == {"furs"}


def test_a_change_shares_nothing_with_what_it_came_from() -> None:
    old = {"email": {"name": "A"}}
    new: Any = merged(old, {"epc_qr": {"enabled": True}})
    new["email"]["name"] = "B"
    assert old == {"email": {"name": "A"}}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=12,
)
GIVEN = st.dictionaries(st.sampled_from(sorted(TREE.fields)) | st.text(max_size=5), JSON, max_size=8)


@given(GIVEN)
def test_any_tree_is_settings_or_problems(tree: dict[str, object]) -> None:
    found, problems = check(tree)
    assert set(found) <= set(TREE.fields)
    assert all(problem.path[0] == "settings" for problem in problems)
    if not problems:
        assert check(found) == (found, [])


@given(GIVEN, GIVEN)
def test_the_same_change_twice_changes_nothing_more(old: dict[str, object], new: dict[str, object]) -> None:
    once = merged(check(old)[0], check(new)[0])
    assert spelt(merged(once, check(new)[0])) == spelt(once)


# What developers read


def test_the_schema_says_of_every_key_what_it_takes() -> None:
    schema: Any = json_schema()
    keys = schema["properties"]
    assert list(keys) == list(TREE.fields)
    assert all("null" in key["type"] for key in keys.values())
    assert keys["pdf_template"]["enum"][0] == "modern"
    assert keys["pdf_template"]["enum"][-1] is None
    assert keys["has_logo"] == {"type": ["boolean", "null"]}
    assert keys["epc_qr"]["properties"] == {"enabled": {"type": "boolean"}}
    assert keys["default_invoice_due_days"] == {"type": ["integer", "null"], "minimum": 0, "maximum": 3650}
    assert keys["bank_accounts"]["items"]["properties"]["iban"] == {
        "type": ["string", "null"],
        "maxLength": 50,
    }
    json.dumps(schema)


@pytest.mark.parametrize("own", COUNTRIES, ids=lambda own: own.code)
def test_the_schema_agrees_with_the_check_on_the_defaults_of_every_country(own: Country) -> None:
    import_module("jsonschema").validate(completed(defaults(own, own.locale), own), json_schema())
