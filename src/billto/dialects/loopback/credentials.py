"""v1: where the token stands, in the order in which LoopBack looks for it."""

from billto.dialects.dialect import Headers
from billto.dialects.params import Given
from billto.domain.problems import Problem, Refused


def token(headers: Headers, given: Given) -> str:
    """A token as it is, without a word before it; raises Refused where there is none."""
    found = next(iter(given.get("access_token", ())), "")
    found = found or headers.get("x-access-token", "") or headers.get("authorization", "")
    if not found.strip():
        raise Refused(Problem("unauthorized"))
    return found.strip()
