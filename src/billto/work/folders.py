"""Files in a folder, each written whole or not at all."""

import asyncio
import os
from pathlib import Path

from billto.domain.message import Message
from billto.work.parcel import Undelivered


async def put(folder: Path, message: Message, ending: str, content: bytes) -> str:
    """The name of the file; a message that is delivered a second time takes the place of the first."""
    try:
        return await asyncio.to_thread(_put, folder, message, ending, content)
    except OSError as fault:
        raise Undelivered(f"the folder cannot be written to: {fault.strerror or fault}") from fault


def _put(folder: Path, message: Message, ending: str, content: bytes) -> str:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f"{message.created_at:%Y%m%d-%H%M%S}-{message.id}{ending}"
    being_written = path.with_suffix(f".{os.getpid()}.part")
    with being_written.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    being_written.replace(path)
    return path.name
