"""How an object looks at a prompt: its class, its id and its fields, long text cut and secrets hidden."""

from datetime import datetime
from typing import Any

from ..types.depth import TooDeep, short_repr

#: Characters of one value.
WIDTH = 40


def shown(record: Any) -> str:
    """The repr of an object, without a request. A star marks what changed."""
    name, wire = type(record).__name__, record._wire
    id = wire.get("objectId")
    if id is not None and record._origin.columns == frozenset({"objectId"}) and len(wire) == 1 and not record._seen:
        return f"<{name} {id} (not loaded)>"
    changed = _changed(record)
    parts = [
        f"{'*' if field.path in changed else ''}{field.name}={_value(record, field)}"
        for field in record.schema.fields.values()
        if field.name not in _BASE and (field.path in wire or field.path in changed) and _present(record, field)
    ]
    return " ".join([f"<{name}", id or "new", *parts]) + ">"


_BASE = frozenset({"id", "created_at", "updated_at", "acl"})


def _changed(record: Any) -> set[str]:
    """A repr may meet an object in any state, so a value that cannot be sent counts as changed."""
    try:
        return set(record._changes())
    except ValueError:
        return set(record._seen or {})


def _present(record: Any, field: Any) -> bool:
    return field.hidden or _peeked(record, field) is not None


def _peeked(record: Any, field: Any) -> Any:
    """A value of the server's may be nested so deep that it cannot be read."""
    try:
        return record._peek(field)
    except TooDeep:
        return ...


def _value(record: Any, field: Any) -> str:
    if field.hidden:
        return "[hidden]"
    value = _peeked(record, field)
    text = _reference(value) or (value.isoformat() if isinstance(value, datetime) else short_repr(value, WIDTH + 1))
    text = "".join(char if char.isprintable() else "?" for char in text)
    return text if len(text) <= WIDTH else text[: WIDTH - 3] + "..."


def _reference(value: Any) -> str | None:
    """Another object by class and id alone: its fields are not this object's."""
    schema = getattr(value, "schema", None)
    return f"<{type(value).__name__} {value._wire.get('objectId', 'new')}>" if schema is not None else None
