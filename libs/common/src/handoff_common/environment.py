"""How variables are read that have had other names, and how a number may be written.

Both systems that came before this one had an `.env`; it still works. The one place for that.
"""

from collections.abc import Mapping
from ipaddress import ip_address
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import BeforeValidator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, EnvSettingsSource, PydanticBaseSettingsSource

OLD_NAMES: Mapping[str, tuple[str, ...]] = {
    "TWILIO_ACCOUNT_SID": ("TWILIO_SID",),
    "TWILIO_WHATSAPP_NUMBER": ("TWILIO_PHONE_NUMBER",),
    "PUBLIC_BASE_URL": ("APP_URL", "NGROK_PLATFORM_URL"),
}
"""By today's name. What else the old files set (a database's parts, a session key, a mail server)
has no counterpart here and is ignored."""


class NameConflictError(ValueError):
    """One setting was given two values under two names; the text has the names only."""


class OldNames(PydanticBaseSettingsSource):
    """Settings by their old names: only where today's name says nothing."""

    def __init__(
        self, settings_cls: type[BaseSettings], *sources: PydanticBaseSettingsSource
    ) -> None:
        """Take the sources in which variables are looked up, the stronger first."""
        super().__init__(settings_cls)
        self._values: dict[str, str] = {}
        for source in reversed(sources):
            if isinstance(source, EnvSettingsSource):
                self._values |= {name: value or "" for name, value in source.env_vars.items()}

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        key = str(field.validation_alias or field_name)
        return self._value(key.upper()), key, False

    def __call__(self) -> dict[str, Any]:
        """Raise `NameConflictError`."""
        fields = self.settings_cls.model_fields.items()
        found = (self.get_field_value(field, name) for name, field in fields)
        return {key: value for value, key, _ in found if value}

    def _value(self, name: str) -> str:
        """Return what the old names say, if anything and if today's name says nothing."""
        old = OLD_NAMES.get(name, ())
        given = {each: self._values.get(each.lower(), "").strip() for each in (name, *old)}
        said = {each: value for each, value in given.items() if not _says_nothing(each, value)}
        if len({_plain(value) for value in said.values()}) > 1:
            raise NameConflictError(f"{' and '.join(said)} mean the same and differ: keep {name}")
        return "" if name in said else next(iter(said.values()), "")


def _says_nothing(name: str, value: str) -> bool:
    """Tell an empty value, or the old files' `http://localhost:…`: no public URL at all, here."""
    if not value or name not in OLD_NAMES["PUBLIC_BASE_URL"]:
        return not value
    host = urlsplit(value).hostname or ""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _plain(value: str) -> str:
    """Return what does not depend on how it is written."""
    return value.removeprefix("whatsapp:").rstrip("/")


def _addressed(value: object) -> object:
    """Return numbers as Twilio's addresses: `+55…` is `whatsapp:+55…`."""
    if not isinstance(value, str):
        return value
    numbers = (number.strip() for number in value.split(","))
    return ",".join(f"whatsapp:{each}" if each.startswith("+") else each for each in numbers)


Numbers = Annotated[str, BeforeValidator(_addressed)]
"""One of our numbers, or several with commas between, as `whatsapp:+55…`."""
