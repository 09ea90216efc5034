"""Which country an address is in: free text in any language, and the code that follows from it."""

from collections.abc import Mapping
from typing import Any

from billto.domain.countries import resolve
from billto.domain.countries.world import world


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


def with_country(values: Mapping[str, Any], before: Any) -> dict[str, Any]:
    """The values of a change, with country and code that agree also where only the code was said.

    Doors that know only codes would otherwise leave the name of the country that somebody moved away from.
    """
    if "country" in values or "country_code" not in values or before.country is None:
        return with_country_code(values)
    code = values["country_code"]
    if code == before.country_code or (code and resolve(before.country) == code.upper()):
        return dict(values)
    known = world().get(code.upper()) if code else None
    return {**values, "country": known.name if known else None}
