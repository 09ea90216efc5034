"""Signatures that tell a mail's domain (DKIM, RFC 6376), where the optional package `dkimpy` is there."""

from pathlib import Path

# What a signature vouches for: whatever a reader sees of a head.
_HEADERS = (b"from", b"reply-to", b"to", b"cc", b"subject", b"date", b"message-id", b"mime-version",
            b"content-type", b"content-transfer-encoding")  # fmt: skip


class Unusable(Exception):
    """The key cannot sign; one line for the operator."""


class Signer:
    """Signs with one key. Raises Unusable at once, and not with the first mail, where that cannot be."""

    def __init__(self, key: Path, selector: str, domain: str) -> None:
        try:
            import dkim
        except ImportError:
            raise Unusable("needs the package dkimpy: pip install billto[dkim]") from None
        self._sign = dkim.sign
        self._selector = selector.encode()
        self._domain = domain.encode()
        try:
            self._key = key.read_bytes()
            self.signed(b"From: a@example.com\r\n\r\n\r\n")
        except (OSError, dkim.DKIMException, ValueError) as fault:
            raise Unusable(f"is no RSA key that signs: {fault}") from None

    def signed(self, content: bytes) -> bytes:
        """The mail with its signature before it. Each header is signed once more than it is there, so that
        nobody adds another one."""
        head = content.partition(b"\r\n\r\n")[0].lower()
        there = [name for name in _HEADERS if b"\r\n" + name + b":" in b"\r\n" + head]
        signature: bytes = self._sign(
            content, self._selector, self._domain, self._key,
            canonicalize=(b"relaxed", b"relaxed"), include_headers=[*there, *there],
        )  # fmt: skip
        return signature + content
