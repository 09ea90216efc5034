"""Which country an address is in: free text in any language, and the code that follows from it."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from billto.domain.countries import country, resolve
from billto.domain.countries.world import world
from billto.domain.problems import Problem, Refused
from billto.domain.versions import Edit


def with_country_code(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values with the code that their country means; a code that was given wins.

    A country nobody knows leaves the code empty: it is an address line then, and no reason to refuse.
    """
    given = values.get("country_code")
    if "country" not in values or given:
        return dict(values)
    country = values["country"]
    # Where nothing follows, a blank form field stays as blank as it was sent.
    return {**values, "country_code": (resolve(country) if country else None) or given}


class _ByCode(Edit):
    """The edit of a country's name by its code."""


def by_code(code: str | None, problem: Problem | None = None) -> dict[str, Any]:
    """What a door that knows only codes sets: the code, and the country's name unless that says so already.

    Else the name of the country that somebody moved away from would stay, unseen by that door. The problem
    is what is wrong with the code, unless it is the one that is there.
    """

    def named(before: str | None) -> str | None:
        if problem is not None:
            raise Refused(problem.within("country_code"))
        if before is None or (code and resolve(before) == code.upper()):
            return before
        known = world().get(code.upper()) if code else None
        return known.name if known else None

    return {"country_code": code, "country": _ByCode((named,))}


def moved(values: Mapping[str, Any], before: Callable[[str], Any]) -> Mapping[str, Any]:
    """The values without a country that is there already: who sends back what a door showed moves nobody.

    What that door cannot show, a country without a code, is still there then.
    """
    if "country" not in values:
        return values
    code = values.get("country_code", before("country_code"))
    if isinstance(values["country"], _ByCode):
        stays = _bare(code) == _bare(before("country_code"))
    else:
        stays = (values["country"], code) == (before("country"), before("country_code"))
    if not stays:
        return values
    return {name: value for name, value in values.items() if name not in ("country", "country_code")}


def _bare(code: str | None) -> str:
    return (code or "").upper()


def post_code_problems(code: str | None, post_code: str | None) -> tuple[Problem, ...]:
    """What is wrong with a post code in the country of this code, where that has a form for them."""
    form = country(code).post_code_form if code else ""
    if not form or not post_code or re.fullmatch(form, post_code):
        return ()
    return (Problem("invalid_format", ("post_code",), f"^{form}$ in {str(code).upper()}"),)
