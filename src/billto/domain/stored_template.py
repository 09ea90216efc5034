"""Words that an entity keeps under a name, for e-mails and for text messages."""

from datetime import datetime
from typing import Annotated, NamedTuple

from billto.domain.attrs import ID, MOMENT, NUMBER, TAGS, text

BODY_MAX = 20_000
MESSAGE_MAX = 1_600  # ten parts of a text message


class EmailTemplate(NamedTuple):
    """Subject and body of e-mails, with `{{variables}}`."""

    entity_id: Annotated[str, ID]
    id: Annotated[str, ID]
    serial: Annotated[int, NUMBER]  # the store allots it
    version: Annotated[int, NUMBER]
    created_at: Annotated[datetime, MOMENT]
    updated_at: Annotated[datetime, MOMENT]
    name: Annotated[str, text(255, least=1, searched=False)]
    code: Annotated[str | None, text(100, unique=True, searched=False)] = None  # its name for programs
    subject: Annotated[str | None, text(1_000, searched=False)] = None
    body: Annotated[str | None, text(BODY_MAX, searched=False)] = None
    kind: Annotated[str | None, text(50, searched=False)] = None  # for what it is meant
    language: Annotated[str | None, text(20, searched=False)] = None
    metadata: Annotated[dict[str, str], TAGS] = {}  # noqa: RUF012 (every one is made with its own)


class SmsTemplate(NamedTuple):
    """A text message, with `{{variables}}`."""

    entity_id: Annotated[str, ID]
    id: Annotated[str, ID]
    serial: Annotated[int, NUMBER]  # the store allots it
    version: Annotated[int, NUMBER]
    created_at: Annotated[datetime, MOMENT]
    updated_at: Annotated[datetime, MOMENT]
    name: Annotated[str, text(255, least=1, searched=False)]
    code: Annotated[str | None, text(100, unique=True, searched=False)] = None  # its name for programs
    message: Annotated[str | None, text(MESSAGE_MAX, searched=False)] = None
    kind: Annotated[str | None, text(50, searched=False)] = None  # for what it is meant
    language: Annotated[str | None, text(20, searched=False)] = None
    metadata: Annotated[dict[str, str], TAGS] = {}  # noqa: RUF012 (every one is made with its own)
