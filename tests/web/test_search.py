"""`search`: every word somewhere in the texts of a record, in any case and accents; no sign is special."""

from typing import Any

import pytest

from tests.web.house import House, answered, refused

CUSTOMERS: list[dict[str, Any]] = [
    {"name": "Ljubljanske mlekarne", "city": "Ljubljana", "email": "Info@Mlekarna.SI"},
    {"name": "Łódź Straße Ørsted", "address": "Großmannstraße 7", "city": "Ærøskøbing"},
    {"name": "ΑΘΉΝΑ Μεταφορές", "address_2": "Ναύπλιο", "state": "Αττική"},
    {"name": "Ёлка и Йод", "post_code": "101000", "country": "Россия"},
    {"name": "株式会社ビルト", "city": "東京"},
    {"name": "100% Cotton_Wool \\ Co", "tax_number": "SI 12345678", "company_number": "99-88"},
    {"name": "İstanbul Çiçek", "peppol_id": "0088:1234567890123", "peppol_scheme_id": "9906"},
    {"name": "Quotes ' and \"", "metadata": {"order_id": "A-0042", "note": "Žižek's café"}},
    {"name": "Ж", "email": "z@z.example"},
    {"name": "שלום עולם", "city": "ירושלים"},
    {"name": "e\u0301te\u0301 (combining)", "metadata": {"tier": "gold"}},
]
NAMES = [one["name"] for one in CUSTOMERS]


@pytest.fixture(scope="module")
def house(shared: House) -> House:
    for fields in CUSTOMERS:
        shared.shopkeeper.customer(**fields)
    return shared


def found(house: House, search: str, **more: Any) -> list[int]:
    """Which of the customers a search finds, by their places."""
    page = house.shopkeeper.listed(search=search, limit=100, **more)
    assert page["pagination"]["total"] == len(page["data"])
    return [NAMES.index(one["name"]) for one in page["data"] if one["name"] in NAMES]


@pytest.mark.parametrize(
    ("search", "places"),
    [
        # case and accents, in every script
        ("ljubljana", [0]),
        ("LJUBLJANSK", [0]),
        ("MLEKARNA.si", [0]),
        ("lodz", [1]),
        ("ŁÓDŹ", [1]),
        ("strasse", [1]),
        ("STRAßE", [1]),
        ("orsted", [1]),
        ("aeroskobing", [1]),
        ("grossmann", [1]),
        ("αθηνα", [2]),
        ("Αθήνα", [2]),
        ("ναυπλιο", [2]),
        ("ΜΕΤΑΦΟΡΕΣ", [2]),
        ("елка", [3]),
        ("ЁЛКА", [3]),
        ("иод", [3]),
        ("россия", [3]),
        ("株式", [4]),
        ("ビルト", [4]),
        ("東", [4]),
        ("istanbul", [6]),
        ("ISTANBUL", [6]),
        ("cicek", [6]),
        ("שלום", [9]),
        ("ete", [10]),
        ("été", [10]),
        # every field
        ("großmannstraße 7", [1]),
        ("αττικη", [2]),
        ("101000", [3]),
        ("si 1234", [5]),
        ("99-88", [5]),
        ("0088:12345", [6]),
        ("9906", [6]),
        # values of metadata, not their keys
        ("a-0042", [7]),
        ("cafe", [7]),
        ("žižek's", [7]),
        ("GOLD", [10]),
        ("order_id", []),
        ("tier", []),
        # one and two letters
        ("ж", [8]),
        ("0", [3, 5, 6, 7]),
        ("00", [3, 5, 6, 7]),
        ("lj", [0]),
        ("%", [5]),
        ("_", [5]),
        ("\\", [5]),
        ("'", [7]),
        ('"', [7]),
        (".", [0, 8]),
        ("東京", [4]),
        ("zz", []),
        # signs are signs
        ("100%", [5]),
        ("%cotton", []),
        ("c_tton", []),
        ("cotton_wool", [5]),
        ("cotton%wool", []),
        ("*", []),
        ("mlek*", []),
        ("^ljub", []),
        (".*", []),
        ("ljubljana OR lodz", []),
        ("NOT zzz", []),
        ('"ljubljana"', []),
        ("'; DROP TABLE customer; --", []),
        ("name:lodz", []),
        # several words, in any order, each anywhere
        ("ljubljana mlekarne", [0]),
        ("mlekarne ljubljana", [0]),
        ("si mlek", [0]),
        ("lodz ljubljana", []),
        ("  ljubljana   info  ", [0]),
        ("info\tljubljana\n", [0]),
        ("gold ete", [10]),
        # no term reaches from one field into the next
        ("mlekarneinfo", []),
        ("rstedgross", []),
        ("\x1f", list(range(11))),
        ("ljub\x1fljana", [0]),
    ],
)
def test_a_search_finds_its_words_and_nothing_else(house: House, search: str, places: list[int]) -> None:
    assert found(house, search) == places


def test_a_search_without_words_asks_for_nothing(house: House) -> None:
    for blank in ("", " ", "\t\n", "\u2003"):
        assert found(house, blank) == list(range(len(NAMES)))


def test_searching_goes_with_conditions_and_order(house: House) -> None:
    assert found(house, "0", order_by="-name") == sorted([3, 5, 6, 7], key=lambda at: NAMES[at], reverse=True)
    assert found(house, "0", query={"country": "Россия"}) == [3]
    assert found(house, "0", query={"country": None}) == [5, 6, 7]
    assert found(house, "0", deleted=True) == []


@pytest.mark.parametrize("search", ["x" * 501, " ".join(f"w{at}" for at in range(21)), "nul\0"])
def test_a_search_has_bounds(house: House, search: str) -> None:
    assert refused(house.alice.get("/customers", search=search)) == (400, {"search": "bad_parameter"})


@pytest.mark.parametrize("search", ["x" * 500, " ".join(f"w{at}" for at in range(20))])
def test_a_search_up_to_its_bounds_is_answered(house: House, search: str) -> None:
    assert found(house, search) == []


def test_entities_are_searched_too(house: House) -> None:
    made = house.live.new_entity("Čudežna dežela", address="Zajčja luknja 1", metadata={"group": "Sever"})
    for search in ("cudezna", "ZAJCJA 1", "sever", "ču", "slovenia", "SI"):
        assert made["name"] in house.live.names("/entities", search=search), search
    for search in ("group", "čudežna vas", "live"):
        assert house.live.names("/entities", search=search) == []


def test_a_search_reads_its_own_writes(house: House) -> None:
    made = house.alice.customer("Zanzibar Traders")
    path = f"/customers/{made['id']}"
    assert house.alice.names(search="zanzibar") == ["Zanzibar Traders"]
    answered(house.alice.patch(path, {"name": "Madagascar Traders", "metadata": {"was": "Zanzibar"}}))
    assert house.alice.names(search="madagascar") == ["Madagascar Traders"]
    assert house.alice.names(search="zanzibar") == ["Madagascar Traders"]
    answered(house.alice.patch(path, {"metadata": None}))
    assert house.alice.names(search="zanzibar") == []
    house.alice.delete(path)
    assert house.alice.names(search="madagascar") == []
    assert house.alice.names(search="madagascar", deleted=True) == ["Madagascar Traders"]
    house.alice.post(f"{path}/restore")
    assert house.alice.names(search="ma") == ["Madagascar Traders"]
    house.alice.delete(path)
    house.alice.delete(f"{path}/permanent")
    assert house.alice.names(search="madagascar", deleted=True) == []


def test_a_search_stays_within_its_entity(house: House) -> None:
    assert house.alice.names(search="ljubljanske") == []
    assert house.charlie.names(search="a") == []
    assert house.charlie.names(search="bucket") == ["Mr Bucket"]
    assert house.charlie.names("/entities", search="wonder") == []
