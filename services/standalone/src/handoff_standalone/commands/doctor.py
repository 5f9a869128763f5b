"""`handoff doctor`."""

import sys
from dataclasses import asdict

import typer

from handoff_standalone.commands.speech import FAILED, AsJson, tell
from handoff_standalone.importing import importing

app = typer.Typer()

_WIDTH = len("not applicable")


@app.command(epilog="Example: handoff doctor --json | jq '.checks[] | select(.status != \"ok\")'")
def doctor(*, as_json: AsJson = False) -> None:
    """Look at everything that has to work, also while the product runs, and say what to do.

    It changes nothing and shows no secret. Ends with 1 if a check failed; a warning is no failure.
    """
    with importing():
        import uvloop

        from handoff_standalone.doctor.checking import Checked, examined
        from handoff_standalone.doctor.checklist import checklist

    async def looked() -> list[Checked]:
        found: list[Checked] = []
        async for each in examined(checklist()):
            found.append(each)
            if not as_json:
                _show(each)
        return found

    def _show(each: Checked) -> None:
        typer.echo(f"{each.status:{_WIDTH}}  {each.name:10}  {each.says}")
        if each.advice:
            typer.echo(f"{'':{_WIDTH}}  {'':10}  -> {each.advice}")

    found = uvloop.run(looked())
    failures = [each for each in found if each.status == "failed"]
    worst = "failed" if failures else "ok"
    if as_json:
        tell("", {"status": worst, "checks": [asdict(each) for each in found]}, as_json=True)
    if failures:
        sys.exit(FAILED)
