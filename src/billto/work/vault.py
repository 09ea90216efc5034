"""Secrets at rest: sealed with AES-256-GCM, each for the one place where it may be opened again."""

import base64
import hashlib
import logging
import os
import secrets
from collections.abc import Sequence
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from billto.app.parts import Vault
from billto.config import KEY_LENGTH_MIN, Config
from billto.domain.problems import Problem, Refused

log = logging.getLogger("billto.work")

_VERSION = "1"
_NONCE_BYTES = 12
_NAME_CHARS = 8


class Sealed(Exception):
    """A secret cannot be opened; says why, and nothing of it."""


class Keyring:
    """Seals with the first of some keys, and opens with whichever has sealed."""

    def __init__(self, keys: Sequence[str]) -> None:
        # A key is as long as AES wants it whatever was given, and its name tells nothing of it.
        bytes_ = [hashlib.sha256(b"billto secret key\0" + key.encode()).digest() for key in keys]
        self._keys = {
            hashlib.sha256(b"name\0" + one).hexdigest()[:_NAME_CHARS]: AESGCM(one) for one in bytes_
        }
        self._first = next(iter(self._keys))

    def seal(self, secret: str, place: str) -> str:
        nonce = os.urandom(_NONCE_BYTES)
        sealed = self._keys[self._first].encrypt(nonce, secret.encode(), place.encode())
        return f"{_VERSION}.{self._first}.{base64.urlsafe_b64encode(nonce + sealed).decode()}"

    def open(self, sealed: str, place: str) -> str:
        version, _, rest = sealed.partition(".")
        name, _, text = rest.partition(".")
        if version != _VERSION or name not in self._keys:
            raise Sealed("it was sealed with a key that is not in BILLTO_SECRET_KEY")
        try:
            raw = base64.urlsafe_b64decode(text)
            opened = self._keys[name].decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], place.encode())
        except (InvalidTag, ValueError):
            raise Sealed("it was changed, or belongs elsewhere") from None
        return opened.decode()


class FileKeyring:
    """With a key in a file of the home folder, that is made when the first secret is to be kept."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._ring: Keyring | None = None

    def seal(self, secret: str, place: str) -> str:
        try:
            return self._keyring(makes=True).seal(secret, place)
        except (OSError, Sealed) as fault:
            log.error("no key can be kept beside the database: %s", fault)
            raise Refused(Problem("no_secret_key")) from fault

    def open(self, sealed: str, place: str) -> str:
        return self._keyring(makes=False).open(sealed, place)

    def _keyring(self, *, makes: bool) -> Keyring:
        if self._ring is None:
            if makes and not self._path.exists():
                self._make()
            try:
                key = self._path.read_text().strip()
            except OSError as fault:
                raise Sealed(f"{self._path.name} cannot be read: {fault.strerror}") from None
            if len(key) < KEY_LENGTH_MIN:
                raise Sealed(f"{self._path.name} has no key in it")
            self._ring = Keyring([key])
        return self._ring

    def _make(self) -> None:
        """Whole and on the disk before it has its name; if another process is quicker, its key it is."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        being_written = self._path.with_suffix(f".{os.getpid()}.part")
        with os.fdopen(os.open(being_written, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(32))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(being_written, self._path)
        except FileExistsError:
            pass
        finally:
            being_written.unlink()
        folder = os.open(self._path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def vault(settings: Config) -> Vault | None:
    """Where the installation keeps secrets; None where it has no key, and none is made for it."""
    if settings.secret_key:
        return Keyring(settings.secret_key)
    if settings.database_url.path is not None:
        return FileKeyring(settings.database_url.path.parent / "secret.key")
    return None
