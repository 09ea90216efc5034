"""Settings are read strictly, and what is wrong is said in one line that gives no secret away."""

from pathlib import Path

import pytest

from billto import config
from billto.config import WrongSetting


def test_without_any_variable_everything_lies_in_one_folder() -> None:
    settings = config.read({})
    assert settings.home == Path(".billto")
    assert settings.database_url.path == Path(".billto/billto.sqlite")
    assert (settings.host, settings.port, settings.workers) == ("127.0.0.1", 8080, 1)
    assert settings.rate_limit is None


def test_the_database_lies_in_the_home_folder_unless_it_is_said_where() -> None:
    assert config.read({"BILLTO_HOME": "/srv/b"}).database_url.path == Path("/srv/b/billto.sqlite")
    absolute = config.read({"BILLTO_DATABASE_URL": "sqlite:////var/lib/b.sqlite"})
    assert absolute.database_url.path == Path("/var/lib/b.sqlite")
    relative = config.read({"BILLTO_DATABASE_URL": "sqlite:///b%20c.sqlite"})
    assert relative.database_url.path == Path("b c.sqlite")


def test_a_postgresql_address_is_shown_without_its_password() -> None:
    url = "postgresql://billto:sesame@db.example:5432/billto"
    database = config.read({"BILLTO_DATABASE_URL": url}).database_url
    assert (database.url, database.path) == (url, None)
    spelt_otherwise = "postgresql://db.example:5432/billto?user=billto&password=sesame"
    assert config.read({"BILLTO_DATABASE_URL": spelt_otherwise}).database_url.shown == database.shown
    assert database.shown == "postgresql://db.example:5432/billto"


@pytest.mark.parametrize(
    ("variable", "value", "line"),
    [
        ("BILLTO_PORT", "abc", "BILLTO_PORT must be a whole number from 0 to 65535, not 'abc'"),
        ("BILLTO_PORT", "65536", "BILLTO_PORT must be a whole number from 0 to 65535, not '65536'"),
        ("BILLTO_PORT", "-1", "BILLTO_PORT must be a whole number from 0 to 65535, not '-1'"),
        ("BILLTO_PORT", "٣", "BILLTO_PORT must be a whole number from 0 to 65535, not '٣'"),
        ("BILLTO_WORKERS", "0", "BILLTO_WORKERS must be a whole number from 1 to 64, not '0'"),
        ("BILLTO_RATE_LIMIT", "many", "BILLTO_RATE_LIMIT must be off, or a rate such as 600/minute"),
        ("BILLTO_REQUEST_LOG", "perhaps", "BILLTO_REQUEST_LOG must be on or off, not 'perhaps'"),
        ("BILLTO_HOST", "a b", "BILLTO_HOST must be an address to listen on"),
        ("BILLTO_MAIL", "pop://u:sesame@h", "BILLTO_MAIL must be smtp://"),
        ("BILLTO_MAIL", "u:sesame@h", "BILLTO_MAIL must be smtp://"),
        ("BILLTO_DATABASE_URL", "u:sesame@h/d", "BILLTO_DATABASE_URL must be sqlite:///"),
        ("BILLTO_MAIL", "smtp://", "BILLTO_MAIL must be smtp://"),
        ("BILLTO_MAIL", "smtp://u@h", "BILLTO_MAIL must be smtp://"),
        ("BILLTO_MAIL", "smtp://u:sesame@h:port", "BILLTO_MAIL must be smtp://"),
        ("BILLTO_MAIL", "smtp://u:sesame@h?tls=maybe", "BILLTO_MAIL must be smtp://"),
        ("BILLTO_MAIL", "smtp://u:sesame@h?tsl=off", "BILLTO_MAIL must be smtp://"),
        ("BILLTO_MAIL", "smtps://u:sesame@h?tls=off", "BILLTO_MAIL must be smtp://"),
        ("BILLTO_MAIL", "smtp://u:sesame@h", "BILLTO_MAIL_FROM must say what address mail comes from"),
        ("BILLTO_MAIL", "file:", "BILLTO_MAIL must be smtp://"),
        ("BILLTO_MAIL_FROM", "Ana <a@b.c>", "BILLTO_MAIL_FROM must be an e-mail address"),
        ("BILLTO_MAIL_DKIM_KEY", "/nowhere.pem", "BILLTO_MAIL_DKIM_KEY must name a file that is there"),
        ("BILLTO_MAIL_DKIM_SELECTOR", "a b", "BILLTO_MAIL_DKIM_SELECTOR must be a"),
        ("BILLTO_MAIL_DKIM_SELECTOR", "may", "BILLTO_MAIL_DKIM_KEY and BILLTO_MAIL_DKIM_SELECTOR must be"),
        ("BILLTO_PUBLIC_URL", "pay.example.com", "BILLTO_PUBLIC_URL must be an address such as https://"),
        ("BILLTO_PUBLIC_URL", "ftp://pay.example.com", "BILLTO_PUBLIC_URL must be an address such as"),
        ("BILLTO_PUBLIC_URL", "https://u:sesame@h", "BILLTO_PUBLIC_URL must be an address such as https://"),
        ("BILLTO_PUBLIC_URL", "https://h/a b", "BILLTO_PUBLIC_URL must be an address such as https://"),
        ("BILLTO_PUBLIC_URL", "https://h/?a=b", "BILLTO_PUBLIC_URL must be an address such as https://"),
        ("BILLTO_DATABASE_URL", "mysql://u:sesame@h/d", "BILLTO_DATABASE_URL must be sqlite:///"),
        ("BILLTO_DATABASE_URL", "sqlite://b.sqlite", "BILLTO_DATABASE_URL must be sqlite:///"),
        ("BILLTO_DATABASE_URL", "postgresql://", "BILLTO_DATABASE_URL must be sqlite:///"),
        ("BILLTO_DATABASE_URL", "postgresql://u:sesame@h:port/d", "BILLTO_DATABASE_URL must be sqlite:///"),
    ],
)
def test_what_cannot_be_used_is_said_in_one_line(variable: str, value: str, line: str) -> None:
    with pytest.raises(WrongSetting) as wrong:
        config.read({variable: value})
    said = str(wrong.value)
    assert said.startswith(line)
    assert "\n" not in said
    assert "sesame" not in said


def test_a_misspelt_variable_is_noticed() -> None:
    given = {"BILLTO_PROT": "80", "BILLTO_PORT": "80", "PATH": "/bin"}
    assert config.unknown(given) == ("BILLTO_PROT",)


@pytest.mark.parametrize(
    ("url", "host", "port", "user", "password", "tls"),
    [
        ("smtp://u:p%40ss@mail.example", "mail.example", 587, "u", "p@ss", "starttls"),
        ("smtps://u:p@mail.example", "mail.example", 465, "u", "p", "on"),
        ("smtp://localhost:1025?tls=off", "localhost", 1025, None, None, "off"),
        ("smtp://bücher.example?tls=off", "xn--bcher-kva.example", 25, None, None, "off"),
    ],
)
def test_a_mail_server_is_an_address(
    url: str, host: str, port: int, user: str | None, password: str | None, tls: str
) -> None:
    mail = config.read({"BILLTO_MAIL": url, "BILLTO_MAIL_FROM": "a@b.example"}).mail
    assert mail == config.Mail(None, host, port, user, password, tls)
