"""The clock of a sandbox, as it is moved over the wire."""

from typing import Any

import pytest

from tests.web.house import House, answered, refused


def own(house: House, path: str = "") -> str:
    (entity,) = house.sandbox.listed("/entities")["data"]
    return f"/entities/{entity['id']}{path}"


def test_it_goes_to_a_moment_or_so_many_days_on(house: House) -> None:
    clock = own(house, "/clock")
    before = answered(house.sandbox.get(clock))
    assert (before["ahead_seconds"], before["status"], before["waiting"]) == (0, "ready", 0)
    wanted = {"settings": {"overdue_notifications": {"enabled": True}}}
    answered(house.sandbox.patch(own(house), wanted))
    moved = answered(house.sandbox.post(clock, {"days": 45}))
    assert (moved["ahead_seconds"], moved["status"], moved["waiting"]) == (45 * 86_400, "advancing", 1)
    (plan,) = house.sandbox.listed("/plans")["data"]
    assert (plan["kind"], plan["is_running"], plan["last_at"]) == ("overdue", False, None)
    to = moved["now"].replace(moved["now"][:4], str(int(moved["now"][:4]) + 1))
    assert answered(house.sandbox.post(clock, {"now": to}))["now"][:16] == to[:16]


@pytest.mark.parametrize(
    ("body", "status", "problems"),
    [
        (None, 422, {"now": "required"}),
        ({}, 422, {"now": "required"}),
        ({"days": None, "now": None}, 422, {"now": "required"}),
        ([], 422, {}),
        ({"days": 1, "now": "2030-01-01T00:00:00Z"}, 422, {"days": "out_of_range"}),
        ({"days": -1}, 422, {"days": "wrong_type"}),
        ({"days": True}, 422, {"days": "wrong_type"}),
        ({"days": 3_661}, 422, {"days": "wrong_type"}),
        ({"now": "tomorrow"}, 422, {"now": "wrong_type"}),
        ({"now": "2020-01-01T00:00:00Z"}, 422, {"now": "clock_out_of_range"}),
        ({"now": "9999-12-31T23:59:59Z"}, 422, {"now": "clock_out_of_range"}),
    ],
)
def test_what_no_clock_can_be_set_to_is_refused(
    shared: House, body: Any, status: int, problems: dict[str, str]
) -> None:
    assert refused(shared.sandbox.post(own(shared, "/clock"), body)) == (status, problems)
