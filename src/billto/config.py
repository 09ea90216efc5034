"""Every setting of the server as a table: name, how it is read, default, one sentence."""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from limits import RateLimitItem, parse

from billto import config_carriers as carriers
from billto.config_carriers import Letters, Sms
from billto.domain.mailbox import is_address, to_ascii

PREFIX = "BILLTO_"


class WrongSetting(Exception):
    """A setting cannot be used; the message is one line for the operator."""


@dataclass(frozen=True, slots=True)
class Database:
    """Where everything is kept: a SQLite file, or a PostgreSQL server."""

    url: str
    path: Path | None = None  # of the SQLite file

    @property
    def shown(self) -> str:
        """The address without anything that could be a password, for people and logs."""
        if self.path is not None:
            return self.url
        parts = urlsplit(self.url)
        place = parts.netloc.rpartition("@")[2]
        return f"{parts.scheme}://{place}{parts.path}"


@dataclass(frozen=True, slots=True)
class Mail:
    """Where e-mail goes: to a mail server, or as files into a folder."""

    folder: Path | None = None
    host: str = ""
    port: int = 0
    user: str | None = None
    password: str | None = None
    tls: str = "starttls"  # or on, from the first byte, or off


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting; `read` raises ValueError with what it needs."""

    name: str
    read: Callable[[str], Any]
    default: str
    says: str

    @property
    def variable(self) -> str:
        return f"{PREFIX}{self.name.upper()}"


def _database(text: str) -> Database:
    scheme, _, rest = text.partition("://")
    if scheme == "sqlite" and rest.startswith("/") and len(rest) > 1:
        # As SQLAlchemy writes it: sqlite:///relative.db, sqlite:////absolute.db
        path = Path(unquote(rest[1:]))
        if not path.parent.is_dir():
            raise ValueError("must name a file in a folder that is there")
        return Database(text, path)
    if scheme in ("postgresql", "postgres"):
        try:
            parts = urlsplit(text)
            whole = parts.hostname is not None or "host=" in parts.query
            _ = parts.port
        except ValueError:
            whole = False
        if whole:
            return Database(text)
    raise ValueError("must be sqlite:///path/to/file or postgresql://user:password@host:port/name")


_MAIL_FORM = (
    "must be smtp://user:password@host:587, smtps://user:password@host, file:folder or off; ?tls=off speaks"
    " to a server without TLS"
)
_MAIL_PORTS = {"starttls": 587, "on": 465, "off": 25}


def _mail(text: str) -> Mail | None:
    if text in ("off", ""):
        return None
    scheme, _, rest = text.partition(":")
    if scheme == "file" and rest:
        return Mail(folder=Path(rest))
    try:
        parts = urlsplit(text)
        said = dict(parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query)))
        port, host = parts.port, to_ascii(parts.hostname or "")
    except ValueError:
        raise ValueError(_MAIL_FORM) from None
    tls = said.pop("tls", "on" if scheme == "smtps" else "starttls")
    fits = scheme in ("smtp", "smtps") and tls in _MAIL_PORTS and not (scheme == "smtps" and tls != "on")
    if (
        not fits
        or said
        or not host
        or parts.path.strip("/")
        or (parts.username is None) != (not parts.password)
    ):
        raise ValueError(_MAIL_FORM)
    user, password = (unquote(one) if one else None for one in (parts.username, parts.password))
    return Mail(None, host, port or _MAIL_PORTS[tls], user, password, tls)


def _address(text: str) -> str | None:
    if text and not is_address(text):
        raise ValueError("must be an e-mail address")
    return text or None


def _domain(text: str) -> str | None:
    if text and to_ascii(text) is None:
        raise ValueError("must be a domain, such as example.com")
    return to_ascii(text) if text else None


def _selector(text: str) -> str | None:
    return _domain(text)


def _file(text: str) -> Path | None:
    if text and not Path(text).is_file():
        raise ValueError("must name a file that is there")
    return Path(text) if text else None


def _between(least: int, most: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not text.isascii() or not text.isdigit() or not least <= int(text[:12]) <= most:
            raise ValueError(f"must be a whole number from {least} to {most}")
        return int(text)

    return read


def _limit(text: str) -> RateLimitItem | None:
    if text == "off":
        return None
    try:
        return parse(text)
    except ValueError:
        raise ValueError("must be off, or a rate such as 600/minute or 20/second") from None


def _number_or_off(text: str) -> int | None:
    try:
        return None if text == "off" else _between(0, 10**9)(text)
    except ValueError:
        raise ValueError("must be off or a whole number") from None


KEY_LENGTH_MIN = 32


def _keys(text: str) -> tuple[str, ...]:
    keys = tuple(one.strip() for one in text.split(",") if one.strip())
    if any(len(one) < KEY_LENGTH_MIN for one in keys):
        raise ValueError(f"must have at least {KEY_LENGTH_MIN} characters, such as: openssl rand -hex 32")
    return keys


def _switch(text: str) -> bool:
    words = {"on": True, "true": True, "1": True, "off": False, "false": False, "0": False}
    if text.lower() not in words:
        raise ValueError("must be on or off")
    return words[text.lower()]


def _host(text: str) -> str:
    if not text or any(char.isspace() for char in text):
        raise ValueError("must be an address to listen on, such as 127.0.0.1 or 0.0.0.0")
    return text


def _url(text: str) -> str:
    """An address without a slash at its end; other letters and signs are written as addresses have them."""
    if not text:
        return ""
    parts = urlsplit(text)
    beside = parts.query or parts.fragment or parts.username or parts.password
    if parts.scheme not in ("http", "https") or not parts.hostname or beside or re.search(r"[^!-~]", text):
        raise ValueError("must be an address such as https://billing.example.com")
    return text.rstrip("/")


SETTINGS = (
    Setting("home", Path, ".billto", "Folder for files: the SQLite database, the demonstration's key."),
    Setting(
        "database_url",
        _database,
        "",
        "Where everything is kept; billto.sqlite in the home folder by default.",
    ),
    Setting("host", _host, "127.0.0.1", "Address that the server listens on."),
    Setting("port", _between(0, 65_535), "8080", "Port that the server listens on."),
    Setting(
        "public_url",
        _url,
        "",
        "Address under which customers reach this server, for links to their accounts; the one that a"
        " request names by default.",
    ),
    Setting("workers", _between(1, 64), "1", "Processes that serve."),
    Setting(
        "rate_limit",
        _limit,
        "off",
        "Requests that one key may make, such as 600/minute; counted per process.",
    ),
    Setting("connections", _between(2, 200), "10", "PostgreSQL connections that one process holds at most."),
    Setting("statement_seconds", _between(1, 600), "5", "How long one question to the database may take."),
    Setting(
        "request_log",
        _switch,
        "off",
        "Whether every request writes a line to the log, without keys and bodies.",
    ),
    Setting(
        "mail",
        _mail,
        "",
        "Where e-mail goes: `smtp://user:password@host:587` (STARTTLS), `smtps://…`, `file:folder` or `off`;"
        " the folder `mail` beside the SQLite database by default, nowhere with PostgreSQL.",
    ),
    Setting("mail_from", _address, "", "The address that mail comes from; needed for a mail server."),
    Setting("mail_dkim_key", _file, "", "PEM file of the RSA key that signs mail (DKIM)."),
    Setting("mail_dkim_selector", _selector, "", "The key's name in the DNS, before `._domainkey`."),
    Setting("mail_dkim_domain", _domain, "", "Whose key it is; the domain of `BILLTO_MAIL_FROM` by default."),
    Setting(
        "sms",
        carriers.sms,
        "",
        "Where text messages go: `twilio://SID:TOKEN@+15005550006` (a number, or the SID of a messaging"
        " service), `file:folder` or `off`; the folder `sms` beside the SQLite database by default, nowhere"
        " with PostgreSQL.",
    ),
    Setting(
        "letters",
        carriers.letters,
        "",
        "Where letters go: `lob://KEY`, with `?color=on` or `?use_type=marketing` if you like, `file:folder`"
        " or `off`; the folder `letters` beside the SQLite database by default, nowhere with PostgreSQL.",
    ),
    Setting(
        "secret_key",
        _keys,
        "",
        "What seals passwords of entities' own connections, with commas between several: the first seals,"
        " all open; a file `secret.key` beside the SQLite database by default, none with PostgreSQL.",
    ),
    Setting(
        "private_hosts",
        _switch,
        "off",
        "Whether mail servers of entities' own may be in private networks, and listen on any port.",
    ),
    Setting("mail_per_day", _number_or_off, "10000", "E-mails that one entity may send a day, or off."),
    Setting("sms_per_day", _number_or_off, "1000", "Text messages that one entity may send a day, or off."),
    Setting("letters_per_day", _number_or_off, "1000", "Letters that one entity may send a day, or off."),
    Setting("worker", _switch, "on", "Whether `billto serve` also delivers messages."),
    Setting("delivery_seconds", _between(1, 600), "60", "How long one delivery of a message may take."),
)

# What may have a password in it.
_SECRET = ("database_url", "mail", "sms", "letters", "secret_key", "public_url")


@dataclass(frozen=True, slots=True)
class Config:
    """The settings, read."""

    home: Path
    database_url: Database
    host: str
    port: int
    public_url: str
    workers: int
    rate_limit: RateLimitItem | None
    connections: int
    statement_seconds: int
    request_log: bool
    mail: Mail | None
    mail_from: str | None
    mail_dkim_key: Path | None
    mail_dkim_selector: str | None
    mail_dkim_domain: str | None
    sms: Sms | None
    letters: Letters | None
    secret_key: tuple[str, ...]
    private_hosts: bool
    mail_per_day: int | None
    sms_per_day: int | None
    letters_per_day: int | None
    worker: bool
    delivery_seconds: int


def read(environment: Mapping[str, str] = os.environ) -> Config:
    """The settings out of BILLTO_* variables. Raises WrongSetting for the first that cannot be used."""
    settings = Config(**{one.name: _value(one, environment) for one in SETTINGS})
    settings = _with_folders(settings, environment)
    if settings.mail is not None and settings.mail.folder is None and settings.mail_from is None:
        raise WrongSetting("BILLTO_MAIL_FROM must say what address mail comes from, with a mail server")
    if (settings.mail_dkim_key is None) is not (settings.mail_dkim_selector is None):
        raise WrongSetting("BILLTO_MAIL_DKIM_KEY and BILLTO_MAIL_DKIM_SELECTOR must be given together")
    return settings


def _with_folders(settings: Config, environment: Mapping[str, str]) -> Config:
    """With a SQLite database there is a folder for every channel of which nothing is said."""
    path = settings.database_url.path
    if path is None:
        return settings
    folders: dict[str, Any] = {
        "mail": Mail(path.parent / "mail"),
        "sms": Sms(path.parent / "sms"),
        "letters": Letters(path.parent / "letters"),
    }
    unsaid = {name: one for name, one in folders.items() if not environment.get(f"{PREFIX}{name.upper()}")}
    return replace(settings, **unsaid)


def unknown(environment: Mapping[str, str] = os.environ) -> tuple[str, ...]:
    """Variables that look like settings and are none: misspelt, most likely, and without effect."""
    known = {one.variable for one in SETTINGS}
    return tuple(sorted(name for name in environment if name.startswith(PREFIX) and name not in known))


def _value(one: Setting, environment: Mapping[str, str]) -> Any:
    text = environment.get(one.variable) or one.default
    if one.name == "database_url" and not text:
        path = Path(environment.get(SETTINGS[0].variable) or SETTINGS[0].default) / "billto.sqlite"
        return Database(f"sqlite:///{path}", path)
    try:
        return one.read(text)
    except ValueError as error:
        raise WrongSetting(f"{one.variable} {error}, not {_shown(one, text)!r}") from None


def _shown(one: Setting, text: str) -> str:
    """What was given; of an address only its scheme, for there may be a password in all the rest."""
    if one.name not in _SECRET:
        return text[:80]
    scheme, is_address, _ = text.partition("://")
    return f"{scheme[:20]}…" if is_address and one.name != "secret_key" else "…"
