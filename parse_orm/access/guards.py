"""Field guards: who may write one column, and how often; declared here, enforced by the server's triggers."""

from collections.abc import Mapping

from ..errors import DeclarationError, did_you_mean
from ..meta.schema import ModelSchema

#: What each mode promises.
GUARD_MODES: Mapping[str, str] = {
    "master_only": "only the master key writes it",
    "immutable": "clients set it when the row is made, and never again",
    "always_immutable": "it is set when the row is made, and never again, not even with the master key",
    "set_once": "it may be set once, whenever that is, and never again",
}


def read_guards(schema: ModelSchema, given: Mapping[str, str]) -> dict[str, str]:
    """Check ``guards={"slug": "set_once"}``.

    Args:
        schema: the tables of the model.
        given: attribute name to mode.

    Returns:
        The same, in a new dict.

    Raises:
        DeclarationError: a name or a mode that means nothing.
    """
    for name, mode in given.items():
        if name not in schema.fields:
            raise DeclarationError(f"{schema.name}: {schema.unknown(name)}")
        if mode not in GUARD_MODES:
            near = did_you_mean(mode, GUARD_MODES)
            hint = f"; did you mean {near!r}?" if near else ""
            raise DeclarationError(
                f"{schema.name}.{name}: {mode!r:.60} is no guard{hint} Choose from {', '.join(GUARD_MODES)}"
            )
    return dict(given)
