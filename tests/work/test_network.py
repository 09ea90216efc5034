"""Which addresses somebody else may name."""

import asyncio

import pytest

from billto.work.network import is_public, to_public_server
from billto.work.parcel import Undelivered


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
        "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1%eth0", "fc00::1", "ff02::1", "::ffff:127.0.0.1",
        "::ffff:10.0.0.1", "2002:7f00:1::", "64:ff9b::7f00:1", "64:ff9b::a00:1", "64:ff9b:1::7f00:1",
        "::127.0.0.1", "::ffff:0:127.0.0.1", "fec0::1", "3fff::1", "192.88.99.1",
    ],
)  # fmt: skip
def test_what_is_private_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "64:ff9b::808:808", "::ffff:8.8.8.8"])
def test_what_is_public_is(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    ("host", "port", "words"),
    [
        ("127.0.0.1", 25, "is not in the public network"),
        ("localhost", 587, "is not in the public network"),
        ("0", 25, "is not in the public network"),
        ("0x7f000001", 25, "is not in the public network"),
        ("2130706433", 25, "is not in the public network"),
        ("8.8.8.8", 22, "port 22 is none of a mail server"),
        ("nowhere.invalid", 25, "nowhere.invalid is not known"),
    ],
)
def test_nobody_is_led_into_a_private_network(host: str, port: int, words: str) -> None:
    with pytest.raises(Undelivered, match=words):
        asyncio.run(to_public_server(host, port))
