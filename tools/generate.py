"""Write the documents that the code can print; with `--check`, only say which are stale."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

from command_docs import commands_markdown
from event_docs import asyncapi, events_markdown
from state_docs import states_markdown

from handoff_common.messaging.rabbit.rights import definitions

ROOT = Path(__file__).parent.parent
DOCUMENTS: dict[str, Callable[[], str]] = {
    "docs/events.md": lambda: events_markdown(ROOT),
    "docs/asyncapi.json": lambda: json.dumps(asyncapi(), indent=2, ensure_ascii=False) + "\n",
    "docs/states.md": states_markdown,
    "docs/commands.md": commands_markdown,
    "deploy/rabbitmq.json": lambda: json.dumps(definitions(), indent=2) + "\n",
}


def main(*, check: bool) -> int:
    """Return the exit code: 1 if one is stale."""
    stale: list[str] = []
    for name, write in DOCUMENTS.items():
        path, text = ROOT / name, write()
        if path.exists() and path.read_text() == text:
            continue
        stale.append(name)
        if not check:
            path.write_text(text)
    for name in stale:
        print(f"{name}: stale, run `make generate`" if check else f"{name}: written")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main(check="--check" in sys.argv[1:]))
