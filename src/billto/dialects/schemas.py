"""The JSON schemas of a record in a dialect: as it is shown, listed, created and changed."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from billto.dialects.wire import FIXED, ONCE, REQ, RO, WO, Row, Table
from billto.domain.attrs import Kind
from billto.domain.problems import Refused

Schema = dict[str, Any]


class Resource(NamedTuple):
    """What is said about a record, and one that never was."""

    tag: str
    says: str
    fields: Mapping[str, str]  # wire name → sentence, where neither row nor attribute has one
    creation: Mapping[str, Any]  # bodies for example
    change: Mapping[str, Any]
    record: Any  # what the creation makes


def ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def schemas(
    table: Table, resource: Resource, listing: Callable[[Schema], Schema], *, is_made: bool
) -> Schema:
    """The schemas of a record: as it is shown, listed, created and changed, and those of its trees."""
    name = table.record.__name__
    shown = {one.wire: _shown(table, one, resource) for one in table.rows if one.access is not WO}
    created = {
        one.wire: _given(table, one, resource, creating=True) for one in table.rows if one.access is not RO
    }
    changing = (one for one in table.rows if one.access not in (RO, ONCE, FIXED))
    changed = {one.wire: _given(table, one, resource, creating=False) for one in changing}
    required = [one.wire for one in table.rows if one.access in (REQ, FIXED)]
    given = {
        f"{name}Create": {"type": "object", "properties": created, "required": required},
        f"{name}Update": {"type": "object", "properties": changed},
    }
    return {
        name: {"type": "object", "description": resource.says, "properties": shown, "required": list(shown)},
        **(given if is_made else {}),
        f"{name}List": listing(ref(name)),
        **{_part(table, one): dict(one.codec.schema) for one in _trees(table) if one.codec},
    }


def _trees(table: Table) -> Iterator[Row]:
    """The rows whose values are worth a schema of their own."""
    return (one for one in table.rows if one.attr and table.attrs[one.attr].kind is Kind.TREE)


def _part(table: Table, one: Row) -> str:
    return table.record.__name__ + one.wire.title().replace("_", "")


def _shown(table: Table, one: Row, resource: Resource) -> Schema:
    nullable = bool(one.attr) and table.attrs[str(one.attr)].nullable
    schema = _described(_value(table, one, null=nullable), table, one, resource)
    return {**schema, "readOnly": True} if one.access is RO else schema


def _given(table: Table, one: Row, resource: Resource, *, creating: bool) -> Schema:
    schema = _described(_value(table, one, null=_takes_null(table, one)), table, one, resource)
    default = table.record._field_defaults.get(str(one.attr)) if creating else None
    return schema if default is None else {**schema, "default": default}


def _takes_null(table: Table, one: Row) -> bool:
    """Whether a body may say null; the decoder knows."""
    try:
        table.decode({one.wire: None}, creating=False)
    except Refused:
        return False
    return True


def _value(table: Table, one: Row, *, null: bool) -> Schema:
    schema: Schema = dict(one.schema or (one.codec.schema if one.codec else {}))
    attr = table.attrs[one.attr] if one.attr else None
    if attr is not None and attr.kind is Kind.TREE:
        schema = ref(_part(table, one))
        return {"anyOf": [schema, {"type": "null"}]} if null else schema
    # A codec that writes the value in another form than it is kept in has limits of its own.
    if attr is not None and attr.kind is Kind.TEXT and one.codec and one.codec.encode is None:
        schema |= {"maxLength": attr.most, **({"minLength": attr.least} if attr.least else {})}
        schema = {"type": schema["type"], "enum": list(attr.among)} if attr.among else schema
    return _or_null(schema) if null else schema


def _or_null(schema: Schema) -> Schema:
    if isinstance(schema["type"], list):  # of what is shown as null too
        return schema
    choices = {"enum": [*schema["enum"], None]} if "enum" in schema else {}
    return {**schema, "type": [schema["type"], "null"], **choices}


def _described(schema: Schema, table: Table, one: Row, resource: Resource) -> Schema:
    return {**schema, "description": description(table, one, resource)}


def description(table: Table, one: Row, resource: Resource) -> str:
    """The sentence about a field, wherever it stands."""
    says = resource.fields.get(one.wire) or one.says or (table.attrs[one.attr].says if one.attr else "")
    sentence = says[:1].upper() + says[1:]
    if sentence and not sentence.endswith("."):
        sentence += "."
    fixed = " It cannot be changed after creation." if one.access in (ONCE, FIXED) else ""
    return sentence + fixed
