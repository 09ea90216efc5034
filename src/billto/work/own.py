"""The channels that entities have of their own, out of the connections that they have stored."""

from billto.app import messages, sending
from billto.app.parts import Reader, Vault
from billto.config import Config
from billto.domain.connection import Connection, bound
from billto.domain.entity import Entity
from billto.domain.message import EMAIL, SMS
from billto.work import letters, network, sms
from billto.work.mail import Server, SmtpMail
from billto.work.parcel import Channel, Undelivered
from billto.work.vault import Sealed


class OwnChannels:
    """Finds an entity's own channel for each message anew: what is stored holds from the next one on."""

    def __init__(self, reader: Reader, vault: Vault | None, settings: Config) -> None:
        self._reader = reader
        self._vault = vault
        self._seconds = settings.delivery_seconds
        self._anywhere = settings.private_hosts
        # Where a provider is, the installation says, and nobody whose credentials go there.
        self._twilio = (settings.sms and settings.sms.url) or sms.TWILIO
        self._lob = (settings.letters and settings.letters.url) or letters.LOB

    async def __call__(self, entity: Entity, channel: str) -> Channel | None:
        found = await sending.connection(self._reader, messages.on_behalf(entity).scope, channel)
        return None if found is None else self._channel(found)

    def _channel(self, of: Connection) -> Channel:
        facts, secret = of.facts, self._opened(of)
        if of.channel == EMAIL:
            server = Server(facts["host"], facts["port"], facts["tls"], facts.get("user"), secret)
            connect = None if self._anywhere else network.to_public_server
            return SmtpMail(server, facts["from"], None, self._seconds, connect)
        if of.channel == SMS:
            account = sms.Account(
                facts["account_sid"], secret or "", facts.get("from"),
                facts.get("messaging_service_sid"), self._twilio,
            )  # fmt: skip
            return sms.Twilio(account, self._seconds)
        key = letters.Account(secret or "", facts.get("color") is True, facts["use_type"], self._lob)
        return letters.Lob(key, self._seconds)

    def _opened(self, of: Connection) -> str | None:
        if of.secret is None:
            return None
        try:
            if self._vault is None:
                raise Sealed("BILLTO_SECRET_KEY is not set")
            return self._vault.open(of.secret, bound(of))
        except Sealed as fault:
            raise Undelivered(f"the entity's own connection cannot be opened: {fault}") from None
