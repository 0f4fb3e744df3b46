"""Who asks, and whom: the client and the credential that a query was given explicitly."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Binding:
    """What was chosen for one query; None leaves the choice to the moment of the request."""

    client: Any = None
    session: str | None = None
    master: bool | None = None

    def __repr__(self) -> str:
        chosen = "session r:..." if self.session else "master" if self.master else "ambient"
        return f"<Binding {chosen}>"
