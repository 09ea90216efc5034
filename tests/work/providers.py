"""Twilio and Lob as their public documentation says they behave, on a port of this machine, with faults."""

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email.parser import BytesParser
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple, cast
from urllib.parse import parse_qs

SID, TOKEN, KEY = "AC0123456789", "t0ken:/@", "test_k3y"
BAD_NUMBER = "+15005550001"
UNSUBSCRIBED = "+15005550009"


class Fault(NamedTuple):
    """What a server does in place of its work: an answer, or something worse."""

    status: int = 0
    headers: tuple[tuple[str, str], ...] = ()
    body: Any = None
    way: str = ""  # hangs, dies: before its answer is whole; lost: it works, and its answer is never there


HANGS, DIES, LOST = Fault(way="hangs"), Fault(way="dies"), Fault(way="lost")
HTML = Fault(502, (("Content-Type", "text/html"),), "<html>Bad Gateway</html>")
TOO_MANY = Fault(429, (("Retry-After", "1"),), {"code": 20429, "message": "Too Many Requests", "status": 429})
BROKEN = Fault(500, (), {"error": {"message": "An internal error occurred.", "status_code": 500}})


class Provider:
    """Both of them; `faults` are what the next requests meet, the last for as long as it stands there."""

    def __init__(self) -> None:
        self.texts: list[dict[str, str]] = []
        self.letters: dict[str, dict[str, Any]] = {}  # by the key of the request
        self.orders: list[str] = []
        self.paths: list[str] = []
        self.faults: list[Fault] = []
        self.token, self.key = TOKEN, KEY
        self._lock = threading.Lock()
        provider = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                provider.handle(self)

            def log_message(self, *_: Any) -> None:
                """Nothing: tests are silent."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._stopping = threading.Event()
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self) -> None:
        self._stopping.set()
        self._server.shutdown()
        self._server.server_close()

    def handle(self, asked: BaseHTTPRequestHandler) -> None:
        body = asked.rfile.read(int(asked.headers.get("Content-Length", 0)))
        with self._lock:
            self.paths.append(asked.path)
            fault = None
            if self.faults:
                fault = self.faults.pop(0)
            if fault is not None and not fault.way:
                self._answer(asked, fault.status, fault.body, fault.headers)
                return
            if fault == HANGS:
                answer = None
            elif fault == DIES:
                asked.wfile.write(b'HTTP/1.1 201 Created\r\nContent-Length: 500\r\n\r\n{"sid": ')
                asked.close_connection = True
                return
            else:
                answer = self._worked(asked, body)
        if fault == HANGS:
            self._stopping.wait(30)
        elif fault == LOST:
            asked.close_connection = True
            asked.connection.close()
        elif answer is not None:
            self._answer(asked, *answer)

    def _worked(self, asked: BaseHTTPRequestHandler, body: bytes) -> tuple[int, Any]:
        who = base64.b64decode(asked.headers.get("Authorization", "").removeprefix("Basic ")).decode()
        if asked.path == f"/2010-04-01/Accounts/{SID}/Messages.json":
            return self._text(who, {name: one[0] for name, one in parse_qs(body.decode()).items()})
        if asked.path == "/v1/letters":
            return self._letter(who, asked, body)
        return 404, {"code": 20404, "message": "The requested resource was not found", "status": 404}

    def _text(self, who: str, said: dict[str, str]) -> tuple[int, Any]:
        if who != f"{SID}:{self.token}":
            return 401, {"code": 20003, "message": "Authenticate", "status": 401}
        for number, code, words in (
            (BAD_NUMBER, 21211, "Invalid 'To' Phone Number"),
            (UNSUBSCRIBED, 21610, "Attempt to send to unsubscribed recipient"),
        ):
            if said.get("To") == number:
                return 400, {"code": code, "message": words, "status": 400}
        if said.get("From") == "+15005550007":
            return 400, {
                "code": 21606,
                "message": "The 'From' phone number is not a valid one",
                "status": 400,
            }
        self.texts.append(said)
        return 201, {"sid": f"SM{len(self.texts):032x}", "status": "queued", "to": said["To"]}

    def _letter(self, who: str, asked: BaseHTTPRequestHandler, body: bytes) -> tuple[int, Any]:
        if who != f"{self.key}:":
            return 401, _of_lob(401, "unauthorized", "Your API key is not valid.")
        head = f"Content-Type: {asked.headers['Content-Type']}\r\n\r\n".encode()
        parts = {
            str(part.get_param("name", header="content-disposition")): cast(
                bytes, part.get_payload(decode=True)
            )
            for part in BytesParser(policy=HTTP).parsebytes(head + body).iter_parts()
        }
        said = {name: one if name == "file" else bytes(one).decode() for name, one in parts.items()}
        if said.get("to[address_city]") == "Nowhere":
            return 422, _of_lob(422, "invalid", "to.address_city is not deliverable")
        key = asked.headers["Idempotency-Key"]
        self.orders.append(key)
        made = self.letters.setdefault(key, said)
        return 200, {
            "id": f"ltr_{key[:16]}", "expected_delivery_date": "2026-06-08", "url": "https://lob.example/l.pdf",
            "object": "letter", "to": {"name": made.get("to[name]")},
        }  # fmt: skip

    def _answer(self, asked: BaseHTTPRequestHandler, status: int, body: Any, headers: Any = ()) -> None:
        raw = body.encode() if isinstance(body, str) else json.dumps(body).encode()
        asked.send_response(status)
        for name, value in headers:
            asked.send_header(name, value)
        asked.send_header("Content-Length", str(len(raw)))
        asked.end_headers()
        asked.wfile.write(raw)


def _of_lob(status: int, code: str, words: str) -> Any:
    return {"error": {"message": words, "status_code": status, "code": code}}


@contextmanager
def provided() -> Iterator[Provider]:
    provider = Provider()
    try:
        yield provider
    finally:
        provider.stop()
