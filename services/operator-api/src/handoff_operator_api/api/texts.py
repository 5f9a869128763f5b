"""Text that can be kept and sent on."""

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError


def _storable(text: str) -> str:
    """Refuse NUL, which PostgreSQL can't store."""
    if "\0" in text:
        raise PydanticCustomError("string_nul", "text must not contain NUL")
    return text


STORABLE = AfterValidator(_storable)
"""Last in an `Annotated`, after the lengths: with a length pydantic refuses lone surrogates too."""
