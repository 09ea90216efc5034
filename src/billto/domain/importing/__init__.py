"""Rows of a file → customers, and what is wrong with them."""

from billto.domain.importing.columns import Columns, Fault, Key, Mode, Row, changed, made
from billto.domain.importing.headers import LANGUAGES, REASON, SETTABLE

__all__ = [
    "LANGUAGES", "REASON", "SETTABLE", "Columns", "Fault", "Key", "Mode", "Row", "changed", "made",
]  # fmt: skip
