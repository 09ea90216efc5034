"""An entity's settings: what there is, what a new entity has, how a change is laid over it."""

from billto.domain.settings.defaults import completed, defaults, made
from billto.domain.settings.merging import APART, Settings, check, json_schema, merged
from billto.domain.settings.tree import TREE

__all__ = ["APART", "TREE", "Settings", "check", "completed", "defaults", "json_schema", "made", "merged"]
