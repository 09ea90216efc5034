"""What somebody typed who searches: words that must all be found."""

from billto.domain.folding import terms
from billto.domain.nodes import storable
from billto.domain.problems import Problem, Refused
from billto.domain.query import Node, Words

LENGTH_MAX = 500
TERMS_MAX = 20


def terms_of(text: str, name: str) -> tuple[Node, ...]:
    """A condition for each of the words in a parameter; raises Refused for more than is looked for."""
    words = terms(text)
    if len(text) > LENGTH_MAX or len(words) > TERMS_MAX or not storable(text):
        detail = f"must have at most {LENGTH_MAX} characters and {TERMS_MAX} words, and no NUL"
        raise Refused(Problem("bad_parameter", (name,), detail))
    return tuple(map(Words, words))
