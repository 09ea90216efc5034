"""A message: what somebody is told by e-mail, text message or letter, from the order to its delivery.

It is written in the transaction that causes it, and delivered by a worker afterwards. `sent` means that the
next one on the way has it: the mail server, the provider, the folder.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any, NamedTuple

from billto.domain.attrs import ID, MOMENT, NUMBER, TAGS, text, tree
from billto.domain.mailbox import one_line
from billto.domain.nodes import Anything, Bool, Choice, Group, Many, Map, Node, Text
from billto.domain.problems import Problem, Refused
from billto.domain.versions import touched

CHANNELS = EMAIL, SMS, LETTER = ("email", "sms", "letter")
STATES = QUEUED, SENT, FAILED, CANCELED = ("queued", "sent", "failed", "canceled")

RECIPIENTS_MAX = 100
ATTACHMENTS_MAX = 20
ERROR_MAX = 1_000
TEXT_MAX = 1_600  # characters of a text message: what Twilio takes
WAIT_MAX = timedelta(days=1)  # that a provider may make the next attempt wait

# Where a letter goes, in parts as carriers want them; its address is the same in lines.
PLACE: dict[str, Node] = {
    "line_1": Text(most=500),
    "line_2": Text(most=500),
    "city": Text(most=250),
    "state": Text(most=250),
    "post_code": Text(most=50),
    "country_code": Text(most=10),
}
RECIPIENTS = Many(
    Group(
        {"name": Text(most=500), "address": Text(most=1_000, null=False), "place": Group(PLACE)}, null=False
    ),
    most=RECIPIENTS_MAX,
)

# What is printed when the message is delivered, not when it is ordered.
ATTACHMENT: dict[str, Node] = {
    "paper": Choice(among=("document", "statement"), null=False),
    "name": Text(most=100),  # of the file, without its ending
    "language": Text(most=20),
    "document_id": Text(most=24),
    "customer_id": Text(most=24),  # whose statement
    "is_balance_forward": Bool(null=True),
    "start": Text(most=10),  # days, as in ISO 8601
    "end": Text(most=10),
    "currency_code": Text(most=3),
    "past_due_only": Bool(null=True),
    "with_children": Bool(null=True),
}
ATTACHMENTS = Many(Group(ATTACHMENT, null=False), most=ATTACHMENTS_MAX)

# What has become of the single recipients, and what a channel or door wants to remember.
DETAILS = Map(Anything(), most=50)

# How long after each attempt the next one is made: some three days in all, as mail servers do.
DELAYS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, *[360] * 11))


class Message(NamedTuple):
    """One order to tell somebody something."""

    # identity
    entity_id: Annotated[str, ID]
    id: Annotated[str, ID]
    serial: Annotated[int, NUMBER]  # the store allots it
    version: Annotated[int, NUMBER]
    created_at: Annotated[datetime, MOMENT]
    updated_at: Annotated[datetime, MOMENT]
    # what, how, to whom
    channel: Annotated[str, text(10, among=CHANNELS, searched=False)]
    kind: Annotated[str, text(40, least=1, searched=False)]  # statement, document, reminder …
    state: Annotated[str, text(10, among=STATES, searched=False)]
    recipients: Annotated[list[dict[str, Any]], tree(RECIPIENTS)]
    attempts: Annotated[int, NUMBER] = 0  # begun, whatever came of them
    cc: Annotated[list[dict[str, Any]] | None, tree(RECIPIENTS)] = None
    bcc: Annotated[list[dict[str, Any]] | None, tree(RECIPIENTS)] = None
    sender_name: Annotated[str | None, text(500, searched=False)] = None
    reply_to: Annotated[str | None, text(320, searched=False)] = None
    subject: Annotated[str | None, text(1_000, searched=False)] = None
    body: Annotated[str | None, text(50_000, searched=False)] = None
    template: Annotated[str | None, text(255, searched=False)] = None  # by which its words were chosen
    attachments: Annotated[list[dict[str, Any]] | None, tree(ATTACHMENTS)] = None
    message_id: Annotated[str | None, text(255, searched=False)] = None  # the same in every copy
    # whom it is about
    customer_id: Annotated[str | None, ID] = None
    customer: Annotated[int | None, NUMBER] = None  # its serial
    document_id: Annotated[str | None, ID] = None
    # how far it has come
    next_at: Annotated[datetime | None, MOMENT] = None  # when somebody may take it; only while it is queued
    leased_until: Annotated[datetime | None, MOMENT] = None  # while somebody works on it
    last_error: Annotated[str | None, text(ERROR_MAX, searched=False)] = None
    sent_at: Annotated[datetime | None, MOMENT] = None
    provider_id: Annotated[str | None, text(500, searched=False)] = None  # what the next one calls it
    details: Annotated[dict[str, Any] | None, tree(DETAILS)] = None
    # theirs
    once: Annotated[str | None, text(255, searched=False, unique=True)] = None  # no second one with this key
    metadata: Annotated[dict[str, str], TAGS] = {}  # noqa: RUF012 (every message is made with its own)


def made(values: Mapping[str, Any], *, entity_id: str, id: str, now: datetime, domain: str) -> Message:
    """A new message out of checked values, to be delivered at once unless they say when."""
    return Message(**{
        "metadata": {}, "next_at": now, **values,
        "entity_id": entity_id, "id": id, "serial": 0, "version": 1, "created_at": now, "updated_at": now,
        "state": QUEUED, "attempts": 0, "message_id": f"<{id}@{domain}>",
    })  # fmt: skip


def claimed(message: Message, now: datetime, lease: timedelta, tries_max: int) -> Message:
    """The message in the hands of a worker, for so long that another one may take it only when that has died.

    An attempt counts when it begins: what kills its worker every time is given up one day as well.
    """
    if message.attempts >= tries_max:
        return _given_up(message, now, message.last_error or "every worker ended while it delivered this")
    until = now + lease
    values = {"attempts": message.attempts + 1, "leased_until": until, "next_at": until}
    return touched(message, values, now)


def delivered(
    message: Message, now: datetime, provider_id: str | None, details: Mapping[str, Any]
) -> Message:
    """The message that the next one on the way has taken."""
    values = {
        "state": SENT, "sent_at": now, "provider_id": provider_id, "next_at": None, "leased_until": None,
        "last_error": None, "details": {**(message.details or {}), **details} or None,
    }  # fmt: skip
    return touched(message, values, now)


def postponed(
    message: Message,
    now: datetime,
    error: str,
    *,
    details: Mapping[str, Any] | None = None,
    delays: Sequence[timedelta] = DELAYS,
    wait: timedelta = timedelta(0),
) -> Message:
    """The message after an attempt that may go better the next time, or was the last one.

    `wait` is how long whoever was asked wants to be left alone.
    """
    message = touched(message, {"details": {**(message.details or {}), **(details or {})} or None}, now)
    if message.attempts > len(delays):
        return _given_up(message, now, error)
    later = now + max(delays[max(message.attempts, 1) - 1], min(wait, WAIT_MAX))
    values = {"next_at": later, "leased_until": None, "last_error": told(error)}
    return touched(message, values, now)


def failed(
    message: Message, now: datetime, error: str, *, details: Mapping[str, Any] | None = None
) -> Message:
    """The message that no further attempt would help."""
    message = touched(message, {"details": {**(message.details or {}), **(details or {})} or None}, now)
    return _given_up(message, now, error)


def on_its_way(message: Message, now: datetime, details: Mapping[str, Any]) -> Message:
    """The message while it is delivered, with what has come of it so far."""
    return touched(message, {"details": {**(message.details or {}), **details}}, now)


def canceled(message: Message, now: datetime) -> Message:
    """The message that nobody is to get; raises Refused where it is too late for that."""
    if message.state == SENT:
        raise Refused(Problem("sent_already"))
    if message.leased_until is not None and message.leased_until > now:
        raise Refused(Problem("being_sent"))
    values = {"state": CANCELED, "next_at": None, "leased_until": None}
    return touched(message, values, now)


def retried(message: Message, now: datetime) -> Message:
    """The message tried anew from the first attempt on; one that waits is tried at once.

    Raises Refused where it was sent, or is being sent.
    """
    if message.state == SENT:
        raise Refused(Problem("sent_already"))
    if message.leased_until is not None and message.leased_until > now:
        raise Refused(Problem("being_sent"))
    # Who was refused may be there by now; whom it has reached gets no other.
    details = {name: one for name, one in (message.details or {}).items() if name != "refused"}
    values = {
        "state": QUEUED, "attempts": 0, "next_at": now, "leased_until": None, "details": details or None,
    }  # fmt: skip
    return touched(message, values, now)


def told(error: str) -> str:
    """What went wrong, as one line of a length that is kept."""
    return one_line(error)[:ERROR_MAX]


def _given_up(message: Message, now: datetime, error: str) -> Message:
    values = {"state": FAILED, "next_at": None, "leased_until": None, "last_error": told(error)}
    return touched(message, values, now)
