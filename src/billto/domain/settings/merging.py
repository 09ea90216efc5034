"""How given settings meet those that are there."""

from collections.abc import Mapping
from copy import deepcopy

from billto.domain.nodes import Problems
from billto.domain.problems import Path, Problem
from billto.domain.settings.tree import TREE

Settings = dict[str, object]

# These belong to services of their own (certificates, registrations, tax profiles); a change of the entity
# passes over them, so that a client that sends back what it once read does not undo what happened there
# since.
APART = frozenset({"furs", "fina", "slovenia", "e_invoicing", "revenue_recognition"})

# What merges deeper than by top-level key, and how many levels.
_DEEPER = {"translations": 1, "unit_number_sequence_starts": 2}


def check(
    given: object, *, changing: bool = False, path: Path = ("settings",)
) -> tuple[Settings, list[Problem]]:
    """The settings out of what was given, and everything wrong with it, each with its path.

    Unknown keys are dropped; null as a whole says nothing; null for a top-level key clears it. Of an entity
    that is only changed, the keys set apart are not even looked at.
    """
    problems: Problems = []
    if given is None:
        return {}, problems
    if not isinstance(given, Mapping):
        return {}, [Problem("wrong_type", path, "an object")]
    found: Settings = {}
    for name, value in given.items():
        node = TREE.fields.get(name)
        if node is not None and not (changing and name in APART):
            found[name] = None if value is None else node.read(value, (*path, name), problems)
    return found, problems


def merged(old: Mapping[str, object], given: Mapping[str, object]) -> Settings:
    """The settings after a change: each given key in place of the old one, whole; omitted keys stay.

    `translations` merge by namespace and `unit_number_sequence_starts` by document and unit; a null in
    there takes its entry away. A null for a top-level key stays as null. The keys set apart keep their old
    values.
    """
    result = dict(old)
    for name, value in given.items():
        if name not in APART:
            result[name] = _laid_over(old.get(name), value, _DEEPER.get(name, 0))
    return deepcopy(result)


def filled(given: Mapping[str, object], start: Mapping[str, object]) -> Settings:
    """What was given, and from `start` all that it leaves out, at any depth, in the order of `start`."""
    result: Settings = dict(start)
    for name, value in given.items():
        first = start.get(name)
        both = isinstance(value, Mapping) and isinstance(first, Mapping)
        result[name] = filled(value, first) if both else value  # type: ignore[arg-type]
    return deepcopy(result)


def json_schema() -> dict[str, object]:
    """The tree as JSON Schema, as OpenAPI 3.1 has it. At the top every key may be null, which clears it."""
    shape = TREE.shape()
    keys = {name: _clearable(node.schema()) for name, node in TREE.fields.items()}
    return {**shape, "properties": keys, "description": TREE.says}


def _clearable(schema: dict[str, object]) -> dict[str, object]:
    kind = schema["type"]
    return schema if isinstance(kind, list) else {**schema, "type": [kind, "null"]}


def _laid_over(old: object, new: object, depth: int) -> object:
    if not depth or not isinstance(new, Mapping):
        return new
    result = dict(old) if isinstance(old, Mapping) else {}
    for key, value in new.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = _laid_over(result.get(key), value, depth - 1)
    return result
