"""E-mail's channels: servers that want TLS and a password, signatures, other alphabets, a folder."""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dkim
import pytest

from billto import config
from billto.config import WrongSetting
from billto.work.channels import channels, connected
from billto.work.parcel import Parcel, Undelivered
from tests.store.stores import Stage, on_sqlite
from tests.work.office import QUICK, SENDER, Office, files
from tests.work.post import Post, parsed, posted


def made(command: str, folder: Path) -> None:
    subprocess.run(command.split(), cwd=folder, check=True, capture_output=True)


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[Post]:
    """A server that speaks TLS and lets in who has the password."""
    made(
        "openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 2 -subj /CN=localhost"
        " -addext subjectAltName=DNS:localhost",
        tmp_path,
    )
    both = tmp_path / "both.pem"
    both.write_text((tmp_path / "key.pem").read_text() + (tmp_path / "cert.pem").read_text())
    with posted(tmp_path / "post", "--certificate", str(both)) as post:
        yield post


async def delivered(office: Office) -> Any:
    said = await office.write(recipients=[{"address": "ana@acme.example"}])
    (found,) = await office.settled(said.id)
    return found


@on_sqlite
def test_a_server_is_spoken_to_by_tls_and_with_a_password(
    stage: Stage, guarded: Post, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))
    url = f"smtp://billto:sesame%3A%2F%40@localhost:{guarded.port}"

    async def story() -> None:
        async with Office(stage.url, stage.cast.live, url) as office:
            assert (await delivered(office)).state == "sent"

    stage.run(story())
    assert len(guarded.taken()) == 1


@on_sqlite
@pytest.mark.parametrize(
    ("url", "trusted", "reason"),
    [
        ("smtp://billto:wrong@localhost:{}", True, "535"),
        ("smtp://billto:sesame%3A%2F%40@localhost:{}", False, "certificate"),
        ("smtp://localhost:{}?tls=off", True, "530"),
    ],
)
def test_what_is_wrong_between_us_and_the_server_is_tried_again(
    stage: Stage, guarded: Post, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str, trusted: bool,
    reason: str,
) -> None:  # fmt: skip
    """It heals, or is mended by whoever runs it."""
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))

    async def story() -> None:
        patient = QUICK._replace(seconds=5)
        async with Office(stage.url, stage.cast.live, url.format(guarded.port), patient) as office:
            said = await office.write()
            waits = await office.tried(said.id, times=2)
            assert waits.state == "queued"
            assert reason in str(waits.last_error)
            assert "sesame" not in str(waits.last_error)

    stage.run(story())
    assert guarded.taken() == []


@on_sqlite
def test_a_server_that_offers_no_tls_gets_nothing_where_tls_is_wanted(stage: Stage, post: Post) -> None:
    async def story() -> None:
        async with Office(stage.url, stage.cast.live, f"smtp://localhost:{post.port}") as office:
            said = await office.write()
            assert (await office.tried(said.id)).state == "queued"

    stage.run(story())
    assert post.taken() == []


@on_sqlite
def test_a_signature_vouches_for_what_is_read(stage: Stage, post: Post, tmp_path: Path) -> None:
    made("openssl genrsa -out dkim.pem 2048", tmp_path)
    made("openssl rsa -in dkim.pem -pubout -out dkim.pub", tmp_path)
    public = "".join((tmp_path / "dkim.pub").read_text().splitlines()[1:-1])
    signing: dict[str, Any] = {"mail_dkim_key": str(tmp_path / "dkim.pem"), "mail_dkim_selector": "may"}

    async def story() -> None:
        async with Office(stage.url, stage.cast.live, post.url, **signing) as office:
            assert (await delivered(office)).state == "sent"

    stage.run(story())
    asked = []

    def looked_up(name: bytes, timeout: int = 5) -> bytes:
        asked.append(name)
        return f"v=DKIM1; k=rsa; p={public}".encode()

    (taken,) = post.taken()
    # A mail server writes its own lines above ours.
    signed = taken.raw[taken.raw.index(b"DKIM-Signature") :]
    assert dkim.verify(signed, dnsfunc=looked_up)
    assert asked == [b"may._domainkey.studio.example."]
    assert not dkim.verify(signed.replace(b"Text", b"Test"), dnsfunc=looked_up)
    assert not dkim.verify(signed.replace(b"Subject: ", b"Subject: x\r\nSubject: "), dnsfunc=looked_up)


def test_a_key_that_cannot_sign_is_said_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "key.pem").write_text("no key")
    said = {
        "BILLTO_MAIL": "smtp://localhost?tls=off",
        "BILLTO_MAIL_FROM": SENDER,
        "BILLTO_MAIL_DKIM_KEY": str(tmp_path / "key.pem"),
        "BILLTO_MAIL_DKIM_SELECTOR": "may",
    }
    with pytest.raises(WrongSetting, match="BILLTO_MAIL_DKIM_KEY is no RSA key that signs"):
        channels(config.read(said))


@on_sqlite
@pytest.mark.parametrize("takes", [True, False])
def test_an_address_of_other_letters_needs_a_server_that_takes_it(
    stage: Stage, tmp_path: Path, takes: bool
) -> None:
    with posted(tmp_path / "post", *(["--utf8"] if takes else [])) as post:

        async def story() -> None:
            async with Office(stage.url, stage.cast.live, post.url) as office:
                said = await office.write(recipients=[{"address": "žiga@bücher.example"}])
                (found,) = await office.settled(said.id)
                assert found.state == ("sent" if takes else "failed")

        stage.run(story())
        assert [one.to for one in post.taken()] == ([["žiga@xn--bcher-kva.example"]] if takes else [])


@on_sqlite
def test_without_a_server_mail_lies_in_a_folder_once(stage: Stage, tmp_path: Path) -> None:
    folder = tmp_path / "mail"

    async def story() -> None:
        async with Office(stage.url, stage.cast.live, f"file:{folder}") as office:
            said = await office.write(bcc=[{"address": "archive@studio.example"}])
            (sent,) = await office.settled(said.id)
            (path,) = files(folder)
            assert (sent.state, sent.provider_id) == ("sent", path.name)
            await office.channels["email"].deliver(Parcel(sent, (), sent.created_at))  # as after a kill
            assert files(folder) == [path]

    stage.run(story())
    (path,) = files(folder)
    mail = parsed(path.read_bytes())
    assert (mail["To"], mail["Bcc"], mail["Subject"]) == (
        "ana@acme.example",
        "archive@studio.example",
        "Hello",
    )
    assert folder.stat().st_mode & 0o777 == 0o700


@on_sqlite
def test_a_folder_that_cannot_be_written_to_is_tried_again(stage: Stage, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")

    async def story() -> None:
        async with Office(stage.url, stage.cast.live, f"file:{tmp_path / 'file'}") as office:
            said = await office.write()
            with pytest.raises(Undelivered, match="the folder cannot be written to"):
                await office.channels["email"].deliver(Parcel(said, (), said.created_at))

    stage.run(story())


def test_the_embedded_database_has_a_folder_beside_it_and_a_server_has_nothing() -> None:
    embedded = config.read({"BILLTO_DATABASE_URL": "sqlite:////var/b.sqlite"})
    assert embedded.mail is not None
    assert embedded.mail.folder == Path("/var/mail")
    assert connected(embedded) == {"email", "sms", "letter"}
    served = config.read({"BILLTO_DATABASE_URL": "postgresql://db.example/billto"})
    assert (served.mail, connected(served), channels(served)) == (None, frozenset(), {})
    assert connected(config.read({"BILLTO_MAIL": "off"})) == {"sms", "letter"}
