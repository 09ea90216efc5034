"""What a customer is made of, and how parts of it follow each other."""

from datetime import UTC, datetime
from typing import Any

import pytest

from billto.domain.customer import TREES_LENGTH_MAX, Customer, changed, made
from billto.domain.problems import Refused

NOW = datetime(2026, 5, 1, tzinfo=UTC)


def customer(**values: Any) -> Customer:
    return made({"name": "Ana", **values}, entity_id="e" * 24, id="c" * 24, now=NOW)


def test_a_person_without_a_name_is_called_by_both_names() -> None:
    ana = made({"first_name": "Ana", "last_name": "Kovač"}, entity_id="e", id="c", now=NOW)
    assert ana.name == "Ana Kovač"
    assert changed(ana, {"last_name": "Novak"}, NOW).name == "Ana Novak"
    renamed = changed(ana, {"name": "A. Kovač"}, NOW)
    assert changed(renamed, {"last_name": "Novak"}, NOW).name == "A. Kovač"
    with pytest.raises(Refused) as refused:
        made({"last_name": ""}, entity_id="e", id="c", now=NOW)
    assert [(one.path, one.code) for one in refused.value.problems] == [(("name",), "required")]


def test_an_end_consumer_is_no_company_unless_it_is_said() -> None:
    assert customer().is_company
    assert not customer(is_end_consumer=True).is_company
    assert customer(is_end_consumer=True, is_company=True).is_company


def test_metadata_and_custom_values_never_share_a_key() -> None:
    one = customer(metadata={"a": "1"}, custom={"b": "2"})
    assert (one.metadata, one.custom) == ({"a": "1"}, {"b": "2"})
    two = changed(one, {"metadata": {"b": "text"}}, NOW)
    assert (two.metadata, two.custom) == ({"b": "text"}, {})


def test_what_clients_fill_as_they_like_is_bounded_together() -> None:
    half = "x" * (TREES_LENGTH_MAX // 2)
    one = customer(data=[{"id": "a", "value": half}])
    with pytest.raises(Refused) as refused:
        changed(one, {"custom": {"k": half}}, NOW)
    assert [(one.path, one.code) for one in refused.value.problems] == [(("custom",), "too_long")]
    assert changed(one, {"city": "Koper"}, NOW).city == "Koper"
    assert changed(one, {"data": None, "custom": {"k": half}}, NOW).custom == {"k": half}
