"""From a request's headers to a scope: whose key it is, which entity it means, what it may do."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from billto.app import links
from billto.app.parts import Reader
from billto.dialects.dialect import Of
from billto.domain import account as rules
from billto.domain.account import Key
from billto.domain.entity import Entity
from billto.domain.ids import read_id
from billto.domain.paging import unambiguous
from billto.domain.problems import Problem, Refused
from billto.domain.query import Query
from billto.domain.scope import Scope
from billto.web.call import Call
from billto.web.limiting import Limiter

# How long a key that another process has revoked may still open something here.
KEY_LIFETIME = timedelta(seconds=0.5)
_KEPT_MAX = 10_000
_NOBODY = Scope("", "", "")


class Credentials:
    """Reads keys, and remembers for a moment what it has read."""

    def __init__(self, reader: Reader, limiter: Limiter) -> None:
        self._reader = reader
        self._limiter = limiter
        self._keys: dict[str, tuple[Key, datetime]] = {}
        # An entity never changes its account or environment, so what was true once stays true.
        self._entities: set[tuple[str, str, str]] = set()
        # Nor does a record ever change its entity; whether it is still there, its own read tells.
        self._owners: dict[tuple[str, str, str], str] = {}

    async def scope(self, call: Call, now: datetime) -> Scope:
        """The scope of a request; raises Refused without a valid key, or when no one entity is meant."""
        dialect, headers, of = call.dialect, call.headers, call.route.of
        if of is Of.NOBODY:
            return _NOBODY  # not counted: in a rate that strangers share one could keep out all others
        if of is Of.LINK:
            link = await links.opened(self._reader, call.ids["token"])
            self._limiter.check(f"link {link.customer_id}")
            return link.scope
        key = await self._key(dialect.token(headers, call.given if dialect.key_in_query else {}), now)
        # Before anything else is asked with it: a request that is refused counts as well.
        self._limiter.check(key.id)
        scope = Scope(key.account_id, key.environment, key.id, key.read_only, key.entity_id, key.entity_id)
        account = _named(headers, dialect.account_headers)
        if account is not None and read_id(account) != key.account_id:
            raise Refused(Problem("not_found", (dialect.account_headers[0],), "Account"))
        match of:
            case Of.ACCOUNT:
                return scope
            case Of.PATH:
                return scope.about(await self._reachable(scope, call.ids["entity"], ()))
            case Of.RECORD:
                return scope.about(await self._owner(scope, call))
            case _:
                return scope.about(await self._entity(scope, dialect.entity_headers, headers))

    def forget(self) -> None:
        """What was read of keys: one of them was changed here, which holds at once."""
        self._keys.clear()

    async def _key(self, token: str, now: datetime) -> Key:
        kept = self._keys.get(token)
        if kept is not None and now < kept[1] and kept[0].is_good(now):
            return kept[0]
        hint = rules.hint(token)
        for key in await self._reader.key(hint) if hint else ():
            if key.opens_with(token) and key.is_good(now):
                if len(self._keys) >= _KEPT_MAX:
                    self._keys.clear()
                self._keys[token] = (key, now + KEY_LIFETIME)
                return key
        self._keys.pop(token, None)
        raise Refused(Problem("unauthorized"))

    async def _entity(self, scope: Scope, names: tuple[str, ...], headers: Mapping[str, str]) -> str:
        if (named := _named(headers, names)) is not None:
            return await self._reachable(scope, named, names[:1])
        if scope.bound_to is not None:
            return scope.bound_to
        query = Query(order=unambiguous(()), limit=1, counted=False)
        page = await self._reader.page(Entity, scope, query)
        if not page.records:
            raise Refused(Problem("no_entity", names[:1]))
        if page.has_next:
            how = f"the header {names[0]}" if names else "a key of one entity"
            raise Refused(Problem("entity_needed", names[:1], how))
        return str(page.records[0].id)

    async def _reachable(self, scope: Scope, named: str, path: tuple[str, ...]) -> str:
        """The entity of this id; absent ones, other tenants' and the other environment's look the same."""
        entity_id = read_id(named)
        if entity_id is None or scope.bound_to not in (None, entity_id):
            raise Refused(Problem("not_found", path, "Entity"))
        known = (scope.account_id, scope.environment, entity_id)
        if known not in self._entities:
            if await self._reader.get(Entity, scope, entity_id) is None:
                raise Refused(Problem("not_found", path, "Entity"))
            if len(self._entities) >= _KEPT_MAX:
                self._entities.clear()
            self._entities.add(known)
        return entity_id

    async def _owner(self, scope: Scope, call: Call) -> str:
        """The entity of the record in the address: asked for only where the key opens several."""
        if scope.bound_to is not None:
            return scope.bound_to
        id_ = call.dialect.read_id(call.ids["id"])
        record = call.route.table.record
        if not isinstance(id_, str):
            raise Refused(Problem("not_found", detail=record.__name__))
        known = (scope.account_id, scope.environment, id_)
        found = self._owners.get(known) or await self._reader.entity_of(record, scope, id_)
        if found is None:
            raise Refused(Problem("not_found", detail=record.__name__))
        if len(self._owners) >= _KEPT_MAX:
            self._owners.clear()
        self._owners[known] = found
        return found


def _named(headers: Mapping[str, str], names: tuple[str, ...]) -> str | None:
    return next((headers[name] for name in names if headers.get(name)), None)
