"""Write the operator API's OpenAPI document for the console's client, or check that it is current.

`python tools/openapi.py [--check]`
"""

import argparse
import json
import sys
from pathlib import Path

from handoff_operator_api.app import openapi

_DOCUMENT = Path(__file__).parents[1] / "services/operator-api/ui/openapi.json"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail if it is old")
    check: bool = parser.parse_args().check
    text = json.dumps(openapi(), indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    current = _DOCUMENT.read_text(encoding="utf-8") if _DOCUMENT.exists() else ""
    if check:
        if text != current:
            print("ui/openapi.json is not up to date: run `python tools/openapi.py`")
        return int(text != current)
    _DOCUMENT.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
