"""The answer a request was given, kept so that the same request gets it again instead of a second effect."""

from datetime import datetime
from typing import Annotated, NamedTuple

from billto.domain.attrs import ID, MOMENT, NUMBER, text

REQUEST_ID_LENGTH_MAX = 255


class Answer(NamedTuple):
    """What a request with this id was answered: replayed to whoever asks the same again."""

    tenant_id: Annotated[str, text(40)]  # Scope.tenant_id: the entity, or the account in one environment
    request_id: Annotated[str, text(REQUEST_ID_LENGTH_MAX, least=1)]
    fingerprint: Annotated[str, text(64)]  # of method, path and body: another request may not use the id
    status: Annotated[int, NUMBER]
    etag: Annotated[str | None, text(50)]
    body: Annotated[str, text(2**21)]
    created_at: Annotated[datetime, MOMENT]
    subject_id: Annotated[str | None, ID] = None  # the record that the answer shows
