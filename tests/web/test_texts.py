"""Legal text comes back byte for byte, whatever it is made of, and is found by itself."""

import json

import pytest

from tests.web.house import House, answered

TEXTS = {
    "plain": "Acme Inc.",
    "space": " ",
    "spaces around": "  padded  ",
    "tab": "a\tb",
    "newline": "a\nb",
    "crlf": "a\r\nb",
    "carriage return": "a\rb",
    "vertical tab and form feed": "a\x0bb\x0cc",
    "bell and escape": "\x07\x1b[31mred\x1b[0m",
    "unit separator": "a\x1fb",
    "delete": "\x7f",
    "next line": "a\x85b",
    "no-break space": "a\u00a0b",
    "line separators": "a\u2028b\u2029c",
    "ideographic space": "a\u3000b",
    "umlauts": "Müller & Söhne GmbH",
    "slovenian": "Žiga Čopič š đ ć",
    "polish": "Zażółć gęślą jaźń",
    "turkish": "İıŞşĞğ",
    "vietnamese": "Nguyễn Thị Phượng",
    "icelandic": "Þórður Ægisson",
    "greek": "Ὀδυσσεύς ΣΊΣΥΦΟΣ ς",
    "cyrillic": "Щётка ё Йод",
    "hebrew": "שָׁלוֹם עולם",
    "arabic": "شركة الفضاء المحدودة",
    "hindi": "नमस्ते दुनिया",
    "thai": "สวัสดีชาวโลก",
    "chinese": "上海航天有限公司",
    "japanese": "株式会社ビルト",
    "halfwidth": "ﾋﾞﾙﾄ ＡＢＣ",
    "korean": "주식회사 우주",
    "jamo": "각",
    "georgian": "საქართველო",
    "emoji": "🚀 Launch 🛰",
    "emoji family": "👨‍👩‍👧‍👦",
    "emoji skin": "👍🏿",
    "emoji flag": "🇸🇮",
    "astral": "𝕬𝖈𝖒𝖊 𐍈 𠜎",
    "last code point": "\U0010ffff\U0010fffe",
    "noncharacters": "\ufffe\uffff\ufdd0",
    "private use": "\ue000\U000f0000",
    "composed": "é",
    "decomposed": "e\u0301",
    "many marks": "Z\u0351\u036b\u0343\u036a\u0302\u036b\u033d\u034f",
    "zero width": "a\u200bb\u200cc\u200dd\ufeffe",
    "byte order mark": "\ufeffacme",
    "right to left override": "\u202eevil\u202c",
    "isolates": "\u2066a\u2069",
    "soft hyphen": "co\u00adoperate",
    "replacement": "a\ufffdb",
    "ligatures": "ﬁ ﬂ ĳ Ǆ ß ẞ",
    "quotes": "'\"`´‘’“”„«»",
    "backslashes": "\\ \\\\ \\n \\u0000 \\x00",
    "percent and underscore": "100%_%%__",
    "sql": "Robert'); DROP TABLE customer; -- /* */",
    "html": "<script>alert(1)</script> &amp; &#0;",
    "template": "{{7*7}} ${7*7} {entity_name} #{x} %s %n",
    "path": "../../etc/passwd\x01C:\\con",
    "json": '{"a": [1, null]}',
    "formula": '=HYPERLINK("http://x.example")',
    "words for nothing": "null undefined NaN None true",
    "numbers": "0123 1e5 ٣ ４",
    "longest name": "ž" * 500,
}


def test_there_are_at_least_as_many_texts_as_promised() -> None:
    assert len(TEXTS) >= 57
    assert len(set(TEXTS.values())) == len(TEXTS)


@pytest.mark.parametrize("ascii_only", [True, False])
def test_every_legal_text_comes_back_as_it_was(shared: House, ascii_only: bool) -> None:
    """Written with escapes or plainly; as a name, an attribute, a value and a key of metadata."""
    for text in TEXTS.values():
        body = {"name": text, "address": text, "metadata": {"value": text[:255], text[:100]: "key"}}
        sent = json.dumps(body, ensure_ascii=ascii_only).encode()
        made = answered(shared.alice.post("/customers", sent), 201)
        assert {name: made[name] for name in body} == body
        path = f"/customers/{made['id']}"
        assert answered(shared.alice.get(path)) == made
        changed = answered(shared.alice.patch(path, {"address_2": text}))
        assert changed == {**made, "address_2": text, "updated_at": changed["updated_at"]}
        assert answered(shared.alice.get(path)) == changed


def test_every_legal_text_is_found_by_itself(shared: House) -> None:
    for text in TEXTS.values():
        tag = text[:255]
        made = shared.shopkeeper.customer(text, metadata={"t": tag})
        for query in (
            {"name": text},
            {"name": {"in": [text]}},
            {"name": {"contains": text}},
            {"name": {"startsWith": text}, "id": made["id"]},
            {"name": {"endsWith": text}, "metadata.t": tag},
            {"metadata": {"t": {"contains": tag}}},
        ):
            asked = json.dumps(query, ensure_ascii=False)
            if len(asked.encode()) < 2_500:  # three times as long in an address
                found = answered(shared.shopkeeper.get("/customers", query=asked, limit=100))["data"]
                assert made in found, query
        assert made in shared.shopkeeper.listed(search=text, limit=100)["data"]
        shared.shopkeeper.delete(f"/customers/{made['id']}")


def test_entities_keep_every_legal_text_too(shared: House) -> None:
    path = f"/entities/{shared.cast.studio}"
    for name, text in TEXTS.items():
        kept = text.replace("{x}", "x") if name == "template" else text  # placeholders have to exist
        settings = {"default_invoice_note": kept, "translations": {"de": {text[:100]: kept}}}
        body = {"address": text, "metadata": {text[:100]: text[:255]}, "settings": settings}
        changed = answered(shared.live.put(path, body))
        found = {**changed, "settings": {one: changed["settings"][one] for one in settings}}
        assert {one: found[one] for one in body} == body
        assert answered(shared.live.get(path)) == changed
