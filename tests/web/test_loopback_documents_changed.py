"""v1: documents changed, canceled and deleted."""

from tests.web.house import House
from tests.web.loopback import absent, alice, error, said
from tests.web.test_loopback_documents import BODY, SUIT, again, codes, here, made


def test_a_draft_is_replaced_until_it_is_issued(house: House) -> None:
    v1 = alice(house)
    draft = made(v1, draft=True, note="Pay to [IBAN] for [document number]", reference="R-1")
    assert (draft["number"], draft["totalDue"], draft["note"]) == (
        None,
        2420,
        "Pay to [IBAN] for [document number]",
    )
    path = f"/documents/{draft['id']}"
    unchanged = v1.ask("PUT", path, draft)
    assert (said(unchanged), unchanged.headers["etag"]) == (draft, '"1"')
    other = said(v1.ask("PUT", path, {"_documentItems": [{**SUIT, "quantity": 1}], "draft": True}))
    assert (other["totalWithTax"], other["note"], other["reference"]) == (1210, None, None)
    assert (other["clientId"], other["dateDue"]) == (draft["clientId"], draft["dateDue"])
    patched = said(v1.ask("PATCH", path, {"note": "for [document number]", "_documentClient": {"zip": 1000}}))
    assert (patched["_documentClient"]["zip"], patched["_documentClient"]["name"]) == ("1000", "Rocket Man")
    issued = said(v1.ask("PATCH", path, {"draft": False}, {"If-Match": '"3"'}))
    assert (issued["draft"], issued["number"], issued["note"]) == (False, "2026-00001", "for 2026-00001")
    assert codes(v1.ask("PUT", path, {"city": "x"})) == {"_documentItems": ["presence"]}


def test_a_draft_may_go_to_somebody_else(house: House) -> None:
    v1 = alice(house)
    draft = made(v1, draft=True)
    path, other = f"/documents/{draft['id']}", v1.client("Zoe", city="Koper")
    changed = said(v1.ask("PATCH", path, {"clientId": other["id"]}))
    shown = changed["_documentClient"]
    assert (changed["clientId"], shown["name"], shown["city"], shown["email"]) == (
        other["id"],
        "Zoe",
        "Koper",
        None,
    )
    assert codes(v1.ask("PATCH", path, {"type": "estimate"})) == {"type": ["immutable"]}


def test_an_issued_document_stays_as_it_is(house: House) -> None:
    v1 = alice(house)
    invoice = made(v1)
    path = f"/documents/{invoice['id']}"
    unchanged = v1.ask("PUT", path, invoice)
    assert (said(unchanged), unchanged.headers["etag"]) == (invoice, '"1"')
    for changes, wrong in (
        ({"note": "x"}, "note"),
        ({"date": "2026-05-02"}, "date"),
        ({"dateDue": None}, "dateDue"),
        ({"draft": True}, "draft"),
        ({"decimalPlaces": 2}, "decimalPlaces"),
        ({"clientId": "0" * 24}, "clientId"),
        ({"_documentItems": [{**invoice["_documentItems"][0], "price": 1}]}, "_documentItems"),
        ({"_documentItems": [*invoice["_documentItems"], SUIT]}, "_documentItems"),
        ({"_documentClient": {"name": "Other"}}, "_documentClient"),
        ({"_documentIssuer": {"name": "Other"}}, "_documentIssuer"),
    ):
        for method in ("PUT", "PATCH"):
            refused = v1.ask(method, path, {**invoice, **changes})
            assert codes(refused) == {wrong: ["issued_already"]}, changes
    assert again(v1, invoice["id"]) == invoice
    tagged = said(v1.ask("PATCH", path, {"custom": {"seen": True}}))
    assert (tagged["custom"], tagged["totalWithTax"]) == ({"seen": True}, 2420)


def test_only_drafts_and_estimates_are_deleted(house: House) -> None:
    v1 = alice(house)
    draft, estimate, invoice = made(v1, draft=True), made(v1, type="estimate"), made(v1)
    for one in (draft, estimate):
        assert said(v1.ask("DELETE", f"/documents/{one['id']}")) == {"count": 1}
        assert absent(v1.get(f"/documents/{one['id']}"))
        assert said(v1.ask("DELETE", f"/documents/{one['id']}")) == {"count": 0}
    assert error(v1.ask("DELETE", f"/documents/{invoice['id']}")).status == 422
    assert again(v1, invoice["id"]) == invoice


def test_a_link_to_what_was_deleted_keeps_nobody_from_changing_the_rest(house: House) -> None:
    v1 = alice(house)
    estimate = made(v1, type="estimate")
    invoice = made(v1, documentIds=[estimate["id"]])
    said(v1.ask("DELETE", f"/documents/{estimate['id']}"))
    changed = said(v1.ask("PATCH", f"/documents/{invoice['id']}", {"custom": {"a": 1}}))
    assert (changed["documentIds"], changed["custom"]) == ([estimate["id"]], {"a": 1})


def test_a_canceled_document_asks_for_nothing_and_stays_so(house: House) -> None:
    v1 = alice(house)
    invoice = made(v1, payments=[{"type": "cash", "amount": 20}])
    path = f"/documents/{invoice['id']}"
    assert said(v1.ask("POST", f"{path}/uncancel")) == {"success": True}  # it is not canceled
    assert said(v1.ask("POST", f"{path}/cancel")) == {"success": True}
    shown = again(v1, invoice["id"])
    assert (shown["canceled"], shown["totalPaid"], shown["totalDue"]) == (True, 0, 0)
    assert said(v1.ask("POST", f"{path}/cancel", {"reason": "again"})) == {"success": True}
    assert error(v1.ask("POST", f"{path}/uncancel")).status == 400
    draft = made(v1, draft=True)
    assert error(v1.ask("POST", f"/documents/{draft['id']}/cancel")).status == 422


def test_a_document_may_be_marked_as_sent(house: House) -> None:
    v1 = alice(house)
    path = f"/documents/{made(v1)['id']}"
    assert said(v1.ask("POST", f"{path}/mark-sent")) == {"success": True}
    shown = v1.get(path)
    assert said(shown)["sentSnailMail"] is True
    assert said(v1.ask("POST", f"{path}/mark-sent")) == {"success": True}
    assert v1.get(path).headers["etag"] == shown.headers["etag"]


def test_an_organization_that_is_deactivated_issues_nothing(house: House) -> None:
    v1 = alice(house)
    said(v1.ask("POST", f"/organizations/{v1.organization}/deactivate"))
    assert error(v1.ask("POST", here(v1), BODY)).status == 422
