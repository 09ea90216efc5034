"""Pages put together so that nothing said by anybody is ever markup: texts are escaped as they are put in."""

from html import escape
from typing import Any

from billto.papers.text import clean


class Markup(str):
    """What is markup already: made here, and of nothing but constants and escaped texts."""

    __slots__ = ()


Part = str | Markup | None
_VOID = frozenset({"img", "meta", "br", "rect"})


def el(tag: str, *parts: Part, **attributes: Any) -> Markup:
    """An element. A `_` at the end of an attribute's name is left out, others become hyphens; without a value
    there is no attribute."""
    said = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{escape(clean(value))}"'
        for name, value in attributes.items()
        if value is not None
    )
    inner = joined(*parts)
    return Markup(f"<{tag}{said}>" if tag in _VOID else f"<{tag}{said}>{inner}</{tag}>")


def joined(*parts: Part) -> Markup:
    said = (part if isinstance(part, Markup) else escape(clean(part)) for part in parts if part)
    return Markup("".join(said))
