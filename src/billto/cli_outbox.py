"""The commands that deliver messages, and that look after those that were not delivered."""

import asyncio
import json
import logging
import signal
from datetime import datetime
from typing import Annotated, Any

import typer

from billto import config, wiring
from billto.app import messages
from billto.app.parts import Store
from billto.domain.message import FAILED, STATES, Message
from billto.domain.problems import Problem, Refused
from billto.shell import Fault, id_in, with_store
from billto.work.runner import Pace

outbox_app = typer.Typer(help="Messages: what waits, what was sent, what was given up.", no_args_is_help=True)

_SHOWN_MAX = 100
_AT_ONCE = 500  # messages that are read for one round of retries

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def worker(
    count: Annotated[
        int, typer.Option(min=1, max=64, help="Messages that are delivered at once.")
    ] = Pace().at_once,
) -> None:
    """Deliver messages until it is stopped. There may be any number of workers on one PostgreSQL."""
    settings = config.read()
    wiring.log()

    async def work(store: Store) -> None:
        beside = wiring.companions(settings, store, lambda _delivery: None, at_once=count)
        ended, loop = asyncio.Event(), asyncio.get_running_loop()
        for ends in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(ends, ended.set)
        for one in beside:
            await one.start()
        logging.getLogger("billto.work").info("delivering out of %s", settings.database_url.shown)
        await ended.wait()
        await asyncio.gather(*(one.stop() for one in beside))

    with_store(work, settings)


@outbox_app.command(name="list")
def list_(
    state: Annotated[str | None, typer.Option(help=f"Only these: {', '.join(STATES)}.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="At most so many.")] = _SHOWN_MAX,
    as_json: AsJson = False,
) -> None:
    """List messages, the newest first, without what they say."""
    if state is not None and state not in STATES:
        raise Fault(f"{state!r} is no state of a message: {', '.join(STATES)}")
    found = with_store(lambda store: store.reader.messages(state, limit), existing=True)
    rows = [_shown(one) for one in found]
    if as_json:
        typer.echo(json.dumps(rows, indent=2))
    elif not rows:
        typer.echo("There are none.")
    for row in () if as_json else rows:
        typer.echo("  ".join(str(value) for value in row.values() if value is not None))


@outbox_app.command()
def retry(
    message: Annotated[str | None, typer.Argument(help="The message's id, as shown by outbox list.")] = None,
    failed: Annotated[bool, typer.Option("--failed", help="All that were given up.")] = False,
) -> None:
    """Try messages anew: one that was given up, was canceled, or waits; or all that were given up."""
    if (message is None) is not failed:
        raise Fault("name a message, or say --failed")
    id = id_in(message, "a message") if message else None
    number = with_store(lambda store: _retried(store, id), existing=True)
    typer.echo(f"{number} to be sent")


async def _retried(store: Store, id: str | None) -> int:
    if id is not None:
        found = await store.reader.messages(None, 1, id=id)
        if not found:
            raise Refused(Problem("not_found", detail="Message"))
        await _retry(store, found[0])
        return 1
    number, begun = 0, wiring.clock()  # what a worker gives up meanwhile is left for the next time
    while some := await store.reader.messages(FAILED, _AT_ONCE, before=begun):
        for one in some:
            await _retry(store, one)
        number += len(some)
    return number


async def _retry(store: Store, message: Message) -> None:
    entity = await store.reader.owned(message.entity_id)
    assert entity is not None
    asked = messages.on_behalf(entity)
    await store.write(lambda tx: messages.retry(tx, asked, message.id))


def _line(address: str) -> str:
    """A message is one line of the list, also a letter, whose address has several."""
    return ", ".join(address.splitlines())


def _shown(message: Message) -> dict[str, Any]:
    return {
        "id": f"msg_{message.id}",
        "created_at": _when(message.created_at),
        "entity_id": f"ent_{message.entity_id}",
        "channel": message.channel,
        "kind": message.kind,
        "state": message.state,
        "recipients": ", ".join(_line(one["address"]) for one in message.recipients),
        "attempts": message.attempts,
        "next_at": _when(message.next_at),
        "sent_at": _when(message.sent_at),
        "last_error": message.last_error,
    }


def _when(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds") if moment else None
