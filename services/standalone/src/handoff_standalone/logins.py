"""The logins of the services on PostgreSQL, as their own URLs have them."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from handoff_common import roles
from handoff_common.tables.grants import SERVICES, Service
from handoff_standalone.settings import SettingsError


def read_logins(folder: Path) -> Mapping[Service, URL]:
    """Return the URLs in `<service>_database_url` files. Raises `SettingsError`, values unsaid."""
    found = dict(_found(folder))
    if not found:
        names = ", ".join(f"{service}_database_url" for service in SERVICES)
        raise SettingsError(f"{folder} has none of these files: {names}")
    return found


def _found(folder: Path) -> Iterator[tuple[Service, URL]]:
    for service in SERVICES:
        path = folder / f"{service}_database_url"
        if not path.exists():
            continue
        try:
            url = make_url(path.read_text(encoding="utf-8").strip())
        except (OSError, UnicodeDecodeError, ArgumentError):
            raise SettingsError(f"{path} holds no database URL") from None
        if not url.username or not url.password:
            raise SettingsError(f"{path}: the URL has no user, or no password")
        yield service, url


async def create_logins(owner_url: str, logins: Mapping[Service, URL]) -> None:
    """Create them or change their passwords. Raises like `roles.create_login`."""
    for service, url in logins.items():
        await roles.create_login(owner_url, service, url.username or "", url.password or "")
