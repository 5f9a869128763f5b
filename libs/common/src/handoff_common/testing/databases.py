"""Databases that are ready to use."""

from weakref import WeakKeyDictionary

from handoff_common import schema
from handoff_common.testing.postgres import Postgres

_TEMPLATE = "migrated"
_with_template: WeakKeyDictionary[Postgres, bool] = WeakKeyDictionary()


async def migrated_database(postgres: Postgres, name: str) -> str:
    """Create a migrated database and return its URL.

    A copy of one that is migrated once per run: 0.1 s instead of 1.
    """
    if postgres not in _with_template:
        await schema.upgrade(await postgres.create_database(_TEMPLATE))
        _with_template[postgres] = True
    return await postgres.create_database(name, template=_TEMPLATE)
