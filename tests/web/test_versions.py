"""No update is lost: ETag and If-Match, and changes of different fields at once."""

import asyncio
from typing import Any

import pytest

from tests.web.conftest import OpenHouse
from tests.web.house import House, answered, refused


def test_every_version_has_its_tag(house: House) -> None:
    made = house.alice.post("/customers", {"name": "Ana"})
    path = f"/customers/{made.json()['id']}"
    steps = [
        made,
        house.alice.patch(path, {"city": "Koper"}),
        house.alice.patch(path, {"city": "Koper"}),
        house.alice.get(path),
        house.alice.patch(path, {"city": None}),
        house.alice.post(f"{path}/restore"),
    ]
    assert [one.headers["etag"] for one in steps] == ['"1"', '"2"', '"2"', '"2"', '"3"', '"3"']
    assert house.alice.delete(path).headers.get("etag") is None
    assert house.alice.get(path).headers["etag"] == '"4"'
    assert house.live.get(f"/entities/{house.cast.studio}").headers["etag"] == '"1"'
    assert house.live.post(f"/entities/{house.cast.studio}/disable").headers["etag"] == '"2"'


@pytest.mark.parametrize("tag", ['"1"', 'W/"1"', "*", " * ", '"7", "1"', 'W/"1", "2"', "1"])
def test_a_change_of_the_version_one_has_seen_is_made(house: House, tag: str) -> None:
    path = f"/customers/{house.cast.white_rabbit}"
    changed = house.alice.patch(path, {"city": "Koper"}, {"If-Match": tag})
    assert (answered(changed)["city"], changed.headers["etag"]) == ("Koper", '"2"')


@pytest.mark.parametrize(
    "tag", ['"2"', '"0"', 'W/"2"', '"x"', "x", '""', '"-1"', '"²"', '"2", "3"', '"' + "1" * 99 + '"']
)
def test_a_change_of_another_version_is_refused(shared: House, tag: str) -> None:
    before = shared.dump()
    rabbit, studio = f"/customers/{shared.cast.white_rabbit}", f"/entities/{shared.cast.studio}"
    own = [(key.lower().encode(), value.encode()) for key, value in shared.alice.headers.items()]
    given = (b"if-match", tag.encode("latin-1"))
    for method, path, body in (
        ("PATCH", rabbit, b'{"city": "Koper"}'),
        ("DELETE", rabbit, b""),
        ("POST", f"{rabbit}/restore", b""),
        ("DELETE", f"/customers/{shared.cast.mad_hatter}/permanent", b""),
        ("PUT", studio, b'{"city": "Koper"}'),
        ("POST", f"{studio}/disable", b""),
    ):
        # The Hatter was trashed, which made his second version.
        if "permanent" in path and "2" in tag:
            continue
        answer = shared.raw(method, path, headers=[*own, given], body=body)
        assert refused(answer) == (412, {})
    assert shared.dump() == before


def test_what_is_not_there_is_not_found_whatever_its_version(shared: House) -> None:
    answer = shared.alice.patch(f"/customers/{shared.cast.duchess}", {"name": "A"}, {"If-Match": "*"})
    assert refused(answer) == (404, {})


@pytest.mark.parametrize("tag", ['"1"', 'W/"1"', "*", '"5", "1"'])
def test_what_one_has_already_is_not_sent_again(shared: House, tag: str) -> None:
    for path in (f"/customers/{shared.cast.white_rabbit}", f"/entities/{shared.cast.shop}"):
        answer = shared.alice.ask("GET", path, headers={"If-None-Match": tag})
        assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", '"1"')
        answer = shared.alice.ask("GET", path, headers={"If-None-Match": '"2"'})
        assert (answer.status_code, answer.headers["etag"]) == (200, '"1"')


def test_of_ten_writers_of_one_version_one_wins(open_house: OpenHouse) -> None:
    houses = [open_house(), open_house()]
    path = f"/customers/{houses[0].cast.white_rabbit}"
    answers = houses[0].at_once(
        *(
            houses[at % 2].alice.asking("PATCH", path, {"city": f"city {at}"}, {"If-Match": '"1"'})
            for at in range(10)
        )
    )
    assert sorted(one.status_code for one in answers) == [200] + [412] * 9
    (winner,) = (one.json() for one in answers if one.status_code == 200)
    assert answered(houses[1].alice.get(path)) == winner


def test_changes_of_different_fields_at_once_are_all_kept(open_house: OpenHouse) -> None:
    houses = [open_house(), open_house()]
    path = f"/customers/{houses[0].cast.white_rabbit}"
    fields = ("email", "address", "address_2", "post_code", "city", "state", "tax_number", "peppol_id")

    async def rounds() -> None:
        for number in range(5):
            answers = await asyncio.gather(
                *(
                    houses[at % 2].alice.asking("PATCH", path, {field: f"{field} {number}"})
                    for at, field in enumerate(fields)
                )
            )
            assert [one.status_code for one in answers] == [200] * 8

    houses[0].run(rounds())
    kept: Any = houses[1].alice.get(path)
    assert {field: kept.json()[field] for field in fields} == {field: f"{field} 4" for field in fields}
    assert kept.headers["etag"] == '"41"'
