"""Texts of a refusal."""

from billto.domain.problems import Problem


def sentence(problem: Problem) -> str:
    """What is wrong, and where."""
    where, said = ".".join(map(str, problem.path)), problem.sentence
    return f"{where}: {said}" if where else said[:1].upper() + said[1:]


def sayable(text: str) -> str:
    """What may repeat a request: half of a surrogate pair, which no answer can hold, becomes an escape."""
    return text.encode(errors="backslashreplace").decode()
