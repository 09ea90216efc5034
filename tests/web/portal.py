"""Somebody who has a signed link and no key."""

from html.parser import HTMLParser
from typing import Any

import httpx

from tests.web.house import Caller, House, answered


def link(caller: Caller, customer: Any) -> str:
    """The path of a customer's page."""
    url: str = answered(caller.get(f"/customers/{customer['id']}/portal-link"))["url"]
    assert url.startswith("http://billto/portal/")
    return url.removeprefix("http://billto")


def opened(house: House, path: str, /, **params: Any) -> httpx.Response:
    return house.caller(None).get(path, **params)


class Seen(HTMLParser):
    """A page as it is read: its text, its links, its tags."""

    def __init__(self, answer: httpx.Response, status: int = 200) -> None:
        super().__init__()
        assert answer.status_code == status, answer.text
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        self.answer = answer
        self.tags: list[str] = []
        self.links: list[str] = []
        self.attributes: dict[str, dict[str, str | None]] = {}
        self._words: list[str] = []
        self._in_style = False
        self.style = ""
        self.feed(answer.text)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self._words).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        self.tags.append(tag)
        self.attributes.setdefault(tag, said)
        self._in_style = tag == "style"
        self.links += [value for name, value in attrs if name in ("href", "src") and value]

    def handle_endtag(self, tag: str) -> None:
        self._in_style = False

    def handle_data(self, data: str) -> None:
        if self._in_style:
            self.style += data
        else:
            self._words.append(data)
