"""By whom text messages and letters go, as settings say it."""

from pathlib import Path

import pytest

from billto import config
from billto.config import WrongSetting
from billto.config_carriers import Letters, Sms

SQLITE = {"BILLTO_DATABASE_URL": "sqlite:////var/b.sqlite"}
SERVER = {"BILLTO_DATABASE_URL": "postgresql://db.example/billto"}


@pytest.mark.parametrize(
    ("text", "sms"),
    [
        ("file:/var/sms", Sms(Path("/var/sms"))),
        ("off", None),
        ("twilio://AC1:t0k@+15005550006", Sms(None, "AC1", "t0k", "+15005550006")),
        ("twilio://AC1:a%3Ab%40c%2F@12345", Sms(None, "AC1", "a:b@c/", "12345")),
        ("twilio://AC1:t@Acme%20Inc", Sms(None, "AC1", "t", "Acme Inc")),
        ("twilio://AC1:t@MG0123456789", Sms(None, "AC1", "t", None, "MG0123456789")),
        (
            "twilio://AC1:t@12345?url=http://127.0.0.1:9/",
            Sms(None, "AC1", "t", "12345", None, "http://127.0.0.1:9"),
        ),
    ],
)
def test_text_messages_go_where_it_is_said(text: str, sms: Sms | None) -> None:
    assert config.read({**SERVER, "BILLTO_SMS": text}).sms == sms


@pytest.mark.parametrize(
    ("text", "letters"),
    [
        ("file:letters", Letters(Path("letters"))),
        ("off", None),
        ("lob://test_k", Letters(None, "test_k")),
        ("lob://test_k@", Letters(None, "test_k")),
        ("lob://live_k@api.lob.com?color=on&use_type=marketing", Letters(None, "live_k", True, "marketing")),
        ("lob://k?url=https://lob.example", Letters(None, "k", url="https://lob.example")),
    ],
)
def test_letters_go_where_it_is_said(text: str, letters: Letters | None) -> None:
    assert config.read({**SERVER, "BILLTO_LETTERS": text}).letters == letters


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("BILLTO_SMS", "twilio://AC1:sesame@"),
        ("BILLTO_SMS", "twilio://AC1@+15005550006"),
        ("BILLTO_SMS", "twilio://AC1:sesame@12"),
        ("BILLTO_SMS", "twilio://AC1:sesame@+15005550006?x=1"),
        ("BILLTO_SMS", "twilio://AC1:sesame@+15005550006?url=ftp://x"),
        ("BILLTO_SMS", "twilio://AC1:ses/ame@+15005550006"),
        ("BILLTO_SMS", "vonage://sesame"),
        ("BILLTO_LETTERS", "lob://"),
        ("BILLTO_LETTERS", "sesame"),
        ("BILLTO_LETTERS", "lob://sesame?color=red"),
        ("BILLTO_LETTERS", "lob://sesame?url=x"),
        ("BILLTO_SECRET_KEY", "sesame"),
        ("BILLTO_SECRET_KEY", f"{'k' * 32},sesame"),
        ("BILLTO_SMS_PER_DAY", "many"),
        ("BILLTO_MAIL_PER_DAY", "-1"),
    ],
)
def test_what_connects_nothing_is_said_without_its_secret(variable: str, value: str) -> None:
    with pytest.raises(WrongSetting, match=f"^{variable} must ") as caught:
        config.read({**SERVER, variable: value})
    assert "sesame" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_embedded_database_has_folders_and_a_server_has_nothing() -> None:
    embedded = config.read(SQLITE)
    assert (embedded.sms, embedded.letters) == (Sms(Path("/var/sms")), Letters(Path("/var/letters")))
    served = config.read(SERVER)
    assert (served.sms, served.letters, served.secret_key) == (None, None, ())
    assert config.read({**SQLITE, "BILLTO_SMS": "off"}).sms is None


def test_limits_are_generous_unless_it_is_said_otherwise() -> None:
    settings = config.read(SERVER)
    assert (settings.mail_per_day, settings.sms_per_day, settings.letters_per_day) == (10_000, 1_000, 1_000)
    assert config.read({**SERVER, "BILLTO_SMS_PER_DAY": "off"}).sms_per_day is None
    assert config.read({**SERVER, "BILLTO_SMS_PER_DAY": "0"}).sms_per_day == 0
