"""The command line's own help as a document."""

from typer import Context
from typer.cli import get_docs_for_click
from typer.main import get_command

from handoff_standalone.commands import app

_HEAD = """\
# The command line

Generated from the code by `make generate`; don't edit. In a clone it is `.venv/bin/handoff`.

| exit code | |
|---|---|
| 0 | done; warnings are on standard error |
| 1 | not done: standard error says why. `doctor`: a check failed |
| 2 | asked for wrongly: standard error says how it is done |

With `--json`, standard output is one JSON document and nothing else; progress and reasons are on
standard error.

"""


def commands_markdown() -> str:
    """Return `docs/commands.md`."""
    command = get_command(app)
    context = Context(command, info_name="handoff")
    text = get_docs_for_click(obj=command, ctx=context, name="handoff", title="Commands")
    return _HEAD + text.replace("# Commands\n", "", 1).strip() + "\n"
