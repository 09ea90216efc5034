"""Space Invoices has no chasing: ours tells how far a customer was chased, and what comes next."""

from typing import Any

from billto.app import chasing
from billto.app.parts import Reader, Request
from billto.dialects.codecs import write_iso
from billto.dialects.dialect import Said, Told
from billto.dialects.spaceinvoices.dunning import shown
from billto.dialects.spaceinvoices.values import id_of, kinds, shown_day, shown_id
from billto.domain.chasing import Fired


async def told_of(reader: Reader, asked: Request, told: Told) -> Said:
    found = await chasing.standing(reader, asked, id_of(told, "id", "Customer"), told.now)
    names = await kinds(reader, asked, [one.document_id for one in found.fired])
    step = found.step
    return Said({
        "customer_id": f"cust_{found.customer.id}",
        "on_hold": found.is_on_hold,
        "hold": shown(found.customer),
        "cadence": found.cadence and {"id": found.cadence.serial, "name": found.cadence.name},
        "next_step": step and {
            **{name: step.get(name) for name in ("id", "name", "action", "schedule")},
            "date": shown_day(found.day),
        },
        "is_finished": found.customer.is_chase_finished,
        "steps": [_step(one, names.get(one.document_id)) for one in found.fired],
    })  # fmt: skip


def _step(one: Fired, kind: str | None) -> dict[str, Any]:
    return {
        "id": one.step,
        "cadence_id": one.cadence,
        "name": one.name,
        "action": one.action,
        "state": one.state,
        "reason": one.reason,
        "date": shown_day(one.date),
        "at": write_iso(one.created_at),
        "document_id": shown_id(kind, one.document_id),
        "message_id": one.message_id and f"msg_{one.message_id}",
    }
