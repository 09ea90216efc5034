"""The texts an entity starts with, in one language."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Language:
    """What a new entity of this language writes to its customers until it writes something better."""

    code: str
    email_defaults: Mapping[str, str]  # {document type}_subject and {document type}_body
    overdue_subject: str
    overdue_body: str
    statement_subject: str
    statement_body: str
    statement_text: str  # the statement, by text message
    chasing_subject: str
    chasing_body: str
    chasing_text: str  # as a text message
