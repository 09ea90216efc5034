"""Text as searches see it: blind to case and accents in every script, and never across a seam."""

import sys
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from billto.domain.folding import SEAM, fold, terms

# Of each line every spelling is found by every other one; the last is what they fold to.
SPELLINGS = (
    # Latin
    ("Čeh", "ČEH", "čeh", "c\u030ceh", "Ceh", "ceh"),
    ("Straße", "STRASSE", "STRAẞE", "strasse"),
    ("Łódź", "ŁÓDŹ", "lódz", "lodz"),
    ("Ørsted", "ØRSTED", "O\u0338rsted", "orsted"),
    ("Þórður", "ÞÓRÐUR", "thordur"),
    ("Đặng", "ĐẶNG", "Dang", "dang"),
    ("Æther", "ÆTHER", "ǣther", "aether"),
    ("Œuvre", "ŒUVRE", "oeuvre"),
    ("Ħaż-Żabbar", "ħaz-zabbar", "haz-zabbar"),
    ("Ŧŋĸ", "tnk"),
    ("Ƙauna Ɓaure Ɗan Ƴar", "kauna baure dan yar"),
    ("Ștefan", "Ştefan", "stefan"),
    ("Nguyễn Thị", "NGUYỄN THỊ", "nguyen thi"),
    ("Ångström", "A\u030angstro\u0308m", "\u212bngström", "angstrom"),
    ("Zoë", "ZOË", "zoe"),
    ("ſtein", "stein"),
    ("İstanbul", "ISTANBUL", "ıstanbul", "I\u0307stanbul", "istanbul"),
    # Greek
    ("Ελλάδα", "ΕΛΛΑΔΑ", "ελλαδα"),
    ("Οδυσσεύς", "ΟΔΥΣΣΕΎΣ", "οδυσσευσ"),
    ("ᾳ", "ᾼ", "α\u0345", "αι"),
    # Cyrillic
    ("Йошкар", "ЙОШКАР", "и\u0306ошкар", "иошкар"),
    ("Ёлка", "ЕЛКА", "елка"),
    ("Київ", "КИІВ", "киів"),
    ("Ђорђе", "ЂОРЂЕ", "ђорђе"),
    # other scripts that have case
    ("Հայաստան", "ՀԱՅԱՍՏԱՆ", "հայաստան"),
    ("ᲡᲐᲥᲐᲠᲗᲕᲔᲚᲝ", "საქართველო"),
    # and some that have none
    ("שָׁלוֹם", "שלום"),
    ("مُحَمَّد", "محمد"),
    ("ﷺ", "صلى الله عليه وسلم"),
    ("ガ", "ｶﾞ", "カ"),
    ("한국", unicodedata.normalize("NFD", "한국")),
    ("東京", "東京"),
    # several letters in one sign
    ("ﬁn", "FIN", "fin"),
    ("Ĳssel", "ĳssel", "ijssel"),
    ("paraŀlel", "paral·lel"),
    ("Ⅷ", "viii"),
    ("ｆｕｌｌ", "ＦＵＬＬ", "full"),
    ("½", "1/2"),
    ("№ 5", "no 5"),
    # dashes and apostrophes, as keyboards and word processors make them
    ("Baden–Baden", "Baden—Baden", "Baden‑Baden", "baden-baden"),
    ("O’Brien", "O‘Brien", "OʼBrien", "O´Brien", "o'brien"),
)


@pytest.mark.parametrize("spellings", SPELLINGS, ids=lambda spellings: spellings[0])
def test_spellings_of_one_name_fold_to_one(spellings: tuple[str, ...]) -> None:
    assert {fold(spelling) for spelling in spellings} == {spellings[-1]}


@pytest.mark.parametrize(
    "different", [("a", "b"), ("и", "у"), ("г", "ґ"), ("α", "a"), ("カ", "か"), ("1", "2")]
)
def test_letters_that_differ_stay_different(different: tuple[str, str]) -> None:
    assert fold(different[0]) != fold(different[1])


@pytest.mark.parametrize("literal", ["%", "_", "\\", "'", '"', "*", "?", "100 % _a_ \\ [x]", "a\tb", ""])
def test_signs_mean_themselves(literal: str) -> None:
    assert fold(literal) == literal


# Every character that has been given a meaning, but the halves of surrogate pairs, which nothing may contain.
CHARACTERS = [
    char
    for char in map(chr, range(1, sys.maxunicode + 1))
    if unicodedata.category(char) not in ("Cn", "Co", "Cs")
]
as_long_as_it_takes = settings(deadline=None, max_examples=300)


def test_every_character_folds_to_something_that_stays_as_it_is() -> None:
    assert [char for char in CHARACTERS if fold(fold(char)) != fold(char)] == []


def test_no_character_has_another_case_that_folds_differently() -> None:
    cased = ((char, {char.upper(), char.lower(), char.title(), char.casefold()}) for char in CHARACTERS)
    assert [char for char, cases in cased if {fold(one) for one in cases} != {fold(char)}] == []


def test_it_is_the_same_however_an_accent_is_encoded() -> None:
    def forms(char: str) -> set[str]:
        return {fold(unicodedata.normalize(form, char)) for form in ("NFC", "NFD")}

    assert [char for char in CHARACTERS if forms(char) != {fold(char)}] == []


def test_no_character_folds_to_a_seam_or_to_what_cannot_be_stored() -> None:
    assert [char for char in CHARACTERS if SEAM in fold(char) or "\0" in fold(char)] == []


texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)
marked = st.text("aAčČc\u030c\u0301\u0345ßıİŁαάᾳς한ᄒ\x1f´½", max_size=12)
written = texts | marked


@as_long_as_it_takes
@given(text=written)
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@as_long_as_it_takes
@given(first=written, second=written)
def test_a_text_is_found_by_any_part_of_it(first: str, second: str) -> None:
    """What stands beside a letter does not change how it folds."""
    assert fold(first + second) == fold(first) + fold(second)


@as_long_as_it_takes
@given(text=written)
def test_case_and_encoding_never_matter(text: str) -> None:
    ways = (text.upper(), text.lower(), text.casefold(), text.swapcase(), unicodedata.normalize("NFC", text))
    assert {fold(way) for way in (*ways, unicodedata.normalize("NFD", text))} == {fold(text)}


def test_the_terms_of_a_search_are_its_folded_words_once_each() -> None:
    assert terms("  Čeh\tčeh ANGSTRÖM\u00a0d.o.o. ") == ("ceh", "angstrom", "d.o.o.")
    assert terms(f"a{SEAM}b") == ("a", "b")
    assert terms(" \n ") == ()
