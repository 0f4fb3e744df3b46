"""A flash message is written in one request and read once in a later one: "Saved." after a redirect."""

from typing import Any

from .record import encode

#: What the key of a flash message begins with; one key each, so that concurrent requests do not lose any.
FLASH = "_flash."


class Flashes:
    """The two methods that a session has for them."""

    _fresh_flashes: set[str]

    def _values(self) -> dict[str, Any]:
        raise NotImplementedError

    def flash(self, key: str, value: Any) -> None:
        """Leave a message for the next request.

        Args:
            key: what it is called.
            value: a JSON value.

        Raises:
            SessionEncodeError: JSON cannot hold the value.
        """
        encode(value, key)
        self._values()[FLASH + key] = value
        self._fresh_flashes.add(key)

    def get_flash(self, key: str, default: Any = None) -> Any:
        """Take a message that an earlier request left; it is gone afterwards.

        A message that nobody takes stays until somebody does.

        Args:
            key: what it is called.
            default: what to give when there is none.
        """
        if key in self._fresh_flashes:
            return default
        return self._values().pop(FLASH + key, default)
