"""The tag of a version, by which a client tells which one it means."""

from typing import Any


def tag(record: Any) -> str:
    return f'"{record.version}"'


def tagged(record: Any) -> dict[str, str]:
    """The header that has it."""
    return {"ETag": tag(record)}
