"""The API documents' example objects."""

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent.parent / "golden/spaceinvoices"


def golden(name: str) -> Any:
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
