"""Names in any script: which letters come with us, and that lines keep their order."""

import io
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from billto.papers import statement_pdf
from billto.papers.text import joined, wrapped
from tests.papers import reading
from tests.papers.samples import buyer, opened, seller

NAMES = {
    "Arabic": "شركة النور للتجارة",
    "Hebrew": "חברת האור בע״מ",
    "Thai": "บริษัทแสงสว่าง",
    "Devanagari": "प्रकाश व्यापार",
    "Georgian": "შპს სინათლე",
    "Armenian": "Լույս ՍՊԸ",
}


def fonts(content: bytes) -> set[str]:
    """The fonts in a PDF, without the signs that say which part of them it is."""
    return {
        str(font.get_object()["/BaseFont"]).partition("+")[2]
        for page in PdfReader(io.BytesIO(content)).pages
        for font in page["/Resources"]["/Font"].values()  # type: ignore[index]
    }


@pytest.mark.parametrize("script", NAMES)
def test_a_name_is_set_in_a_font_of_ours(script: str) -> None:
    customer = buyer(name=NAMES[script])
    assert f"NotoSans{script}-Regular" in fonts(statement_pdf(opened(customer), seller(), customer, "en"))


def test_latin_greek_and_cyrillic_need_one_font_alone() -> None:
    customer = buyer(name="Žiga Ødegård, Φως ΑΕ, ООО Свет")
    used = fonts(statement_pdf(opened(customer), seller(), customer, "en"))
    assert {one.partition("-")[0] for one in used} == {"Inter"}


@pytest.mark.parametrize("name", ["光明贸易有限公司", "山田商事株式会社", "주식회사 빛", "ᚠᚢᚦ", "\U0001f600"])
def test_what_we_have_no_letters_for_costs_no_paper(name: str) -> None:
    customer = buyer(name=name)
    assert "C-0042" in reading.text(statement_pdf(opened(customer), seller(), customer, "en"))


def test_what_stands_on_one_line_keeps_its_order() -> None:
    """Without the marks a line of names from right to left would be read backwards as a whole."""
    assert joined(("Kras", "", "Pot 5")) == "Kras · Pot 5"
    assert joined(("שלום", "Pot 5")) == "\u2068שלום\u2069 · Pot 5"


@given(st.text(st.sampled_from("กำิ้์कि्षुाabcשא\u0301\u200d"), max_size=60))
def test_a_long_word_is_never_broken_before_a_mark(word: str) -> None:
    pieces = wrapped(word, 4).split("\u200b")
    assert "".join(pieces) == word.replace("\u200b", "")
    assert not any(unicodedata.category(piece[0]).startswith("M") for piece in pieces[1:] if piece)
