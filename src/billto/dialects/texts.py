"""Texts that a refusal repeats."""


def sayable(text: str) -> str:
    """What may repeat a request: half of a surrogate pair, which no answer can hold, becomes an escape."""
    return text.encode(errors="backslashreplace").decode()
