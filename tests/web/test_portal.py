"""The page that a signed link opens: what a customer owes, and its papers; for whoever has the link alone."""

from base64 import b64encode
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.papers.reading import text
from tests.store.records import examples
from tests.web.documents import document, draft
from tests.web.files import png, upload
from tests.web.house import Caller, House, answered, refused
from tests.web.invoiced import Books, Company, items
from tests.web.money import below, day, issued, paid
from tests.web.portal import Seen, link, opened

GONE = "There is nothing at this address."
NASTY = '<script>alert("1")</script> & "Ana" \'; \u202e $body {x}'


def gone(house: House, path: str) -> None:
    """Whatever is wrong with a link, nobody learns what."""
    answer = opened(house, path)
    seen = Seen(answer, 404)
    assert GONE in seen.text
    assert "Unter dieser Adresse gibt es nichts." in seen.text
    assert answer.content == opened(house, "/portal/x").content


def speaking(house: House, name: str, language: str | None, **fields: Any) -> Any:
    """A customer with a language and whatever else only another door has a word for."""
    made = house.alice.customer(name)
    shop = Company(house, house.cast.live, house.cast.studio)
    serial = max(one["id"] for one in shop.listed("/customers"))
    assert shop.patch(f"/customers/{serial}", {"language": language, **fields}).status_code == 200
    return made


def account(house: House, customer: Any, /, **params: Any) -> Seen:
    return Seen(opened(house, link(house.alice, customer), **params))


# The link


def test_a_customer_has_one_link_that_stays_the_same(house: House) -> None:
    one, two = house.alice.customer("Ana"), house.alice.customer("Eva")
    first = link(house.alice, one)
    assert len(first) == len(link(house.alice, two)) == len("/portal/") + 56
    answered(house.alice.patch(f"/customers/{one['id']}", {"name": "Ana Novak", "email": "a@b.example"}))
    house.reopen()
    assert link(house.alice, one) == first != link(house.alice, two)


def test_a_link_that_was_replaced_opens_nothing_any_more(house: House) -> None:
    customer = house.alice.customer()
    old = link(house.alice, customer)
    path = f"/customers/{customer['id']}/portal-link/rotate"
    new = answered(house.alice.post(path))["url"].removeprefix("http://billto")
    assert new == link(house.alice, customer) != old
    gone(house, old)
    assert "Ana" in Seen(opened(house, new)).text
    assert refused(house.reader.post(path))[0] == 403


def test_old_links_of_merged_customers_lead_to_the_one_that_is_left(house: House) -> None:
    gone_one, kept = house.alice.customer("Acme"), house.alice.customer("Acme Ltd")
    answered(house.alice.post(f"/customers/{gone_one['id']}/portal-link/rotate"))
    old, own = link(house.alice, gone_one), link(house.alice, kept)
    issued(house, gone_one, "70")
    answered(house.alice.post(f"/customers/{gone_one['id']}/merge", {"into": kept["id"]}))
    for path in (old, own):
        seen = Seen(opened(house, path))
        assert "Acme Ltd" in seen.text
        assert "€70.00" in seen.text or "70,00 €" in seen.text
        (pdf,) = {one for one in seen.links if "/documents/" in one}
        assert opened(house, pdf).headers["content-type"] == "application/pdf"
    answered(house.alice.post(f"/customers/{kept['id']}/portal-link/rotate"))
    gone(house, old)
    gone(house, own)


def test_whoever_is_in_the_trash_or_gone_has_no_page(house: House) -> None:
    customer = house.alice.customer()
    path = link(house.alice, customer)
    house.alice.delete(f"/customers/{customer['id']}")
    gone(house, path)
    gone(house, f"{path}/statement")
    assert refused(house.alice.get(f"/customers/{customer['id']}/portal-link"))[0] == 404
    answered(house.alice.post(f"/customers/{customer['id']}/restore"))
    assert "Ana" in Seen(opened(house, path)).text
    house.alice.delete(f"/customers/{customer['id']}")
    house.alice.delete(f"/customers/{customer['id']}/permanent")
    gone(house, path)


def test_bent_links_and_those_of_other_installations_open_nothing(house: House) -> None:
    path = link(house.alice, house.alice.customer())
    token = path.removeprefix("/portal/")
    other = "B" if token[-1] != "B" else "C"
    for bent in (token[:-1] + other, token[:-1], token + "A", token[::-1], "A" * 56, "%00" * 56, "é" * 56):
        gone(house, f"/portal/{bent}")
    reader: Any = house.server._store.reader
    reader.secrets["statements"] = b"another installation" * 2
    gone(house, path)


def test_whatever_stands_in_place_of_a_link_the_answer_is_below_500(shared: House) -> None:
    @examples(80)
    @given(st.text(max_size=60), st.sampled_from(["", "/statement", "/documents/x", "/logo", "/x"]))
    def holds(said: str, more: str) -> None:
        assert shared.raw("GET", f"/portal/{said}{more}").status_code in (404, 405)

    holds()


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"type": "x"}, 400), ({"currency_code": "XXXX"}, 400), ({"currency_code": "JPY"}, 200),
        ({"language": "zz" * 900}, 200), ({"language": "../../etc"}, 200), ({"type": "open_item"}, 200),
    ],
)  # fmt: skip
def test_odd_questions_are_refused_or_passed_over(shared: House, query: Any, status: int) -> None:
    path = link(shared.alice, {"id": shared.cast.white_rabbit})
    assert opened(shared, f"{path}/statement", **query).status_code == status


def test_links_count_against_the_rate_each_for_itself(open_house: Any) -> None:
    house = open_house(rate_limit="4/minute")
    one = link(house.alice, {"id": house.cast.white_rabbit})
    assert [opened(house, one).status_code for _ in range(5)] == [200, 200, 200, 200, 429]
    limited = opened(house, one)
    assert int(limited.headers["retry-after"]) > 0
    assert "This page cannot be shown at the moment." in Seen(limited, 429).text
    gone(house, "/portal/x")


def test_nobody_keeps_lists_or_passes_on_what_a_link_opens(house: House) -> None:
    answered(upload(house.alice), 201)
    path = link(house.alice, house.alice.customer())
    for address in (path, f"{path}/statement", f"{path}/logo", "/portal/x"):
        answer = opened(house, address)
        assert answer.headers.get_list("cache-control") == ["private, no-store"]
        assert answer.headers["x-robots-tag"] == "noindex, nofollow"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["x-content-type-options"] == "nosniff"


# The page


def test_the_page_tells_what_is_owed_what_is_late_and_what_is_in_hand(house: House) -> None:
    ana = speaking(house, "Ana Novak", "en", number="C-7")
    late = issued(house, ana, "100", date=day("2026-01-10"), due_date=day("2026-01-20"))
    new = issued(house, ana, "50", date=day("2026-04-20"), due_date=day("2026-06-01"))
    issued(house, ana, "999", draft=True)
    paid(house.alice, customer_id=ana["id"], amount=30)
    seen = account(house, ana)
    for words in (
        "Account statement (PDF)", "Ana Novak", "Customer no. C-7", "Total open €150.00", "Overdue €100.00",
        "Available credit €30.00", "Net balance €120.00", "101 days overdue", "Ageing", "Not due 50.00",
    ):  # fmt: skip
        assert words in seen.text, seen.text
    assert "999" not in seen.text
    shown = {one for one in seen.links if "/documents/" in one}
    assert {one.rpartition("/")[2] for one in shown} == {one.partition("_")[2] for one in (late, new)}
    for one in shown:
        answer = opened(house, one)
        assert answer.headers["content-type"] == "application/pdf"
        assert "Ana Novak" in text(answer.content)


def test_its_statements_are_those_of_all_doors(house: House) -> None:
    ana = speaking(house, "Ana", "de")
    issued(house, ana, "100")
    open_, forward = (one for one in account(house, ana).links if "/statement?" in one)
    own = f"/customers/{ana['id']}/statement/pdf"
    assert opened(house, open_).content == house.alice.get(own, type="open_item").content
    assert opened(house, forward).content == house.alice.get(own, type="balance_forward").content


def test_currencies_stand_apart(house: House) -> None:
    ana = speaking(house, "Ana", "en")
    issued(house, ana, "100")
    issued(house, ana, "5000", currency_code="JPY")
    seen = account(house, ana)
    assert "Total open €100.00" in seen.text
    assert "Total open JP¥5,000" in seen.text or "Total open ¥5,000" in seen.text
    assert len([one for one in seen.links if "currency_code=JPY" in one]) == 2


def test_a_customer_that_owes_nothing_is_told_so(house: House) -> None:
    seen = account(house, speaking(house, "Ana", "fr"))
    assert "Tout est payé. Merci !" in seen.text
    assert "table" not in seen.tags


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "Overdue"), ("de", "Überfällig"), ("sl", "Zapadlo"), ("hr", "Dospjelo"), ("it", "Scaduto"),
        ("fr", "En retard"), ("ja", "Overdue"), (None, "Zapadlo"),
    ],
)  # fmt: skip
def test_it_speaks_the_language_of_the_customer_or_else_of_the_entity(
    house: House, language: str | None, words: str
) -> None:
    seen = account(house, speaking(house, "Ana", language))
    assert words in seen.text
    assert seen.attributes["html"]["lang"] == {"ja": "en", None: "sl"}.get(language, language)


def test_what_is_below_a_customer_is_told_but_its_papers_are_its_own(house: House) -> None:
    parent, child = house.alice.customer("Mother Ltd"), house.alice.customer("Daughter Ltd")
    below(house, child, parent)
    id = issued(house, child, "40").partition("_")[2]
    seen = account(house, parent)
    assert "Daughter Ltd" in seen.text
    assert not [one for one in seen.links if "/documents/" in one]
    gone(house, f"{link(house.alice, parent)}/documents/{id}")
    assert opened(house, f"{link(house.alice, child)}/documents/{id}").status_code == 200


def test_only_issued_documents_of_the_customer_itself_are_opened(house: House) -> None:
    ana, eva = house.alice.customer("Ana"), house.alice.customer("Eva")
    path = link(house.alice, ana)
    made = [
        draft(house.alice, customer_id=ana["id"]),
        document(house.alice, customer_id=eva["id"]),
        document(house.shopkeeper, customer_id=house.cast.duchess),
        {"id": "inv_" + "0" * 24},
        {"id": "x"},
    ]
    for one in made:
        gone(house, f"{path}/documents/{one['id']}")


def test_nothing_that_anybody_says_becomes_markup(house: House) -> None:
    house.alice.patch(f"/entities/{house.alice.entity}", {"name": NASTY, "email": NASTY, "settings": ACCOUNT})
    ana = house.alice.customer(NASTY, number="<b>7</b>")
    issued(house, ana, "10", number="<i>1</i>")
    seen = account(house, ana)
    assert not {"script", "b", "i"} & set(seen.tags)
    assert '<script>alert("1")</script> & "Ana"' in seen.text
    assert "\u202e" not in seen.answer.text


def test_names_that_run_from_right_to_left_are_set_apart(house: House) -> None:
    seen = account(house, house.alice.customer("شركة النور للتجارة"))
    assert "<h1><bdi>شركة النور للتجارة</bdi></h1>" in seen.answer.text


def test_the_page_runs_no_script_and_loads_nothing_but_its_logo(house: House) -> None:
    answered(upload(house.alice, png(30, 10)), 201)
    ana = house.alice.customer()
    issued(house, ana, "10")
    seen = account(house, ana)
    policy = seen.answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    seal = b64encode(sha256(seen.style.encode()).digest()).decode()
    assert f"style-src 'sha256-{seal}';" in policy
    assert "script" not in seen.tags
    assert "link" not in seen.tags
    assert "style=" not in seen.answer.text
    path = link(house.alice, ana)
    assert all(one.startswith(f"{path}/") for one in seen.links)
    assert opened(house, f"{path}/logo").content == png(30, 10)


ACCOUNT: Any = {
    "bank_accounts": [
        {"type": "iban", "iban": "SI56051008010486080", "bic": "ABANSI2X", "name": "<u>Us</u>"},
        {"type": "other", "account_number": "12-34", "bank_name": "Banka"},
    ],
    "epc_qr": {"enabled": True},
}


def test_it_says_how_to_pay_with_a_code_for_all_that_is_open(house: House) -> None:
    answered(house.alice.patch(f"/entities/{house.alice.entity}", {"settings": ACCOUNT}))
    ana = speaking(house, "Ana", "en")
    assert "How to pay" not in account(house, ana).text
    issued(house, ana, "10")
    seen = account(house, ana)
    for words in ("How to pay", "SI56 0510 0801 0486 080", "ABANSI2X", "12-34", "Scan to pay · EPC QR"):
        assert words in seen.text
    assert 'aria-label="EPC QR"' in seen.answer.text
    paid(house.alice, customer_id=ana["id"], amount=30)
    assert "How to pay" not in account(house, ana).text


# Where the link goes


def test_below_a_public_address_links_begin_there(open_house: Any) -> None:
    house = open_house(public_url="https://pay.example.com/billing/")
    customer = house.alice.customer()
    url = answered(house.alice.get(f"/customers/{customer['id']}/portal-link"))["url"]
    assert url.startswith("https://pay.example.com/billing/portal/")
    seen = Seen(opened(house, url.removeprefix("https://pay.example.com/billing")))
    assert all(one.startswith("/billing/portal/") for one in seen.links)


def test_the_statement_of_invoiced_is_the_same_link(house: House) -> None:
    shop = Company(house, house.cast.studio_key)
    made = shop.customer("Ana")
    path = made["statement_pdf_url"].removeprefix("http://billto")
    answer = opened(house, path)
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["cache-control"] == "private, no-store"
    assert "Ana" in text(answer.content)
    page = opened(house, path.removesuffix("/pdf"))
    assert page.status_code == 303
    assert page.headers["location"] == path.removesuffix("/pdf").replace("/invoiced/statements/", "/portal/")
    assert "Ana" in Seen(opened(house, page.headers["location"])).text
    assert opened(house, path.replace("/pdf", "x/pdf")).status_code == 404


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({}, "Account statement"),
        ({"statement_type": "open_item", "items": "open", "end": "", "currency": ""}, "open items"),
        ({"statement_type": "open_item", "items": "past_due"}, "Statement of open items"),
        ({"statement_type": "balance_forward", "start": "2026-01-01", "end": "2026-02-01"}, "1 Feb 2026"),
        ({"start": "1767225600", "end": "1769904000", "currency": "usd"}, "USD"),
    ],
)  # fmt: skip
def test_the_statement_of_invoiced_takes_the_words_of_the_vendors_programs(
    house: House, query: Any, words: str
) -> None:
    shop = Company(house, house.cast.studio_key)
    made = shop.customer("Ana", language="en")
    answer = opened(house, made["statement_pdf_url"].removeprefix("http://billto"), **query)
    assert words in text(answer.content)


@pytest.mark.parametrize(
    "query",
    [
        {"statement_type": "x"}, {"start": "x"}, {"end": "9" * 30}, {"end": "²"}, {"currency": "EURO"},
        {"items": "x"}, {"start": "2027-01-01"},
    ],
)  # fmt: skip
def test_what_is_no_statement_of_invoiced_is_refused(shared: House, query: Any) -> None:
    shop = Company(shared, shared.cast.studio_key)
    url = shop.listed("/customers")[0]["statement_pdf_url"]
    answer = opened(shared, url.removeprefix("http://billto"), **query)
    assert answer.status_code == 400
    assert answer.json()["type"] == "invalid_request"


def test_documents_of_invoiced_say_where_they_are_had_without_a_key(house: House) -> None:
    books = Books(house)
    made = books.made("/invoices", {"customer": books.of, "items": items(("Tea", 1, 20))})
    paper = opened(house, made["pdf_url"].removeprefix("http://billto"))
    assert made["number"] in text(paper.content)
    assert made["number"] in Seen(opened(house, made["url"].removeprefix("http://billto"))).text
    assert made == {**made, **{name: books.listed("/invoices")[0][name] for name in ("url", "pdf_url")}}
    unissued = books.made("/invoices", {"customer": books.of, "draft": True, "items": items(("Tea", 1, 20))})
    assert (unissued["url"], unissued["pdf_url"]) == (None, None)


def said(caller: Caller, id: str) -> Any:
    return answered(caller.get(f"/messages/{id}"))


def test_messages_lead_to_the_page_and_to_the_paper(house: House) -> None:
    ana = house.alice.customer("Ana", email="ana@acme.example")
    invoice = document(house.alice, customer_id=ana["id"])
    page = "http://billto" + link(house.alice, ana)
    body = {"subject": "S", "body_text": "{portal_url} {invoice_link}"}
    for path, paper in (
        (f"/customers/{ana['id']}/statement", page),
        (f"/documents/{invoice['id']}", f"{page}/documents/{invoice['id'].partition('_')[2]}"),
    ):
        sent = answered(house.alice.post(f"{path}/send", body), 202)
        assert said(house.alice, sent["message_id"])["body_text"] == f"{page} {paper}"
        assert sent["shareable_link"] == paper
        assert opened(house, paper.removeprefix("http://billto")).status_code == 200
