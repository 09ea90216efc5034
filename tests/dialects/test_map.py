"""The map of all languages is what the tables say, and every attribute has a name somewhere."""

from scripts import map as pages


def test_the_map_is_up_to_date() -> None:
    assert pages.PAGE.read_text(encoding="utf-8") == pages.page(), "run python -m scripts.map"
