"""Runs of cadences on a real store: who is chased, by which step, and what that does."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from billto.app import cadences, catalog, chasing, imports, plans, tasks
from billto.app.chasing import Ran
from billto.domain import holds
from billto.domain.importing import Columns
from billto.domain.problems import Refused
from billto.domain.task import Task
from tests.app.chased import STEPS, bill, cadence, debtor, kept, mails, moment, run, steps
from tests.app.shop import Shop


def test_each_step_comes_on_its_day_and_once(shop: Shop) -> None:
    one = cadence(shop)
    acme = debtor(shop, one)
    bill(shop, acme)
    seen: list[tuple[int, int, int]] = []
    for day in range(40):
        ran = run(shop, one)
        assert run(shop, one).fired == 0
        if ran.fired:
            seen.append((day, len(mails(shop)), len(kept(shop, Task))))
        shop.days_pass(1)
    assert seen == [(10, 1, 0), (25, 2, 0), (35, 2, 1)]
    (task,) = kept(shop, Task)
    assert (task.name, task.action, task.customer, task.assignee) == ("Call: Acme", "phone", acme.serial, 7)
    now = shop.now(acme)
    assert (now.next_chase_step, now.is_chase_finished) == (None, True)


def test_what_is_sent_names_the_invoices_and_has_the_statement(shop: Shop) -> None:
    one = cadence(shop)
    acme = debtor(shop, one, language="de")
    invoice = bill(shop, acme)
    shop.days_pass(10)
    assert run(shop, one) == Ran(1, 1, 0)
    (mail,) = mails(shop)
    assert mail.subject == "Ihr Konto bei Alice d.o.o."
    assert invoice.number in (mail.body or "")
    assert "100,00 €" in (mail.body or "")
    assert mail.attachments is not None
    (paper,) = mail.attachments
    assert paper["paper"] == "statement"
    assert paper["is_balance_forward"] is False
    assert paper["end"] == shop.today.isoformat()
    assert paper["currency_code"] == "EUR"


def test_stored_words_are_filled_in_when_it_runs_and_never_read_again(shop: Shop) -> None:
    words = {
        "name": "Firm", "code": "firm", "subject": "{{customer_name}}: {{ account_balance }}",
        "body": "{{{invoice_numbers}}} due {{invoice_due_dates}}{{{customer_portal_button}}} {entity_name}",
    }  # fmt: skip
    shop.do(lambda tx: catalog.create(catalog.EMAIL_TEMPLATES, tx, shop.asked, words))
    one = cadence(shop, [{**STEPS[0], "email_template_id": "firm"}])
    invoice = bill(shop, debtor(shop, one, name="{{customer_number}}"))
    shop.days_pass(10)
    run(shop, one)
    (mail,) = mails(shop)
    assert mail.subject == "{{customer_number}}: 100,00 €"
    assert mail.body == f"{invoice.number} due 16. jan. 2026 {{entity_name}}"
    assert mail.template == "firm"


def test_after_a_pause_only_the_last_step_that_is_due_is_taken(shop: Shop) -> None:
    one = cadence(shop)
    bill(shop, debtor(shop, one))
    shop.days_pass(30)
    assert run(shop, one).fired == 1
    assert steps(shop) == [("Ask", "passed_over"), ("Insist", "done")]
    assert len(mails(shop)) == 1


def test_who_has_paid_everything_begins_anew(shop: Shop) -> None:
    one = cadence(shop)
    acme = debtor(shop, one)
    first = bill(shop, acme)
    shop.days_pass(40)
    run(shop, one)
    assert shop.now(acme).is_chase_finished
    shop.pay(100, first, of=acme)
    assert (shop.now(acme).next_chase_step, shop.now(acme).is_chase_finished) == (None, False)
    bill(shop, acme)
    assert run(shop, one) == Ran(1, 0, 1)
    shop.days_pass(10)
    assert run(shop, one).fired == 1
    assert steps(shop)[-1] == ("Ask", "done")


def test_who_has_nothing_left_to_be_chased_for_begins_anew_whatever_else_is_open(shop: Shop) -> None:
    one = cadence(shop)
    acme = debtor(shop, one)
    bill(shop, acme, is_autopay=True)
    first = bill(shop, acme)
    shop.days_pass(40)
    run(shop, one)
    shop.pay(100, first, of=acme)
    assert shop.now(acme).is_chase_finished
    assert run(shop, one).fired == 0
    assert not shop.now(acme).is_chase_finished
    bill(shop, acme)
    shop.days_pass(10)
    assert run(shop, one).fired == 1
    assert steps(shop)[-1] == ("Ask", "done")


def test_a_document_that_was_on_hold_goes_on_where_it_stood(shop: Shop) -> None:
    one = cadence(shop)
    invoice = bill(shop, debtor(shop, one))
    shop.days_pass(10)
    assert run(shop, one).fired == 1
    shop.change_document(invoice, **holds.values({"paused": True}))
    shop.days_pass(1)
    assert run(shop, one).fired == 0
    shop.change_document(invoice, **holds.values(None))
    assert run(shop, one).fired == 0
    shop.days_pass(14)
    assert run(shop, one).fired == 1
    assert steps(shop) == [("Ask", "done"), ("Insist", "done")]


def test_credit_in_hand_is_set_against_what_is_owed(shop: Shop) -> None:
    one = cadence(shop, min_balance=Decimal(50))
    acme = debtor(shop, one)
    bill(shop, acme)
    shop.days_pass(10)
    paid = shop.pay(51, of=acme)
    assert run(shop, one).fired == 0
    shop.void_payment(paid)
    assert run(shop, one).fired == 1


def test_whoever_is_on_hold_is_left_alone_until_the_day(shop: Shop) -> None:
    one = cadence(shop)
    acme, bond = debtor(shop, one), debtor(shop, one, name="Bond")
    never = debtor(shop, one, name="Never", is_chased=False)
    for who in (acme, bond, never):
        bill(shop, who)
    until = (shop.today + timedelta(days=12)).isoformat()
    shop.change_customer(acme, **holds.values({"until": until, "reason": "Promised."}))
    shop.days_pass(11)
    assert run(shop, one) == Ran(3, 1, 2)
    shop.days_pass(1)
    assert run(shop, one) == Ran(3, 1, 2)
    assert {mail.customer for mail in mails(shop)} == {acme.serial, bond.serial}


def test_a_document_on_hold_is_left_out_of_it_though_it_is_issued(shop: Shop) -> None:
    one = cadence(shop)
    invoice = bill(shop, debtor(shop, one))
    shop.change_document(invoice, **holds.values({"paused": True, "reason": "Disputed."}))
    shop.days_pass(30)
    assert run(shop, one).fired == 0


def test_nobody_to_reach_becomes_a_task_and_holds_nobody_up(shop: Shop) -> None:
    one = cadence(shop, [{"name": "Write", "action": "email", "schedule": "age:0"}])
    bill(shop, debtor(shop, one, name="Silent", email=None))
    bill(shop, debtor(shop, one))
    assert run(shop, one) == Ran(2, 2, 0)
    (task,) = kept(shop, Task)
    assert task.action == "review"
    assert task.note.startswith("no_recipient: nobody to send it to")
    assert sorted(steps(shop)) == [("Write", "done"), ("Write", "failed")]


def test_a_step_waits_for_its_channel_and_holds_up_no_other_customer(shop: Shop) -> None:
    people = [{"name": "Ana", "phone": "+38640111222", "is_sms_enabled": True}]
    one = cadence(shop, [
        {"name": "Text", "action": "sms", "schedule": "age:0"},
        {"name": "Boss", "action": "escalate", "schedule": "age:5"},
    ])  # fmt: skip
    bill(shop, debtor(shop, one, contacts=people))
    shop.invoice(debtor(shop, one, name="Old"), 10, date=shop.today - timedelta(days=9))
    with pytest.raises(Refused, match="no_channel"):
        run(shop, one)
    assert steps(shop) == [("Text", "passed_over"), ("Boss", "done")]
    shop.asked = shop.asked._replace(channels=frozenset({"email", "sms"}))
    assert run(shop, one).fired == 1
    assert len(mails(shop)) == 1
    events = {kind for (kind,) in shop.rows("SELECT kind FROM event WHERE entity_id = {}")}
    assert {"chasing.fired", "task.created"} <= events


def test_sms_and_letters_go_by_their_channels_where_there_are_any(shop: Shop) -> None:
    shop.asked = shop.asked._replace(channels=frozenset({"email", "sms", "letter"}))
    one = cadence(shop, [
        {"name": "Text", "action": "sms", "schedule": "age:0"},
        {"name": "Post", "action": "mail", "schedule": "age:1"},
    ])  # fmt: skip
    people = [{"name": "Ana", "phone": "+38640111222", "is_sms_enabled": True}]
    place = {"address": "Main 1", "city": "Koper", "post_code": "6000"}
    bill(shop, debtor(shop, one, contacts=people, **place))
    for _ in range(2):
        assert run(shop, one).fired == 1
        shop.days_pass(1)
    text, letter = mails(shop)
    assert (text.channel, text.attachments) == ("sms", None)
    assert "100,00 €" in (text.body or "")
    assert letter.channel == "letter"
    assert letter.attachments is not None


def test_a_paused_cadence_and_one_of_another_entity_do_nothing(shop: Shop) -> None:
    one = cadence(shop, is_paused=True)
    bill(shop, debtor(shop, one))
    shop.days_pass(10)
    assert run(shop, one) == Ran()
    stranger = Shop(shop.stage, shop.stage.cast.charlie)
    with pytest.raises(Refused) as caught:
        run(stranger, one)
    assert caught.value.status == 404


def test_new_customers_get_the_default_cadence_and_there_is_one(shop: Shop) -> None:
    assert shop.customer().chasing_cadence is None
    one = cadence(shop, assignment_mode="default")
    assert shop.customer("New").chasing_cadence == one.serial
    other = cadence(shop)
    assert shop.customer("Own", chasing_cadence=other.serial).chasing_cadence == other.serial
    with shop.refuses("taken"):
        cadence(shop, assignment_mode="default")


def test_customers_name_cadences_and_steps_that_exist(shop: Shop) -> None:
    one, other = cadence(shop), cadence(shop)
    acme = debtor(shop, one, next_chase_step=one.steps[1]["id"])
    for wrong in ({"chasing_cadence": 10**9}, {"next_chase_step": other.steps[0]["id"]}):
        with shop.refuses("unknown_reference"):
            shop.change_customer(acme, **wrong)
    moved = shop.change_customer(acme, chasing_cadence=other.serial)
    assert moved.next_chase_step is None


def test_a_cadence_that_is_assigned_is_neither_rescheduled_nor_deleted(shop: Shop) -> None:
    one = cadence(shop)
    acme = debtor(shop, one)
    later = [{**one.steps[0], "schedule": "age:99"}, *one.steps[1:]]
    with shop.refuses("immutable_assigned"):
        shop.do(lambda tx: cadences.change(tx, shop.asked, one.id, {"steps": later}))
    with shop.refuses("in_use"):
        shop.do(lambda tx: cadences.erase(tx, shop.asked, one.id))
    shop.trash(acme)
    shop.do(lambda tx: cadences.erase(tx, shop.asked, one.id))
    assert shop.restore_customer(acme).chasing_cadence is None


def test_another_name_leaves_out_no_run_that_is_late(shop: Shop) -> None:
    one = cadence(shop)

    def next_run() -> Any:
        (plan,) = shop.stage.run(plans.all_of(shop.stage.store.reader, shop.asked))
        return plan.next_at

    planned = next_run()
    shop.days_pass(3)
    shop.do(lambda tx: cadences.change(tx, shop.asked, one.id, {"name": "Firmly", "steps": one.steps}))
    assert next_run() == planned
    shop.do(lambda tx: cadences.change(tx, shop.asked, one.id, {"time_of_day": 9}))
    assert next_run() > planned + timedelta(days=2)


def test_who_looks_sees_what_was_done_and_what_comes(shop: Shop) -> None:
    one = cadence(shop)
    acme = debtor(shop, one)
    invoice = bill(shop, acme)

    def seen() -> chasing.Standing:
        return shop.stage.run(chasing.standing(shop.stage.store.reader, shop.asked, acme.id, moment(shop)))

    assert seen().day == invoice.date + timedelta(days=10)
    shop.days_pass(10)
    run(shop, one)
    now = seen()
    assert now.step == one.steps[1]
    assert now.day == invoice.due_date + timedelta(days=10)
    assert [fired.name for fired in now.fired] == ["Ask"]
    assert not now.is_on_hold


def test_what_is_done_says_when(shop: Shop) -> None:
    one = shop.do(lambda tx: tasks.create(tx, shop.asked, {"name": "Call", "action": "phone"}))
    done = shop.do(lambda tx: tasks.change(tx, shop.asked, one.id, {"is_complete": True}))
    assert done.completed_at is not None
    again = shop.do(lambda tx: tasks.change(tx, shop.asked, one.id, {"name": "Called"}))
    assert again.completed_at == done.completed_at
    undone = shop.do(lambda tx: tasks.change(tx, shop.asked, one.id, {"is_complete": False}))
    assert undone.completed_at is None


def imported(shop: Shop, header: Sequence[str], *rows: Sequence[str], **how: Any) -> imports.Taken:
    columns = Columns(header)
    read = [columns.read(at, row) for at, row in enumerate(rows, 2)]
    return shop.do(lambda tx: imports.take(tx, shop.asked, columns, read, imports.How(**how)))


def test_imported_customers_get_the_default_and_name_what_exists(shop: Shop) -> None:
    one, other = cadence(shop, assignment_mode="default"), cadence(shop)
    header, rows = ("name", "chasing_cadence"), (("A", ""), ("B", str(other.serial)), ("C", "999999999"))
    done = imported(shop, header, *rows)
    assert [made.chasing_cadence for made in done.made] == [one.serial, other.serial]
    assert [fault.problem.code for one in done.rejected for fault in one.faults] == ["unknown_reference"]
    assert imported(shop, header, *rows).unchanged == 2
