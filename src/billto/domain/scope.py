"""Whose data a request is about, and what it may do."""

from dataclasses import dataclass
from enum import StrEnum


class Environment(StrEnum):
    """Live and sandbox are two worlds: keys, entities and everything below them are of one or the other."""

    LIVE = "live"
    SANDBOX = "sandbox"


ENVIRONMENTS = tuple(one.value for one in Environment)


@dataclass(frozen=True, slots=True)
class Scope:
    """What a key opens, narrowed by the request; it never becomes wider."""

    account_id: str
    environment: str
    key_id: str
    read_only: bool = False
    entity_id: str | None = None  # the entity the request is about
    bound_to: str | None = None  # the only entity the key opens

    @property
    def entity(self) -> str:
        """The entity of a request that is about one."""
        assert self.entity_id is not None
        return self.entity_id

    @property
    def tenant_id(self) -> str:
        """Whose request it is: the entity's, or the account's in one environment when it is about no entity
        and the key opens all of them.

        An account's live and sandbox keys are strangers to each other, also where they use one request id.
        """
        return self.entity_id or self.bound_to or f"{self.account_id}/{self.environment}"

    def about(self, entity_id: str) -> "Scope":
        """The same scope for a request about one entity."""
        return Scope(self.account_id, self.environment, self.key_id, self.read_only, entity_id, self.bound_to)
