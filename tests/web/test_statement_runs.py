"""Statement runs at the native door: made, changed, tried dry, started, looked at, canceled."""

from typing import Any

import pytest

from billto.app.parts import Can
from billto.work.scheduler import Scheduler
from tests.web.conftest import OpenHouse
from tests.web.documents import document
from tests.web.house import Caller, House, answered, refused

MONTHLY = {"name": "Monthly", "frequency": "monthly", "day": 31}
RUNS = "/statement-runs"


def run(caller: Caller, **values: Any) -> Any:
    return answered(caller.post(RUNS, {**MONTHLY, **values}), 201)


def owing(caller: Caller, name: str, price: int = 100, **values: Any) -> str:
    """A customer who owes something."""
    id = str(caller.customer(name, **values)["id"])
    document(caller, customer_id=id, items=[{"name": "Work", "price": price, "quantity": 1}])
    return id


def worked_off(house: House) -> None:
    """What is planned by now is done, as `billto serve` does it beside."""
    one = Scheduler(house.server._store, house.clock, Can(frozenset({"email"})))
    while house.run(one.once()):
        pass


def test_a_run_shows_what_was_said_of_it_and_what_was_not(house: House) -> None:
    made = run(house.alice, min_balance=10.5, items="past_due", metadata={"a": "b"})
    assert made["id"].startswith("srun_")
    shown = answered(house.alice.get(f"{RUNS}/{made['id']}"))
    assert shown == made
    assert {name: made[name] for name in ("frequency", "day", "weekday", "date", "hour", "items")} == {
        "frequency": "monthly", "day": 31, "weekday": None, "date": None, "hour": 8, "items": "past_due",
    }  # fmt: skip
    assert (made["min_balance"], made["channel"], made["type"]) == (10.5, "email", "balance_forward")
    assert (made["with_balance_only"], made["include_children"]) == (True, False)
    (plan,) = house.alice.listed("/plans")["data"]
    assert (plan["kind"], plan["subject_id"]) == ("statements", made["id"].removeprefix("srun_"))
    assert plan["next_at"] == "2026-05-31T06:00:00.000Z"  # eight in Ljubljana


def test_another_schedule_is_another_plan_and_says_only_its_own_day(house: House) -> None:
    made = run(house.alice)
    changed = house.alice.patch(f"{RUNS}/{made['id']}", {"frequency": "weekly", "weekday": "friday"})
    assert (answered(changed)["day"], answered(changed)["weekday"]) == (None, "friday")
    assert house.alice.listed("/plans")["data"][0]["next_at"] == "2026-05-08T06:00:00.000Z"
    answered(house.alice.patch(f"{RUNS}/{made['id']}", {"is_paused": True}))
    assert house.alice.listed("/plans")["data"] == []


@pytest.mark.parametrize(
    ("values", "faults"),
    [
        ({"day": None}, {"day": "required"}),
        ({"day": 32, "hour": 24}, {"day": "out_of_range", "hour": "out_of_range"}),
        ({"frequency": "weekly"}, {"weekday": "required"}),
        ({"frequency": "once"}, {"date": "required"}),
        ({"frequency": "once", "date": "2026-04-30"}, {"date": "out_of_range"}),
        ({"frequency": "once", "date": "9999-12-31"}, {"date": "out_of_range"}),
        ({"frequency": "hourly"}, {"frequency": "unknown_choice"}),
        ({"items": "some"}, {"items": "unknown_choice"}),
        ({"min_balance": -1}, {"min_balance": "out_of_range"}),
        ({"min_balance_currency": "XQX"}, {"min_balance_currency": "unknown_currency"}),
        ({"past_due_days": -1}, {"past_due_days": "out_of_range"}),
        ({"name": ""}, {"name": "too_short"}),
        ({"customer_metadata": {"a": 1}}, {"customer_metadata.a": "wrong_type"}),
    ],
)
def test_what_cannot_be_is_refused_by_name(house: House, values: Any, faults: Any) -> None:
    assert refused(house.alice.post(RUNS, {**MONTHLY, **values})) == (422, faults)
    assert house.alice.listed(RUNS)["data"] == house.alice.listed("/plans")["data"] == []


def test_what_is_not_connected_is_said_when_the_run_is_made(open_house: OpenHouse) -> None:
    house = open_house(letters="off")
    answer = house.alice.post(RUNS, {**MONTHLY, "channel": "letter"})
    assert answer.status_code == 503
    assert answer.json()["cause"]["issues"][0]["path"] == ["channel"]


def test_a_preview_says_who_gets_one_and_who_does_not_and_why(house: House) -> None:
    ana = owing(house.alice, "Ana", email="ana@acme.example")
    silent = owing(house.alice, "Silent")
    little = owing(house.alice, "Little", 1, email="little@acme.example")
    made = run(house.alice, min_balance=50)
    seen = answered(house.alice.get(f"{RUNS}/{made['id']}/preview"))
    assert (seen["start"], seen["end"]) == ("2026-04-01T00:00:00.000Z", "2026-04-30T00:00:00.000Z")
    assert (seen["total"], seen["has_more"], seen["next_after"]) == (3, False, None)
    assert {one["customer_id"]: (one["gets_one"], one["reason"]) for one in seen["data"]} == {
        ana: (True, None), silent: (False, "no_recipient"), little: (False, "below_min_balance"),
    }  # fmt: skip
    first = seen["data"][0]
    assert first["recipients"] == [{"address": "ana@acme.example", "name": "Ana"}]
    assert first["balances"] == [{"currency_code": "EUR", "outstanding": 100, "net": 100}]
    some = answered(house.alice.get(f"{RUNS}/{made['id']}/preview?limit=1"))
    assert (some["has_more"], some["next_after"]) == (True, ana)
    others = answered(house.alice.get(f"{RUNS}/{made['id']}/preview?limit=2&after={ana}"))
    assert [one["customer_id"] for one in others["data"]] == [silent, little]
    assert house.alice.listed("/messages")["data"] == []
    assert house.alice.get(f"{RUNS}/{made['id']}/preview?after=x").status_code == 400


def test_a_round_by_hand_tells_how_far_it_has_come_and_whom_it_missed(house: House) -> None:
    ana = owing(house.alice, "Ana", email="ana@acme.example")
    silent = owing(house.alice, "Silent")
    made = run(house.alice, metadata={"run": "1"})
    begun = answered(house.alice.post(f"{RUNS}/{made['id']}/start"), 201)
    assert (begun["state"], begun["total"], begun["seen"], begun["is_by_hand"]) == ("running", 2, 0, True)
    again = house.alice.post(f"{RUNS}/{made['id']}/start")
    assert refused(again)[0] == 409
    worked_off(house)
    path = f"{RUNS}/{made['id']}/rounds"
    one = answered(house.alice.get(f"{path}/{begun['id']}"))
    assert (one["state"], one["seen"], one["queued"]) == ("done", 2, 1)
    assert one["skipped"] == {"no_recipient": 1}
    assert one["unreached"] == [{"customer_id": silent, "reason": "no_recipient"}]
    assert house.alice.listed(path)["data"] == [one]
    (message,) = house.alice.listed("/messages")["data"]
    assert (message["customer_id"], message["kind"], message["metadata"]) == (ana, "statement", {"run": "1"})
    assert message["attachments"][0]["end"] == "2026-04-30"
    assert refused(house.alice.post(f"{path}/{begun['id']}/cancel"))[0] == 409


def test_a_round_may_be_of_some_customers_and_other_days(house: House) -> None:
    ana, bo = (owing(house.alice, name, email="a@acme.example") for name in ("Ana", "Bo"))
    path = f"{RUNS}/{run(house.alice)['id']}"
    nobody = "cust_" + "0" * 24
    for body, faults in (
        ({"customer_ids": [ana, nobody]}, {"customer_ids.1": "unknown_reference"}),
        ({"customer_ids": [ana, "x"]}, {"customer_ids.1": "invalid_format"}),
        ({"start": "2026-05-02", "end": "2026-05-01"}, {"start": "out_of_range"}),
        ({"start": "soon"}, {"start": "wrong_type"}),
    ):
        assert refused(house.alice.post(f"{path}/start", body)) == (422, faults)
    said = {"customer_ids": [bo], "start": "2026-01-01", "end": "2026-03-31"}
    begun = answered(house.alice.post(f"{path}/start", said), 201)
    assert begun["customer_ids"] == [bo]
    assert begun["start"] == "2026-01-01T00:00:00.000Z"
    worked_off(house)
    assert [one["customer_id"] for one in house.alice.listed("/messages")["data"]] == [bo]


def test_a_misspelled_name_does_not_mean_everybody(house: House) -> None:
    id = owing(house.alice, "Ana")
    one = f"{RUNS}/{run(house.alice)['id']}"
    answer = house.alice.post(f"{one}/start", {"customers": [id], "start": "soon"})
    assert refused(answer) == (400, {"customers": "not_offered", "start": "wrong_type"})
    assert house.alice.listed(f"{one}/rounds")["data"] == []


def test_a_round_is_canceled_and_a_repeated_start_starts_nothing(house: House) -> None:
    owing(house.alice, "Ana", email="ana@acme.example")
    path = f"{RUNS}/{run(house.alice)['id']}"
    begun = [
        answered(house.alice.ask("POST", f"{path}/start", {}, {"X-Request-Id": "once"}), 201) for _ in "ab"
    ]
    assert begun[0] == begun[1]
    canceled = answered(house.alice.post(f"{path}/rounds/{begun[0]['id']}/cancel"))
    assert canceled["state"] == "canceled"
    worked_off(house)
    assert house.alice.listed("/messages")["data"] == []


def test_a_run_that_is_deleted_is_planned_no_more(house: House) -> None:
    made = run(house.alice)
    assert house.alice.delete(f"{RUNS}/{made['id']}").status_code == 204
    assert house.alice.listed("/plans")["data"] == []
    assert house.alice.get(f"{RUNS}/{made['id']}").status_code == 404


def test_a_round_is_only_found_under_its_own_run(house: House) -> None:
    mine, other, strange = run(house.alice), run(house.alice), run(house.charlie)
    begun = answered(house.alice.post(f"{RUNS}/{mine['id']}/start"), 201)
    for caller, one in ((house.alice, other), (house.charlie, strange)):
        path = f"{RUNS}/{one['id']}/rounds/{begun['id']}"
        assert caller.get(path).status_code == caller.post(f"{path}/cancel").status_code == 404


def test_there_are_so_many_runs_and_no_more(house: House) -> None:
    for _ in range(100):
        run(house.alice)
    assert house.alice.post(RUNS, MONTHLY).status_code == 409
