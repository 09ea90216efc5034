"""The query string as plain text: every value under its name, in order."""

from urllib.parse import parse_qsl

from billto.dialects.params import Given
from billto.domain.problems import Problem, Refused

BYTES_MAX = 8_192
_FIELDS_MAX = 200


def read_parameters(raw: bytes) -> Given:
    """Raises Refused for what is too long, or is no UTF-8."""
    if not raw:
        return {}
    if len(raw) > BYTES_MAX:
        raise Refused(Problem("malformed", detail=f"the query string must have at most {BYTES_MAX} bytes"))
    try:
        text = raw.decode("ascii")
        pairs = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=_FIELDS_MAX)
    except ValueError:
        raise Refused(Problem("malformed", detail="the query string cannot be read")) from None
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return found
