"""Cadences, tasks and stored words at the door that speaks Invoiced; what the native one tells of them."""

from typing import Any

import pytest

from tests.web.house import House, answered
from tests.web.invoiced import DAY, MAY, Books, Company, refused

STEPS = [
    {"name": "Ask", "action": "email", "schedule": "age:0"},
    {"name": "Call", "action": "phone", "schedule": "past_due_age:0", "assigned_user_id": 3},
]
CADENCES = ("/chasing_cadences", "/customer_chasing_cadences")


@pytest.fixture
def shop(house: House) -> Books:
    return Books(house, name="Acme", email="billing@acme.example", number="C-7", currency="usd")


def cadence(shop: Company, **values: Any) -> Any:
    answer = shop.post("/chasing_cadences", {"name": "Gently", "steps": STEPS, **values})
    assert answer.status_code == 201, answer.text
    return answer.json()


def test_a_cadence_is_the_documented_object(shop: Books) -> None:
    made = cadence(shop, time_of_day=7, frequency="day_of_month", run_date=7, min_balance=49.5)
    first, second = made.pop("steps")
    assert {name: made[name] for name in made if name not in ("id", "created_at", "updated_at")} == {
        "assignment_conditions": None, "assignment_mode": "none", "frequency": "day_of_month",
        "last_run": None, "min_balance": 49.5, "name": "Gently",
        # The seventh of May at seven in New York, where an American shop is unless it says otherwise.
        "next_run": made["next_run"], "num_customers": 0, "object": "chasing_cadence", "paused": False,
        "run_date": 7, "run_days": None, "time_of_day": 7,
    }  # fmt: skip
    assert MAY + 6 * DAY <= made["next_run"] <= MAY + 8 * DAY
    assert first == {
        "action": "email", "assigned_user_id": None, "created_at": MAY + 12 * 3600,
        "email_template_id": None, "id": first["id"], "name": "Ask", "schedule": "age:0",
        "sms_template_id": None, "updated_at": MAY + 12 * 3600,
    } | {name: first[name] for name in ("created_at", "updated_at")}  # fmt: skip
    assert second["id"] == first["id"] + 1


@pytest.mark.parametrize("all_", CADENCES)
def test_a_cadence_from_its_beginning_to_its_end(shop: Books, all_: str) -> None:
    made = shop.made(all_, {"name": "Gently", "steps": STEPS, "run_days": [1, 3], "frequency": "day_of_week"})
    assert made["run_days"] == "1,3"
    one = f"{all_}/{made['id']}"
    assert shop.get(one).json() == made
    assert shop.patch(one, made).json() == made
    changed = shop.patch(one, {"paused": True, "run_days": "7"}).json()
    assert (changed["paused"], changed["run_days"], changed["next_run"]) == (True, "7", None)
    assert [other["id"] for other in shop.listed(all_, "filter[name]=Gently")] == [made["id"]]
    assert shop.listed("/invoice_chasing_cadences") == shop.listed("/chasing_cadences")
    assert shop.ask("DELETE", one).status_code == 204
    assert refused(shop.get(one)) == (404, f"Chasing cadence was not found: {made['id']}", None)


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({"time_of_day": 24}, "time_of_day"),
        ({"frequency": "hourly"}, "frequency"),
        ({"frequency": "day_of_week"}, "run_days"),
        ({"run_days": "8"}, "run_days"),
        ({"assignment_mode": "conditions"}, "assignment_mode"),
        ({"assignment_conditions": "a > b"}, "assignment_conditions"),
        ({"steps": 5}, "steps"),
        ({"steps": [5]}, "steps"),
        ({"steps": [{"action": "email"}]}, "steps"),
        ({"steps": [{"action": "fax", "schedule": "age:1"}]}, "steps"),
        ({"steps": [{"action": "email", "schedule": "soon"}]}, "steps"),
        ({"steps": [{"action": "email", "schedule": "age:1", "email_template_id": "nope"}]}, "steps"),
        ({"steps": [STEPS[0]] * 51}, "steps"),
        ({"name": None}, "name"),
    ],
)
def test_what_is_no_cadence_is_refused(shop: Books, body: Any, param: str) -> None:
    answer = shop.post("/chasing_cadences", {"name": "Gently", **body})
    assert (refused(answer)[0], refused(answer)[2]) == (400, param)
    assert shop.listed("/chasing_cadences") == []


def test_customers_are_assigned_counted_and_keep_it_from_changing(shop: Books) -> None:
    made = cadence(shop)
    one = f"/chasing_cadences/{made['id']}"
    other = shop.customer("Other")["id"]
    assert shop.post(f"{one}/assign", {"customers": [shop.of, other]}).json()["num_customers"] == 2
    assert shop.get(f"/customers/{other}").json()["chasing_cadence"] == made["id"]
    assert [each["num_customers"] for each in shop.listed("/chasing_cadences")] == [2]
    later = {"steps": [{**made["steps"][0], "schedule": "age:9"}, made["steps"][1]]}
    assert refused(shop.patch(one, later)) == (
        400,
        "Steps cannot be changed once customers are assigned",
        "steps",
    )
    renamed = {"steps": [{**made["steps"][0], "name": "Ask nicely"}, made["steps"][1]]}
    assert shop.patch(one, renamed).json()["steps"][0]["name"] == "Ask nicely"
    assert refused(shop.ask("DELETE", one))[0] == 400
    assert refused(shop.post(f"{one}/assign", {"customers": [10**9]}))[0] == 400
    assert refused(shop.post(f"{one}/assign", {"customers": "all"}))[2] == "customers"


def test_a_step_is_named_once(shop: Books) -> None:
    made = cadence(shop)
    one, (first, second) = f"/chasing_cadences/{made['id']}", made["steps"]
    for steps in ([first, first], [first, second, {**second, "name": "Again"}]):
        said = f"Step {steps[-1]['id']} is named twice"
        assert refused(shop.patch(one, {"steps": steps})) == (400, said, "steps")
    assert shop.get(one).json()["steps"] == made["steps"]
    assert shop.patch(one, {"steps": [second, first]}).json()["steps"] == [second, first]


def test_a_customer_names_what_exists(shop: Books) -> None:
    made = cadence(shop)
    of = f"/customers/{shop.of}"
    assert refused(shop.patch(of, {"chasing_cadence": 10**9}))[2] == "chasing_cadence"
    assert refused(shop.patch(of, {"next_chase_step": made["steps"][0]["id"]}))[2] == "next_chase_step"
    said = {"chasing_cadence": made["id"], "next_chase_step": made["steps"][1]["id"]}
    assert {name: shop.patch(of, said).json()[name] for name in said} == said
    assert refused(shop.post("/customers", {"name": "x", "chasing_cadence": 10**9}))[2] == "chasing_cadence"
    # Clients send whole records back with one field changed.
    other = cadence(shop)
    moved = shop.patch(of, {**shop.get(of).json(), "chasing_cadence": other["id"]}).json()
    assert (moved["chasing_cadence"], moved["next_chase_step"]) == (other["id"], None)


def test_new_customers_get_the_default(shop: Books) -> None:
    made = cadence(shop, assignment_mode="default")
    assert shop.customer("New", chasing_cadence=None)["chasing_cadence"] == made["id"]
    again = shop.post("/chasing_cadences", {"name": "x", "assignment_mode": "default"})
    assert refused(again)[2] == "assignment_mode"


def test_a_run_now_sends_what_is_due_and_the_native_door_tells_of_it(shop: Books) -> None:
    made = cadence(shop)
    shop.patch(f"/customers/{shop.of}", {"chasing_cadence": made["id"]})
    invoice = shop.invoice(100)
    run = f"/chasing_cadences/{made['id']}/run"
    assert shop.post(run).json() == {"after": None, "customers": 1, "fired": 1, "skipped": 0}
    assert shop.post(run).json() == {"after": None, "customers": 1, "fired": 0, "skipped": 1}
    assert shop.get(f"/chasing_cadences/{made['id']}").json()["last_run"] >= MAY
    native = shop.house.caller(shop.key)
    (acme,) = (one for one in native.listed("/customers")["data"] if one["name"] == "Acme")
    told = answered(native.get(f"/customers/{acme['id']}/dunning"))
    (step,) = told["steps"]
    assert (step["name"], step["action"], step["state"], step["reason"]) == ("Ask", "email", "done", None)
    assert step["document_id"].startswith("inv_")
    assert (told["on_hold"], told["hold"], told["is_finished"]) == (False, None, False)
    assert told["cadence"] == {"id": made["id"], "name": "Gently"}
    assert told["next_step"]["name"] == "Call"
    assert told["next_step"]["date"] is None  # it has no due date
    assert invoice["number"] in answered(native.get(f"/messages/{step['message_id']}"))["body_text"]
    shop.patch(f"/chasing_cadences/{made['id']}", {"paused": True})
    assert refused(shop.post(run))[:2] == (400, "The cadence is paused")


def test_a_hold_is_ordered_at_one_door_and_obeyed_at_the_other(shop: Books) -> None:
    made = cadence(shop)
    shop.patch(f"/customers/{shop.of}", {"chasing_cadence": made["id"]})
    shop.invoice(100)
    native = shop.house.caller(shop.key)
    (acme,) = (one for one in native.listed("/customers")["data"] if one["name"] == "Acme")
    one, run = f"/customers/{acme['id']}", f"/chasing_cadences/{made['id']}/run"
    hold = {"paused": True, "reason": "Promised to pay.", "until": "2026-06-01"}
    assert (
        answered(native.patch(one, {"dunning": {"until": "2026-06-01", "reason": "Promised to pay."}}))[
            "dunning"
        ]
        == hold
    )
    assert shop.post(run).json()["fired"] == 0
    assert answered(native.get(f"{one}/dunning"))["on_hold"] is True
    assert answered(native.patch(one, {"dunning": None}))["dunning"] is None
    assert shop.patch(f"/customers/{shop.of}", {"chase": False}).json()["chase"] is False
    assert answered(native.get(one))["dunning"] == {"paused": True, "reason": None, "until": None}
    assert shop.post(run).json()["fired"] == 0
    (invoice,) = native.listed("/invoices")["data"]
    held = native.patch(f"/invoices/{invoice['id']}", {"dunning": {"reason": "Disputed."}})
    assert answered(held)["dunning"] == {"paused": True, "reason": "Disputed.", "until": None}
    answered(native.patch(one, {"dunning": {"paused": False}}))
    assert shop.post(run).json()["fired"] == 0
    assert native.patch(one, {"dunning": {"until": "tomorrow"}}).status_code == 422
    assert native.patch(one, {"dunning": {"until": "2026-02-31"}}).status_code == 422


def test_a_task_from_its_beginning_to_its_end(shop: Books) -> None:
    body = {"name": "Call them", "action": "phone", "customer_id": shop.of, "user_id": 5, "due_date": MAY}
    made = shop.made("/tasks", body)
    assert made == {
        "action": "phone", "chase_step_id": None, "complete": False, "completed_by_user_id": None,
        "completed_date": None, "created_at": made["created_at"], "customer_id": shop.of, "due_date": MAY,
        "id": made["id"], "name": "Call them", "updated_at": made["updated_at"], "user_id": 5,
    }  # fmt: skip
    one = f"/tasks/{made['id']}"
    done = shop.patch(one, {"complete": True, "completed_by_user_id": 5}).json()
    assert done["completed_date"] >= made["created_at"]
    assert done["completed_by_user_id"] == 5
    assert shop.listed("/tasks", f"filter[customer_id]={shop.of}") == [done]
    assert shop.listed("/tasks", "filter[complete]=false") == []
    assert refused(shop.post("/tasks", {**body, "customer_id": 10**9}))[2] == "customer_id"
    assert refused(shop.post("/tasks", {**body, "action": "fax"}))[2] == "action"
    assert shop.ask("DELETE", one).status_code == 204
    assert refused(shop.get(one)) == (404, f"Task was not found: {made['id']}", None)


def test_tasks_are_gone_with_their_customer(shop: Books) -> None:
    other = shop.customer("Other")["id"]
    made = shop.made("/tasks", {"name": "Call", "customer_id": other})
    assert shop.ask("DELETE", f"/customers/{other}").status_code == 204
    assert shop.listed("/tasks") == []
    assert refused(shop.get(f"/tasks/{made['id']}"))[0] == 404


@pytest.mark.parametrize(
    ("all_", "body", "called"),
    [
        ("/email_templates", {"subject": "Hi {{customer_name}}", "body": "Pay.", "type": "chasing"}, "Email"),
        ("/sms_templates", {"message": "Pay {{account_balance}}."}, "SMS"),
    ],
)
def test_words_are_kept_under_a_name(shop: Books, all_: str, body: Any, called: str) -> None:
    made = shop.made(all_, {"id": "firm", "name": "Firm", "language": "en", **body})
    assert made | body == made
    assert (made["id"], made["template_engine"]) == ("firm", "mustache")
    assert shop.get(f"{all_}/firm").json() == made
    assert shop.patch(f"{all_}/firm", {"name": "Firmer"}).json()["name"] == "Firmer"
    assert refused(shop.post(all_, {"id": "firm", "name": "x"}))[2] == "id"
    assert [one["id"] for one in shop.listed(all_)] == ["firm"]
    assert shop.ask("DELETE", f"{all_}/firm").status_code == 204
    assert refused(shop.get(f"{all_}/firm")) == (404, f"{called} template was not found: firm", None)


def test_words_that_a_step_uses_stay(shop: Books) -> None:
    shop.made("/email_templates", {"id": "firm", "name": "Firm", "subject": "Pay", "body": "Now."})
    step = {"action": "email", "schedule": "age:0", "email_template_id": "firm"}
    made = cadence(shop, steps=[step])
    assert made["steps"][0]["email_template_id"] == "firm"
    assert refused(shop.ask("DELETE", "/email_templates/firm"))[0] == 400
    shop.ask("DELETE", f"/chasing_cadences/{made['id']}")
    assert shop.ask("DELETE", "/email_templates/firm").status_code == 204


def test_stored_words_are_sent_by_their_name(shop: Books) -> None:
    shop.made(
        "/email_templates", {"id": "firm", "name": "F", "subject": "To {{customer_name}}", "body": "{{url}}"}
    )
    invoice = shop.invoice(100)["id"]
    for path in (f"/customers/{shop.of}/emails", f"/invoices/{invoice}/emails"):
        (mail,) = shop.post(path, {"template": "firm"}).json()
        assert (mail["template"], mail["subject"]) == ("firm", "To Acme")
        (mail,) = shop.post(path, {"template": "firm", "subject": "Mine"}).json()
        assert mail["subject"] == "Mine"
    assert refused(shop.post(f"/customers/{shop.of}/emails", {"template": "nope"}))[2] == "template"
