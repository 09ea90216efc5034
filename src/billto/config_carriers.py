"""The settings that say by whom text messages and letters go, as addresses."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from billto.domain.connection import from_number


@dataclass(frozen=True, slots=True)
class Sms:
    """Where text messages go: to Twilio, or as files into a folder."""

    folder: Path | None = None
    sid: str = ""
    token: str = ""
    sender: str | None = None  # a number or a name, or else a messaging service
    service: str | None = None
    url: str | None = None  # of another Twilio than Twilio's


@dataclass(frozen=True, slots=True)
class Letters:
    """Where letters go: to Lob, or as files into a folder."""

    folder: Path | None = None
    key: str = ""
    color: bool = False
    use_type: str = "operational"
    url: str | None = None


SMS_FORM = (
    "must be twilio://SID:TOKEN@+15005550006, with a number or the SID of a messaging service, file:folder or"
    " off"
)
LETTERS_FORM = "must be lob://KEY, perhaps with ?color=on or ?use_type=marketing, file:folder or off"


def sms(text: str) -> Sms | None:
    if text in ("off", ""):
        return None
    if (folder := _folder(text)) is not None:
        return Sms(folder)
    place, said = _read(text, "twilio", SMS_FORM)
    who, _, sender = place.rpartition("@")
    sid, _, token = who.partition(":")
    sid, token, sender = unquote(sid), unquote(token), unquote(sender)
    url = _url(said.pop("url", None), SMS_FORM)
    service = sender if sender.startswith("MG") and len(sender) > 11 else None
    number = None if service else from_number(sender)
    if not sid or not token or said or not (service or number):
        raise ValueError(SMS_FORM)
    return Sms(None, sid, token, number, service, url)


def letters(text: str) -> Letters | None:
    if text in ("off", ""):
        return None
    if (folder := _folder(text)) is not None:
        return Letters(folder)
    place, said = _read(text, "lob", LETTERS_FORM)
    key = unquote(place.rstrip("@").removesuffix("@api.lob.com"))
    url, color = _url(said.pop("url", None), LETTERS_FORM), said.pop("color", "off")
    use_type = said.pop("use_type", "operational")
    if not key or said or color not in ("on", "off") or use_type not in ("operational", "marketing"):
        raise ValueError(LETTERS_FORM)
    return Letters(None, key, color == "on", use_type, url)


def _folder(text: str) -> Path | None:
    scheme, _, rest = text.partition(":")
    return Path(rest) if scheme == "file" and rest else None


def _read(text: str, scheme: str, form: str) -> tuple[str, dict[str, str]]:
    """What stands between scheme and question mark, and the words behind it."""
    begun, _, rest = text.partition("://")
    place, _, query = rest.partition("?")
    try:
        said: Mapping[str, str] = dict(parse_qsl(query, keep_blank_values=True, strict_parsing=bool(query)))
    except ValueError:
        raise ValueError(form) from None
    if begun != scheme or "/" in place:
        raise ValueError(form)
    return place, dict(said)


def _url(text: str | None, form: str) -> str | None:
    """Another address of the provider's API; credentials go there, so that only the operator names one."""
    if text is None:
        return None
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.username:
        raise ValueError(form)
    return text.rstrip("/")
