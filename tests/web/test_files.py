"""Files: the logo and signature that stand on papers and pages, sent as forms, kept with the rest."""

import io
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from tests.drills.waiting import until
from tests.web.conftest import OpenHouse
from tests.web.documents import document
from tests.web.files import form, png, upload
from tests.web.house import Caller, House, answered, refused

SVG = b"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'></svg>"
HUGE = png(1, 1).replace(b"\0\0\0\1" * 2, b"\0\0\xff\xff" * 2, 1)
JPEG = bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffc0001108001000200301220002110103110100ffd9")


def settings(caller: Caller) -> tuple[Any, Any]:
    (one,) = [one for one in caller.listed("/entities")["data"] if one["id"] == caller.entity]
    return one["settings"].get("has_logo"), one["settings"].get("has_signature")


def pictures(content: bytes) -> int:
    return sum(len(page.images) for page in PdfReader(io.BytesIO(content)).pages)


def test_a_logo_that_is_sent_is_kept_listed_and_read(house: House) -> None:
    made = answered(upload(house.alice, png(60, 20), name="wörter.png"), 201)
    assert made["id"].startswith("file_")
    assert made == {
        **made,
        "entity_id": house.cast.studio, "category": "logo", "filename": "wörter.png", "format": "png",
        "width": 60, "height": 20, "bytes": len(png(60, 20)), "mime_type": "image/png", "invoice_id": None,
        "url": f"/files/{made['id']}/content", "secureUrl": made["url"], "publicId": made["id"],
        "metadata": {},
    }  # fmt: skip
    assert answered(house.alice.get(f"/files/{made['id']}")) == made
    assert house.alice.listed("/files", query={"category": "logo"})["data"] == [made]
    content = house.alice.get(made["url"])
    assert content.content == png(60, 20)
    assert content.headers["content-type"] == "image/png"
    assert content.headers["x-content-type-options"] == "nosniff"


def test_a_jpeg_is_taken_as_well(house: House) -> None:
    made = answered(upload(house.alice, JPEG, category="attachment"), 201)
    assert (made["format"], made["mime_type"], made["width"], made["height"]) == ("jpg", "image/jpeg", 32, 16)
    assert settings(house.alice) == (None, None)


def test_whether_an_entity_has_a_logo_follows_its_files(house: House) -> None:
    assert settings(house.alice) == (None, None)
    one, two = (answered(upload(house.alice, png(9, 9 + n)), 201)["id"] for n in range(2))
    answered(upload(house.alice, category="signature"), 201)
    assert settings(house.alice) == (True, True)
    for id, left in ((two, True), (one, False)):
        assert house.alice.delete(f"/files/{id}").status_code == 204
        assert settings(house.alice) == (left, True)
    assert refused(house.alice.get(f"/files/{one}/content"))[0] == 404
    assert house.alice.listed("/files")["pagination"]["total"] == 1


def test_logo_and_signature_stand_on_papers_from_then_on(house: House) -> None:
    customer = house.alice.customer()["id"]
    invoice = f"/invoices/{document(house.alice, customer_id=customer)['id']}/pdf"
    statement = f"/customers/{customer}/statement/pdf"
    assert pictures(house.alice.get(invoice).content) == 0
    logo = answered(upload(house.alice, png(300, 100)), 201)["id"]
    answered(upload(house.alice, png(200, 50, (0, 0, 99)), category="signature"), 201)
    assert pictures(house.alice.get(invoice).content) == 2
    assert pictures(house.alice.get(statement).content) == 1
    answered(house.alice.patch(f"/entities/{house.alice.entity}", {"settings": {"has_signature": False}}))
    assert pictures(house.alice.get(invoice).content) == 1
    house.alice.delete(f"/files/{logo}")
    assert pictures(house.alice.get(invoice).content) == 0


def test_a_file_that_only_begins_as_a_picture_costs_no_paper(house: House) -> None:
    answered(upload(house.alice, png()[:40]), 201)
    made = document(house.alice, customer_id=house.alice.customer()["id"])
    assert house.alice.get(f"/invoices/{made['id']}/pdf").status_code == 200


@pytest.mark.parametrize(
    ("content", "fields", "fault"),
    [
        (SVG, {}, (422, {"file": "invalid_format"})),
        (b"GIF89a", {}, (422, {"file": "invalid_format"})),
        (b"", {}, (422, {"file": "invalid_format"})),
        (HUGE, {}, (422, {"file": "invalid_format"})),
        (png() + b"x" * 1_000_000, {}, (413, {"file": "too_large"})),
        (png(), {"category": "banner"}, (422, {"category": "unknown_choice"})),
        (png(), {"category": ""}, (422, {"category": "unknown_choice"})),
        (png(), {"expense_id": "exp_1"}, (400, {"expense_id": "not_offered"})),
    ],
    ids=["svg", "gif", "empty", "many pixels", "many bytes", "unknown category", "blank category", "expense"],
)  # fmt: skip
def test_what_is_no_picture_for_a_paper_is_refused(
    shared: House, content: bytes, fields: Any, fault: Any
) -> None:
    assert refused(upload(shared.alice, content, **fields)) == fault


def test_a_form_without_category_or_file_is_refused(shared: House) -> None:
    body, typed = form(png())
    assert refused(shared.alice.ask("POST", "/files", body, typed)) == (422, {"category": "required"})
    assert refused(shared.alice.post("/files", {"category": "logo"}))[0] == 415


def test_the_same_request_sends_one_file(house: House) -> None:
    once = {"X-Request-Id": "once"}
    one = answered(upload(house.alice, headers=once), 201)
    again = upload(house.alice, headers=once)
    assert answered(again, 201) == one
    assert again.headers["idempotent-replayed"] == "true"
    assert refused(upload(house.alice, headers=once, category="signature"))[0] == 409
    assert house.alice.listed("/files")["pagination"]["total"] == 1


def test_the_paper_that_a_worker_sends_has_the_logo(open_house: OpenHouse, tmp_path: Path) -> None:
    house = open_house(worker="on", mail=f"file:{tmp_path / 'out'}")
    answered(upload(house.alice, png(300, 100)), 201)
    made = document(house.alice, customer_id=house.alice.customer(email="ana@acme.example")["id"])
    answered(house.alice.post(f"/documents/{made['id']}/send"), 202)

    async def sent() -> Any:
        return next((tmp_path / "out").glob("*.eml"), None)

    path = house.run(until(sent, 30, "delivered"))
    message = message_from_bytes(path.read_bytes(), policy=policy.default)
    assert isinstance(message, EmailMessage)
    assert [pictures(one.get_content()) for one in message.iter_attachments()] == [1]
