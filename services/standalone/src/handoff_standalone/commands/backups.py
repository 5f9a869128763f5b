"""`handoff backup` and `handoff restore`."""

from pathlib import Path
from typing import Annotated

import typer

from handoff_standalone.commands.speech import USAGE, AsJson, fail, settings_of, step, tell
from handoff_standalone.settings import Stores

app = typer.Typer()

_DUMP = 'pg_dump --format=custom --file=handoff.dump "$DATABASE_URL"'
_UNDUMP = 'pg_restore --clean --if-exists --dbname="$DATABASE_URL" handoff.dump'


@app.command(epilog="Example: handoff backup /backups/handoff-$(date +%F).zip")
def backup(
    file: Annotated[
        Path | None, typer.Argument(help="Without: handoff-<time>.zip, here.", show_default=False)
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Save HANDOFF_HOME into one file, also while the product runs; read it back to be sure.

    It holds what customers wrote and may be read by its owner only. PostgreSQL has pg_dump.
    """
    stores = settings_of(Stores)
    if stores.is_distributed:
        fail(f"PostgreSQL is saved by its own tools, not by this command:\n  {_DUMP}", code=USAGE)
    from handoff_standalone.backups.contents import BackupError
    from handoff_standalone.backups.saving import back_up

    try:
        saved = back_up(stores.home, file, step)
    except BackupError as error:
        fail(str(error))
    except OSError as error:
        fail(f"can't save: {error}")
    manifest = saved.manifest.model_dump(mode="json")
    tell(
        f"{saved.file}: {saved.size} bytes, revision {saved.manifest.schema_revision}, read back.",
        {"file": str(saved.file.resolve()), "size": saved.size, "manifest": manifest},
        as_json=as_json,
    )


@app.command(epilog="Example: handoff restore handoff-20260501T030000Z.zip --force")
def restore(
    file: Annotated[Path, typer.Argument(help="As `handoff backup` made it.")],
    *,
    force: Annotated[
        bool, typer.Option("--force", help="Move what is in HANDOFF_HOME aside; delete nothing.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Put a backup into HANDOFF_HOME, while the product does not run.

    What the backup holds may have been sent since it was made: Twilio is asked before any of it
    goes out, and what customers wrote before the restore waits for a person.
    """
    stores = settings_of(Stores)
    if stores.is_distributed:
        fail(
            f"PostgreSQL is put back by its own tools, with every service stopped:\n  {_UNDUMP}\n"
            "  handoff db restored --taken-at <when the dump was begun>",
            code=USAGE,
        )
    from handoff_standalone.backups.contents import BackupError
    from handoff_standalone.backups.restoring import restore as put_back
    from handoff_standalone.commands.finishing import finish

    try:
        restored = finish(put_back(stores.home, file, force=force, step=step))
    except BackupError as error:
        fail(str(error))
    except OSError as error:
        fail(f"can't restore: {error}")
    moved = f"\nWhat was there is in {restored.aside}." if restored.aside else ""
    tell(
        f"{stores.home} is what it was at {restored.manifest.taken_at:%Y-%m-%d %H:%M:%S %Z}.{moved}"
        "\nFrom the next start on, Twilio is asked for what was sent since, before anything is"
        " sent;\nwhat customers wrote before now waits for a person.",
        {
            "home": str(stores.home.resolve()),
            "restored_at": restored.restored_at.isoformat(),
            "moved_aside": str(restored.aside.resolve()) if restored.aside else None,
            "manifest": restored.manifest.model_dump(mode="json"),
        },
        as_json=as_json,
    )
