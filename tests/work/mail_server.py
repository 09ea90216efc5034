"""A mail server in a process of its own, as unreliable as it is told to be.

What it acknowledged lies in a folder, a file for each message, which is on the disk before the word goes out.
"""

import argparse
import asyncio
import json
import os
import random
import ssl
import sys
import time
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

HANG_SECONDS = 30


class Faults:
    """Of a hundred messages so many are refused for now, cut off or left hanging before they are taken, and
    cut off after."""

    def __init__(self, told: argparse.Namespace) -> None:
        chance = random.Random(told.seed)
        self._kinds = (
            ["refuse"] * told.refuse + ["cut"] * told.cut + ["hang"] * told.hang + ["swallow"] * told.swallow
        )
        self._chance = chance

    def next(self) -> str:
        at = self._chance.randrange(100)
        return self._kinds[at] if at < len(self._kinds) else ""


class Handler:
    """Takes messages for everybody but those whose addresses say otherwise."""

    def __init__(self, folder: Path, faults: Faults) -> None:
        self._folder = folder
        self._faults = faults
        self._number = 0

    async def handle_RCPT(
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if address.startswith("nobody"):
            return "550 5.1.1 no such user"
        if address.startswith("grey"):
            seen = self._folder / f"{address}.greylisted"
            if not seen.exists():
                seen.touch()
                return "450 4.7.1 come back later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:
        if b"Subject: spam" in envelope.content:
            return "554 5.7.1 nobody wants this"
        fault = self._faults.next()
        if fault == "refuse":
            return "451 4.3.0 not now"
        if fault == "cut":
            server.transport.abort()
            return "451 gone"
        if fault == "hang":
            await asyncio.sleep(HANG_SECONDS)
            return "451 too late"
        self._keep(envelope)
        if fault == "swallow":
            server.transport.abort()
        return "250 OK taken"

    def _keep(self, envelope: Any) -> None:
        self._number += 1
        name = f"{time.time_ns()}-{os.getpid()}-{self._number}"
        whom = {"from": envelope.mail_from, "to": envelope.rcpt_tos}
        (self._folder / f"{name}.json").write_text(json.dumps(whom))
        part = self._folder / f"{name}.part"
        part.write_bytes(envelope.original_content or envelope.content)
        part.rename(part.with_suffix(".eml"))


def _authenticated(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
    assert isinstance(data, LoginPassword)
    knows = (data.login, data.password) == (b"billto", b"sesame:/@")
    return AuthResult(success=knows, handled=False)


async def serve(told: argparse.Namespace) -> None:
    handler = Handler(told.folder, Faults(told))
    options: dict[str, Any] = {"hostname": "mail.example", "enable_SMTPUTF8": told.utf8}
    if told.certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(told.certificate)
        options |= {
            "tls_context": context, "require_starttls": True, "auth_required": True,
            "authenticator": _authenticated,
        }  # fmt: skip
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(handler, loop=loop, **options), "127.0.0.1", told.port)
    async with server:
        print("listening", flush=True)
        await server.serve_forever()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--certificate")
    parser.add_argument("--utf8", action="store_true")
    for name in ("refuse", "cut", "hang", "swallow", "seed"):
        parser.add_argument(f"--{name}", type=int, default=0)
    asyncio.run(serve(parser.parse_args(sys.argv[1:])))


if __name__ == "__main__":
    main()
