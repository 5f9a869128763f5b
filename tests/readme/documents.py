"""What the documents say."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def text(document: str) -> str:
    return (ROOT / document).read_text()


def blocks(document: str, language: str) -> list[str]:
    """Return the fenced blocks of one language."""
    return re.findall(rf"^```{language}\n(.*?)^```", text(document), re.DOTALL | re.MULTILINE)


def commands(document: str) -> list[str]:
    """Return the shell commands, in their order."""
    return [line for block in blocks(document, "sh") for line in block.splitlines()]
