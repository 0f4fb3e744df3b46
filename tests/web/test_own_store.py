"""The store that the guide shows how to write keeps the published contract."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

GUIDE = Path(__file__).parents[2] / "docs" / "guides" / "web-sessions.md"


def store_of_the_guide() -> Any:
    blocks = re.findall(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    names: dict[str, Any] = {"__name__": __name__}
    exec(next(block for block in blocks if "SessionStoreContract" in block), names)
    return names["TestSmallStore"]


TestSmallStore = store_of_the_guide()
