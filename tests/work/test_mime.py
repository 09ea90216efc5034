"""Whatever the texts of a message are, the mail says what was meant, to whom it was meant, no more."""

from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from billto.domain import message as rules
from billto.domain.mailbox import is_address, one_line
from billto.work import mime
from billto.work.parcel import File, Parcel
from tests.store.records import examples
from tests.work.office import SENDER
from tests.work.post import parsed

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
INJECTIONS = (
    "x\r\nBcc: evil@evil.example", "x\nTo: evil@evil.example", "x\r\n\r\n<script>", "\rX-Evil: 1",
    "\x0bX: y", "a\u2028Cc: evil@evil.example", "a\x85Subject: evil", 'a" <evil@evil.example>, "b',
    "a, evil@evil.example", "<evil@evil.example>", "=?utf-8?q?a=0D=0ABcc:_evil@evil.example?=",
    "=?utf-8?b?DQpCY2M6IHg=?=", "a\\", '\\"', "(comment", ";", "\u202egnp.exe", "ž" * 300, "x" * 400, "=?",
    "Ana; Boris: x", " ",
)  # fmt: skip
PARTS = st.lists(
    st.sampled_from(INJECTIONS) | st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20),
    max_size=3,
)
TEXTS = PARTS.map("".join)
HEAD = ("Message-ID", "Date", "From", "Reply-To", "To", "Cc", "Subject", "MIME-Version", "Content-Type")


def parcel(**values: Any) -> Parcel:
    files = tuple(File(name, b"%PDF-") for name in values.pop("files", ()))
    said = {"channel": "email", "kind": "message", "recipients": [{"address": "ana@acme.example"}], **values}
    made = rules.made(said, entity_id="0" * 24, id="1" * 24, now=NOW, domain="studio.example")
    return Parcel(made, files, NOW)


def mail_of(**values: Any) -> EmailMessage:
    return parsed(mime.written(parcel(**values), SENDER))


@examples(200)
@given(name=TEXTS, sender=TEXTS, subject=TEXTS, body=TEXTS, file=TEXTS)
@example(*(["x\r\nBcc: evil@evil.example"] * 5))
def test_no_text_adds_a_line_or_a_recipient(
    name: str, sender: str, subject: str, body: str, file: str
) -> None:
    whom = [{"address": "ana@acme.example", "name": name}, {"address": "boris@acme.example", "name": name}]
    given = {"reply_to": "ana@studio.example", "sender_name": sender, "subject": subject, "body": body}
    raw = mime.written(parcel(recipients=whom, cc=whom[:1], files=(file, file), **given), SENDER)
    mail = parsed(raw)
    there = [one for one in HEAD if one != "Subject" or one_line(subject)]
    assert mail.keys() == there
    assert [one.addr_spec for one in mail["To"].addresses] == ["ana@acme.example", "boris@acme.example"]
    assert [one.addr_spec for one in mail["Cc"].addresses] == ["ana@acme.example"]
    assert [one.addr_spec for one in mail["From"].addresses] == [SENDER]
    assert mail["Reply-To"] == "ana@studio.example"
    assert one_line(mail["Subject"] or "") == one_line(subject)
    kinds = [part.get_content_type() for part in mail.walk() if not part.is_multipart()]
    assert kinds == ["text/plain", "text/html", "application/pdf", "application/pdf"]
    for paper in mail.iter_attachments():
        assert paper.keys() == [
            "Content-Type", "Content-Transfer-Encoding", "Content-Disposition", "MIME-Version"
        ]  # fmt: skip
        assert not set(str(paper.get_filename())) & set('/\\\r\n"')
    assert all(len(line) <= 998 for line in raw.split(b"\r\n"))
    assert b"\n" not in raw.replace(b"\r\n", b"")


@examples(200)
@given(name=TEXTS)
def test_names_come_back_as_they_were(name: str) -> None:
    (address,) = mail_of(recipients=[{"address": "ana@acme.example", "name": name}])["To"].addresses
    # The parser takes the seam between two encoded words for a space.
    assert "".join(address.display_name.split()) == "".join(one_line(name).split())


def test_answers_go_to_an_address_or_to_the_sender() -> None:
    for wrong in ("x\r\nBcc: evil@evil.example", "Ana <ana@acme.example>", "ana", ""):
        mail = mail_of(reply_to=wrong)
        assert mail["Reply-To"] is None
        assert mail["Bcc"] is None


def test_an_address_of_other_letters_is_written_as_the_network_knows_it() -> None:
    known = parcel(recipients=[{"address": "ana@bücher.example"}])
    assert mime.envelope(known) == ["ana@xn--bcher-kva.example"]
    assert not mime.needs_utf8(known, SENDER)
    assert mime.needs_utf8(parcel(recipients=[{"address": "žiga@acme.example"}]), SENDER)


def test_everybody_gets_one_copy_and_who_has_it_gets_no_other() -> None:
    whom = {
        "recipients": [{"address": "a@x.example"}],
        "cc": [{"address": "a@x.example"}],
        "bcc": [{"address": "b@x.example"}],
    }
    assert mime.envelope(parcel(**whom)) == ["a@x.example", "b@x.example"]
    refused = {"refused": {"a@x.example": "550 5.1.1 no such user"}}
    assert mime.envelope(parcel(**whom, details=refused)) == ["b@x.example"]
    assert mime.envelope(parcel(**whom, details={"reached": ["a@x.example"]})) == ["b@x.example"]


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("ana@acme.example", True),
        ("a.b+c_d'e@x.example", True),
        ("root@localhost", True),
        ("žiga@bücher.example", True),
        ("", False),
        ("ana", False),
        ("@acme.example", False),
        ("ana@", False),
        ("ana@acme.example\r\nBcc: x@y.example", False),
        ("ana@acme.example, boris@acme.example", False),
        ("Ana <ana@acme.example>", False),
        ("ana boris@acme.example", False),
        ("ana..b@acme.example", False),
        (".ana@acme.example", False),
        ("ana@acme..example", False),
        ("ana@-acme.example", False),
        ("ana@acme.example>", False),
        ("ana@[127.0.0.1]", False),
        ("a" * 65 + "@acme.example", False),
        ("ana@" + "a" * 64 + ".example", False),
        ("ana\u200b@acme.example", False),
        ("ana\u202e@acme.example", False),
        ('"ana"@acme.example', False),
        ("ana@acme.example\0", False),
    ],
)
def test_an_address_is_one_address_and_nothing_beside(text: str, fits: bool) -> None:
    assert is_address(text) is fits


@examples(300)
@given(st.text(max_size=30) | st.emails())
def test_whatever_passes_for_an_address_stands_in_a_head_as_it_is(text: str) -> None:
    if is_address(text):
        (address,) = mail_of(recipients=[{"address": text}])["To"].addresses
        assert address.username == text.rpartition("@")[0]
