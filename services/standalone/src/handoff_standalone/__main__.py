"""The `handoff` command."""

import gc
import signal


def main() -> None:
    """Run it. Ctrl-C ends it at once and without a traceback, until `handoff run` serves."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    # What is imported is needed to the end. Looking through it again and again meanwhile took a
    # sixth of the start, and looking through it afterwards 0.5 s of every command.
    gc.disable()
    from handoff_standalone.commands import app  # noqa: PLC0415  # takes a second or more

    gc.freeze()
    gc.enable()
    app()


if __name__ == "__main__":
    main()
