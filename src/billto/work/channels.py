"""The channels that are connected, by their settings. A channel that is not in the table is not there."""

from collections.abc import Mapping
from typing import Any

from billto.config import Config, Mail, WrongSetting
from billto.config_carriers import Letters, Sms
from billto.domain.message import EMAIL, LETTER, SMS
from billto.work import dkim, letters, sms
from billto.work.mail import FileMail, Server, SmtpMail
from billto.work.parcel import Channel

# Whom mail is from that only goes into a folder, unless it is said.
_NOBODY = "billto@localhost"


def connected(settings: Config) -> frozenset[str]:
    """The names of the channels by which everybody's messages can be sent."""
    settled = {EMAIL: settings.mail, SMS: settings.sms, LETTER: settings.letters}
    return frozenset(name for name, one in settled.items() if one is not None)


def per_day(settings: Config) -> Mapping[str, int]:
    """How many messages of a channel an entity may send on one day, where there is a limit."""
    limits = {
        EMAIL: settings.mail_per_day, SMS: settings.sms_per_day, LETTER: settings.letters_per_day,
    }  # fmt: skip
    return {name: most for name, most in limits.items() if most is not None}


def channels(settings: Config) -> Mapping[str, Channel]:
    """The channels by their names; raises WrongSetting for one that could never deliver anything."""
    table: dict[str, Any] = {}
    if settings.mail is not None:
        table[EMAIL] = _mail(settings.mail, settings)
    if settings.sms is not None:
        table[SMS] = _sms(settings.sms, settings)
    if settings.letters is not None:
        table[LETTER] = _letters(settings.letters, settings)
    return table


def _sms(said: Sms, settings: Config) -> Channel:
    if said.folder is not None:
        return sms.FileSms(said.folder)
    account = sms.Account(said.sid, said.token, said.sender, said.service, said.url or sms.TWILIO)
    return sms.Twilio(account, settings.delivery_seconds)


def _letters(said: Letters, settings: Config) -> Channel:
    if said.folder is not None:
        return letters.FileLetters(said.folder)
    account = letters.Account(said.key, said.color, said.use_type, said.url or letters.LOB)
    return letters.Lob(account, settings.delivery_seconds)


def _mail(mail: Mail, settings: Config) -> Channel:
    sender = settings.mail_from or _NOBODY
    if mail.folder is not None:
        return FileMail(mail.folder, sender)
    server = Server(mail.host, mail.port, mail.tls, mail.user, mail.password)
    return SmtpMail(server, sender, _signer(sender, settings), settings.delivery_seconds)


def _signer(sender: str, settings: Config) -> dkim.Signer | None:
    if settings.mail_dkim_key is None or settings.mail_dkim_selector is None:
        return None
    domain = settings.mail_dkim_domain or sender.rpartition("@")[2]
    try:
        return dkim.Signer(settings.mail_dkim_key, settings.mail_dkim_selector, domain)
    except dkim.Unusable as fault:
        raise WrongSetting(f"BILLTO_MAIL_DKIM_KEY {fault}") from None
