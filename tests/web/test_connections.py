"""Connections of entities' own at the native door: stored, never shown, and used in place of everybody's."""

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billto.domain.problems import Refused
from billto.work.vault import FileKeyring, Keyring, Sealed
from tests.drills.waiting import until
from tests.web.conftest import OpenHouse
from tests.web.house import House, answered, refused
from tests.work.post import posted
from tests.work.providers import KEY, SID, TOKEN, Provider, provided

TWILIO = {"account_sid": SID, "auth_token": TOKEN, "from": "+15005550006"}
MAIL = {"host": "smtp.acme.example", "user": "billing", "password": "hunter2 & co", "from": "b@acme.example"}
ALL = ("email", "sms", "letter")


@pytest.fixture
def provider() -> Iterator[Provider]:
    with provided() as one:
        yield one


def path(house: House, channel: str = "") -> str:
    return f"/entities/{house.cast.studio}/connections{f'/{channel}' if channel else ''}"


def put(house: House, channel: str, body: Any, **headers: str) -> Any:
    return house.live.ask("PUT", path(house, channel), body, headers)


def shown(house: House) -> dict[str, Any]:
    return {one["channel"]: one for one in answered(house.live.get(path(house)))["data"]}


def test_what_is_stored_is_shown_but_for_its_secret(house: House) -> None:
    assert {name: one["source"] for name, one in shown(house).items()} == dict.fromkeys(ALL, "installation")
    said = answered(put(house, "email", MAIL))
    assert said["settings"] == {
        "host": "smtp.acme.example", "port": 587, "tls": "starttls", "user": "billing",
        "from": "b@acme.example",
    }  # fmt: skip
    assert (said["source"], said["provider"], said["has_secret"]) == ("entity", "smtp", True)
    assert shown(house)["email"] == said
    assert answered(put(house, "letter", {"api_key": KEY}))["settings"] == {
        "color": False,
        "use_type": "operational",
    }
    assert house.live.delete(path(house, "email")).status_code == 204
    assert house.live.delete(path(house, "email")).status_code == 204
    assert shown(house)["email"]["source"] == "installation"


def test_a_secret_is_nowhere_to_be_read(house: House, caplog: pytest.LogCaptureFixture) -> None:
    for channel, body, secret in (
        ("email", MAIL, MAIL["password"]),
        ("sms", TWILIO, TOKEN),
        ("letter", {"api_key": KEY}, KEY),
    ):
        first, second = (put(house, channel, body, **{"Idempotency-Key": channel}) for _ in range(2))
        assert answered(first) == answered(second)
        assert second.headers["idempotent-replayed"] == "true"
        other = put(house, channel, {**body, "from": "+15005550001"}, **{"Idempotency-Key": channel})
        assert other.status_code == 409
        everything = f"{first.text}{house.live.get(path(house)).text}{house.dump()}{caplog.text}"
        assert secret not in everything
        assert base64.b64encode(secret.encode()).decode() not in everything
        assert secret.encode().hex() not in everything


def test_a_secret_stays_until_it_is_given_anew_and_never_goes_elsewhere(house: House) -> None:
    answered(put(house, "email", MAIL))
    rest = {name: value for name, value in MAIL.items() if name != "password"}
    assert answered(put(house, "email", {**rest, "from": "c@acme.example"}))["has_secret"] is True
    elsewhere = put(house, "email", {**rest, "host": "evil.example"})
    assert refused(elsewhere) == (422, {"password": "required"})
    assert shown(house)["email"]["settings"]["host"] == "smtp.acme.example"


def test_nobody_sees_or_changes_the_connections_of_another_entity(house: House) -> None:
    answered(put(house, "sms", TWILIO))
    shop = f"/entities/{house.cast.shop}/connections"
    others = answered(house.live.get(shop))["data"]
    assert {one["source"] for one in others} == {"installation"}
    assert house.charlie.get(path(house)).status_code == 404
    assert house.charlie.ask("PUT", path(house, "sms"), TWILIO).status_code == 404
    house.live.delete(f"{shop}/sms")
    assert shown(house)["sms"]["source"] == "entity"


def test_a_stale_version_changes_nothing(house: House) -> None:
    tag = put(house, "sms", TWILIO).headers["etag"]
    answered(put(house, "sms", {**TWILIO, "from": "+15005550009"}, **{"If-Match": tag}))
    assert put(house, "sms", TWILIO, **{"If-Match": tag}).status_code == 412
    house.live.delete(path(house, "sms"))
    assert put(house, "sms", TWILIO, **{"If-Match": tag}).status_code == 412
    assert shown(house)["sms"]["source"] == "installation"


@pytest.mark.parametrize(
    ("channel", "body", "problems"),
    [
        ("email", {}, {"host": "required", "from": "required"}),
        ("email", {**MAIL, "host": "a b"}, {"host": "invalid_format"}),
        ("email", {**MAIL, "from": "x"}, {"from": "invalid_format"}),
        ("email", {**MAIL, "tls": "off"}, {"tls": "out_of_range"}),
        ("email", {**MAIL, "tls": "maybe"}, {"tls": "unknown_choice"}),
        ("email", {**MAIL, "port": 70_000}, {"port": "out_of_range"}),
        ("email", {**MAIL, "password": None}, {"password": "required"}),
        ("email", {**MAIL, "user": None}, {"user": "required"}),
        ("sms", {**TWILIO, "from": None}, {"from": "required"}),
        ("sms", {**TWILIO, "from": "12"}, {"from": "invalid_format"}),
        ("sms", {**TWILIO, "account_sid": "../x"}, {"account_sid": "invalid_format"}),
        ("sms", {"account_sid": "AC1", "from": "+15005550006"}, {"auth_token": "required"}),
        ("letter", {}, {"api_key": "required"}),
        ("letter", {"api_key": 5}, {"api_key": "wrong_type"}),
        ("letter", {"api_key": "k", "use_type": "other"}, {"use_type": "unknown_choice"}),
    ],
)
def test_what_connects_nothing_is_refused(
    shared: House, channel: str, body: Any, problems: dict[str, str]
) -> None:
    assert refused(put(shared, channel, body)) == (422, problems)


def test_without_a_key_no_secret_is_taken(open_house: OpenHouse) -> None:
    house = open_house(secret_key="")
    answer = put(house, "sms", TWILIO)
    if house.url.startswith("sqlite"):
        answered(answer)
        file = Path(house.url.removeprefix("sqlite:///")).parent / "secret.key"
        assert file.stat().st_mode & 0o777 == 0o600
    else:
        assert answer.status_code == 503
        assert "BILLTO_SECRET_KEY" in answer.json()["message"]


# In use


def delivered(house: House, id: str) -> Any:
    async def settled() -> Any:
        one = (await house.alice.asking("GET", f"/messages/{id}")).json()
        return one if one["state"] != "queued" or one["last_error"] else None

    return house.run(until(settled, 30, "tried"))


def texted(house: House, to: str = "+38640111222") -> Any:
    acme = house.alice.customer("Acme")
    body = {"channel": "sms", "to": to, "body_text": "Hello {customer_name}"}
    ordered = answered(house.alice.post(f"/customers/{acme['id']}/statement/send", body), 202)
    return delivered(house, ordered["message_id"])


def test_an_entity_sends_by_its_own_account_where_there_is_none_for_everybody(
    open_house: OpenHouse, provider: Provider
) -> None:
    elsewhere = f"twilio://AC9:wrong@+15005550006?url={provider.url}"
    house = open_house(worker="on", sms=elsewhere, mail="off", letters="off")
    assert texted(house)["last_error"] == "404 20404 The requested resource was not found"
    answered(put(house, "sms", {**TWILIO, "from": "+15005550008"}))
    message = texted(house, "040 333 444")
    assert (message["state"], message["to"]) == ("sent", "+38640333444")
    assert provider.texts == [{"To": "+38640333444", "From": "+15005550008", "Body": "Hello Acme"}]


def test_a_channel_of_ones_own_is_a_channel(open_house: OpenHouse) -> None:
    house = open_house(sms="off")
    send = f"/customers/{house.cast.white_rabbit}/statement/send"
    body = {"channel": "sms", "to": "+38640111222"}
    assert house.alice.post(send, body).status_code == 503
    answered(put(house, "sms", TWILIO))
    assert answered(house.alice.post(send, body), 202)["to"] == "+38640111222"


@pytest.mark.parametrize("anywhere", ["off", "on"])
def test_a_mail_server_in_a_private_network_is_reached_only_where_that_is_allowed(
    open_house: OpenHouse, tmp_path: Path, anywhere: str
) -> None:
    house = open_house(worker="on", private_hosts=anywhere)
    with posted(tmp_path / "post") as post:
        for host in ("127.0.0.1", "localhost") if anywhere == "off" else ("127.0.0.1",):
            mine = {"host": host, "port": post.port if anywhere == "on" else 25, "tls": "off"}
            answered(put(house, "email", {**mine, "from": "billing@acme.example"}))
            sent = answered(
                house.alice.post(
                    f"/customers/{house.cast.white_rabbit}/statement/send", {"to": "ana@acme.example"}
                ),
                202,
            )
            message = delivered(house, sent["message_id"])
            if anywhere == "on":
                assert message["state"] == "sent"
                assert [one.sender for one in post.taken()] == ["billing@acme.example"]
            else:
                assert message["last_error"] == f"{host} is not in the public network"
                assert post.taken() == []


def test_a_key_that_is_gone_is_said_and_heals(open_house: OpenHouse, provider: Provider) -> None:
    old, new = "the first key of this installation", "the second key of this installation"
    base = f"twilio://AC9:wrong@+15005550006?url={provider.url}"
    house = open_house(secret_key=old)
    answered(put(house, "sms", TWILIO))
    house.close()
    lost = open_house(worker="on", sms=base, secret_key=new)
    message = texted(lost)
    assert message["state"] == "queued"
    assert "sealed with a key that is not in BILLTO_SECRET_KEY" in message["last_error"]
    lost.close()
    turned = open_house(worker="on", sms=base, secret_key=f"{new},{old}")
    assert texted(turned)["state"] == "sent"


def test_a_channel_that_is_gone_is_said_and_heals(open_house: OpenHouse, tmp_path: Path) -> None:
    house = open_house(sms="file:/nowhere")
    send = f"/customers/{house.cast.white_rabbit}/statement/send"
    id = answered(house.alice.post(send, {"channel": "sms", "to": "+38640111222"}), 202)["message_id"]
    house.close()
    without = open_house(worker="on", sms="off")
    message = delivered(without, id)
    assert (message["state"], message["last_error"]) == (
        "queued",
        "no channel is connected by which it could go",
    )
    without.close()
    back = open_house(worker="on", sms=f"file:{tmp_path / 'sms'}")
    answered(back.alice.post(f"/messages/{id}/retry"))

    async def sent() -> bool:
        return bool((await back.alice.asking("GET", f"/messages/{id}")).json()["state"] == "sent")

    assert back.run(until(sent, 30, "sent"))
    assert len(list((tmp_path / "sms").iterdir())) == 1


# Sealing


@given(st.text(max_size=600), st.text(max_size=50), st.text(max_size=50))
def test_what_is_sealed_opens_in_its_place_and_in_no_other(secret: str, place: str, other: str) -> None:
    ring = Keyring(["k" * 32])
    secret, place, other = (one.encode("utf-8", "replace").decode() for one in (secret, place, other))
    sealed = ring.seal(secret, place)
    assert ring.open(sealed, place) == secret
    assert Keyring(["n" * 32, "k" * 32]).open(sealed, place) == secret
    assert ring.seal(secret, place) != sealed
    if other != place:
        with pytest.raises(Sealed):
            ring.open(sealed, other)
    with pytest.raises(Sealed):
        Keyring(["n" * 32]).open(sealed, place)
    changed = sealed[:-6] + ("A" if sealed[-6] != "A" else "B") + sealed[-5:]
    with pytest.raises(Sealed):
        ring.open(changed, place)


@pytest.mark.parametrize("kept", ["", "\n", "short"])
def test_a_key_that_anybody_could_guess_seals_nothing(tmp_path: Path, kept: str) -> None:
    file = tmp_path / "secret.key"
    file.write_text(kept)
    with pytest.raises(Refused) as refused:
        FileKeyring(file).seal("sesame", "here")
    assert refused.value.problems[0].code == "no_secret_key"
    with pytest.raises(Sealed, match="has no key in it"):
        FileKeyring(file).open(Keyring([kept]).seal("sesame", "here"), "here")


def test_two_processes_make_one_key(tmp_path: Path) -> None:
    one, other = (FileKeyring(tmp_path / "secret.key") for _ in range(2))
    assert other.open(one.seal("x", "here"), "here") == "x"
    assert one.open(other.seal("y", "here"), "here") == "y"
    assert [file.name for file in tmp_path.iterdir()] == ["secret.key"]
