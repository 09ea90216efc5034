"""The command that shows the clock of an entity, and moves that of a sandbox ahead."""

from datetime import datetime, timedelta
from typing import Annotated

import typer

from billto import wiring
from billto.app import messages, plans
from billto.app.parts import Store
from billto.dialects.codecs import read_iso
from billto.domain.entity import CLOCK_AHEAD_MAX, Entity, moment, zone
from billto.domain.problems import Refused
from billto.shell import Fault, id_in, with_store


def clock(
    entity: Annotated[str, typer.Argument(help="The entity's id.")],
    to: Annotated[str | None, typer.Option(help="A moment such as 2026-03-01T09:00:00Z.")] = None,
    days: Annotated[int | None, typer.Option(min=0, help="So many days on from what it shows.")] = None,
) -> None:
    """Show an entity's clock, or move that of a sandbox ahead; what was planned until then is done."""
    if to is not None and days is not None:
        raise Fault("say --to or --days, not both")
    id, said = id_in(entity, "an entity"), _read(to)
    shown = with_store(lambda store: _moved(store, id, said, days), existing=True)
    typer.echo(shown)


def _read(to: str | None) -> datetime | None:
    try:
        return read_iso(to) if to else None
    except Refused:
        raise Fault(f"{to!r} is not a moment such as 2026-03-01T09:00:00Z") from None


async def _moved(store: Store, id: str, to: datetime | None, days: int | None) -> str:
    entity = await store.reader.owned(id)
    if entity is None:
        raise Fault(f"there is no entity {id}")
    if days is not None:
        # A day more than may be is refused as any other number too large is.
        ahead = timedelta(days=min(days, CLOCK_AHEAD_MAX.days + 1))
        to = moment(entity, wiring.clock()) + ahead
    if to is not None:
        asked, later = messages.on_behalf(entity), to
        entity = await store.write(lambda tx: plans.set_clock(tx, asked, later))
    return _shown(entity)


def _shown(entity: Entity) -> str:
    now = moment(entity, wiring.clock()).astimezone(zone(entity))
    ahead = timedelta(seconds=entity.clock_ahead)
    return f"{now.isoformat(timespec='seconds')}{f' ({ahead} ahead)' if ahead else ''}"
