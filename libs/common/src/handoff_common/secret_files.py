"""Settings that are kept in files."""

from pathlib import Path
from typing import Any

from pydantic_settings import EnvSettingsSource


class SettingsError(Exception):
    """A setting is wrong; the text names the variable and never its value."""


class SecretFiles(EnvSettingsSource):
    """`NAME_FILE` in the environment: a file that holds the value of `NAME`.

    Container platforms mount secrets so: in a variable, whoever may inspect the container reads it.
    """

    def __call__(self) -> dict[str, Any]:
        """Raise `SettingsError` for a file that can't be read, or a variable given both ways."""
        found: dict[str, Any] = {}
        for field_name, field in self.settings_cls.model_fields.items():
            for key, name, _ in self._extract_field_info(field, field_name):
                path = self.env_vars.get(f"{name}_file")
                if not path:
                    continue
                if self.env_vars.get(name):
                    raise SettingsError(f"{name.upper()} and {name.upper()}_FILE: set one of them")
                found[key] = _content(f"{name.upper()}_FILE", Path(path))
        return found


def _content(variable: str, path: Path) -> str:
    try:
        content = path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise SettingsError(f"{variable}: {path} can't be read: {error.strerror}") from error
    except UnicodeDecodeError:
        raise SettingsError(f"{variable}: {path} is not text") from None
    if not content:
        raise SettingsError(f"{variable}: {path} is empty")
    return content
