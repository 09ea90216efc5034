"""A message's way from the order to its delivery."""

from datetime import UTC, datetime, timedelta

import pytest

from billto.domain import message as rules
from billto.domain.message import DELAYS, Message
from billto.domain.problems import Refused

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
LEASE = timedelta(minutes=2)
TRIES = len(DELAYS) + 1


def made() -> Message:
    given = {"channel": "email", "kind": "message", "recipients": [{"address": "ana@acme.example"}]}
    return rules.made(given, entity_id="0" * 24, id="1" * 24, now=NOW, domain="studio.example")


def claimed(message: Message, now: datetime = NOW) -> Message:
    return rules.claimed(message, now, LEASE, TRIES)


def test_a_new_message_may_be_taken_at_once_and_has_its_name_for_good() -> None:
    new = made()
    assert (new.state, new.attempts, new.next_at) == ("queued", 0, NOW)
    assert new.message_id == "<111111111111111111111111@studio.example>"


def test_who_takes_it_has_it_alone_until_the_lease_is_over() -> None:
    taken = claimed(made())
    assert (taken.attempts, taken.next_at, taken.leased_until) == (1, NOW + LEASE, NOW + LEASE)
    assert claimed(taken, NOW + LEASE).attempts == 2


def test_what_is_delivered_waits_no_longer() -> None:
    sent = rules.delivered(claimed(made()), NOW, "250", {"reached": ["ana@acme.example"]})
    assert (sent.state, sent.sent_at, sent.next_at, sent.leased_until) == ("sent", NOW, None, None)


def test_it_is_tried_for_some_three_days_and_then_given_up() -> None:
    message, now = made(), NOW
    while message.state == "queued":
        assert message.next_at is not None
        now = message.next_at
        message = rules.postponed(claimed(message, now), now, "451 not now")
    assert message.attempts == TRIES
    assert timedelta(hours=60) < now - NOW < timedelta(hours=72)
    assert (message.state, message.last_error, message.next_at) == ("failed", "451 not now", None)
    first = [DELAYS[at] for at in range(4)]
    assert first == [timedelta(minutes=minutes) for minutes in (1, 5, 30, 120)]


def test_what_ends_every_worker_is_given_up_as_well() -> None:
    message, now = made(), NOW
    for _ in range(TRIES):
        message = claimed(message, now)
        now += LEASE
    assert claimed(message, now).state == "failed"


def test_a_message_on_its_way_is_neither_canceled_nor_retried() -> None:
    taken = claimed(made())
    for verb in (rules.canceled, rules.retried):
        with pytest.raises(Refused, match="being_sent"):
            verb(taken, NOW)
        assert verb(taken, NOW + LEASE).leased_until is None


def test_a_message_that_was_sent_stays_sent() -> None:
    sent = rules.delivered(claimed(made()), NOW, None, {})
    for verb in (rules.canceled, rules.retried):
        with pytest.raises(Refused, match="sent_already"):
            verb(sent, NOW)


def test_a_message_that_was_given_up_or_canceled_can_be_tried_anew() -> None:
    for ended in (rules.failed(claimed(made()), NOW, "554 no"), rules.canceled(made(), NOW)):
        assert ended.next_at is None
        again = rules.retried(ended, NOW)
        assert (again.state, again.attempts, again.next_at) == ("queued", 0, NOW)


def test_what_went_wrong_is_one_line_that_can_be_kept() -> None:
    failed = rules.failed(claimed(made()), NOW, "554\r\nno\0\ud800" + "x" * 2_000)
    assert failed.last_error is not None
    assert failed.last_error.startswith("554 no x")
    assert len(failed.last_error) == 1_000
