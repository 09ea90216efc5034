"""Trees as forms and query strings write them: `filter[where][name]=Ana`, `to[0][email]=…`, `tags[]=a`."""

import re
from typing import Any

from billto.dialects.params import Given
from billto.domain.problems import Problem, Refused

DEPTH_MAX = 10
_NAME = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")
_INNER = re.compile(r"\[([^\[\]]*)\]")


def nested(given: Given) -> dict[str, Any]:
    """The tree in names with brackets; names that have no such form stay as they are.

    Keys 0, 1, 2 … make a list, and so do empty brackets and a name that is given more than once. Raises
    Refused for what nests too deep, or is a text in one place and a tree in another.
    """
    tree: dict[str, Any] = {}
    for name, values in given.items():
        found = _NAME.fullmatch(name)
        keys = [found[1], *_INNER.findall(found[2])] if found else [name]
        if len(keys) > DEPTH_MAX:
            raise Refused(Problem("too_deep", (name[:100],), str(DEPTH_MAX)))
        _put(tree, name, keys, list(values))
    return {key: _with_lists(one) for key, one in tree.items()}


def _put(tree: dict[str, Any], name: str, keys: list[str], values: list[str]) -> None:
    *outer, last = keys
    for key in outer:
        tree = tree.setdefault(key, {})
        if not isinstance(tree, dict):
            raise _torn(name)
    if isinstance(tree.get(last), dict):
        raise _torn(name)
    if last == "" and len(keys) > 1:
        tree[""] = [*tree.get("", ()), *values]
    elif last in tree or len(values) > 1:
        before = tree.get(last, [])
        tree[last] = [*(before if isinstance(before, list) else [before]), *values]
    else:
        tree[last] = values[0]


def _torn(name: str) -> Refused:
    return Refused(Problem("malformed", (name[:100],), "is a text in one place and a tree in another"))


def _with_lists(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    inner = {key: _with_lists(one) for key, one in value.items()}
    if set(inner) == {""}:
        return inner[""] if isinstance(inner[""], list) else [inner[""]]
    if inner and all(key.isascii() and key.isdigit() and len(key) < 5 for key in inner):
        return [inner[key] for key in sorted(inner, key=int)]
    return inner
