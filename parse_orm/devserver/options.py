"""The options our Parse Server starts with: open for tests, loud about nothing, 9.10's own behaviour."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

LOOPBACK = ["127.0.0.1", "::1"]

# Parse Server 9.10 warns at each start about options whose default changes in the next major. Naming
# today's default keeps the behaviour and ends the warning (its lib/Deprecator/Deprecations.js).
TODAYS_DEFAULTS: dict[str, Any] = {
    "fileUpload": {"allowedFileUrlDomains": ["*"]},
    "pages": {"encodePageParamHeaders": False},
    "readOnlyMasterKeyIps": ["0.0.0.0/0", "::0"],
    "requestComplexity": {
        "includeDepth": -1,
        "includeCount": -1,
        "subqueryDepth": -1,
        "queryDepth": -1,
        "graphQLDepth": -1,
        "graphQLFields": -1,
        "batchRequestLimit": -1,
    },
    "protectedFieldsOwnerExempt": True,
    "protectedFieldsTriggerExempt": False,
    "protectedFieldsSaveResponseExempt": True,
    "installation": {"duplicateDeviceTokenActionEnforceAuth": False},
    "allowAggregationForReadOnlyMasterKey": True,
}

FOR_TESTS: dict[str, Any] = {
    "appName": "parse_orm dev server",
    "masterKeyIps": LOOPBACK,
    "maintenanceKeyIps": LOOPBACK,
    "allowClientClassCreation": True,
    "directAccess": True,
    "verifyServerUrl": False,
    "verifyUserEmails": False,
    "logLevel": "error",
    "auth": {"mfa": {"options": ["TOTP"], "digits": 6, "period": 30, "algorithm": "SHA1"}},
}


@dataclass(frozen=True)
class Keys:
    """The credentials of one server: random, and in no repr."""

    app_id: str = field(default_factory=lambda: f"dev{secrets.token_hex(8)}")
    rest: str = field(default_factory=lambda: secrets.token_hex(20), repr=False)
    master: str = field(default_factory=lambda: secrets.token_hex(20), repr=False)
    maintenance: str = field(default_factory=lambda: secrets.token_hex(20), repr=False)

    def secret(self) -> tuple[str, ...]:
        """List what no log may show.

        Returns:
            The three keys; the application id is public.
        """
        return (self.rest, self.master, self.maintenance)


def merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Lay one tree of options over another; None takes an option away.

    >>> merged({"auth": {"mfa": 1}, "x": 1}, {"auth": {"google": 2}, "x": None})
    {'auth': {'mfa': 1, 'google': 2}}

    Args:
        below: the defaults.
        above: what wins.

    Returns:
        A new tree; lists and plain values are replaced, not joined.
    """
    result = dict(below)
    for name, value in above.items():
        if value is None:
            result.pop(name, None)
        elif isinstance(value, Mapping) and isinstance(result.get(name), Mapping):
            result[name] = merged(result[name], value)
        else:
            result[name] = value
    return result


def server_options(keys: Keys, live_query: Sequence[str], extra: Mapping[str, Any]) -> dict[str, Any]:
    """Build the options of one server.

    Args:
        keys: its credentials.
        live_query: class names whose changes LiveQuery reports; "*" stands for any text.
        extra: options of the caller, laid over ours.

    Returns:
        What Parse Server's constructor takes, in JSON values.
    """
    own = {
        "appId": keys.app_id,
        "restAPIKey": keys.rest,
        "masterKey": keys.master,
        "maintenanceKey": keys.maintenance,
        # Class names are regular expressions to Parse Server.
        "liveQuery": {"classNames": [name.replace("*", ".*") for name in live_query]},
        # Without keyPairs LiveQuery takes no notice of a master key (seen in 9.10).
        "liveQueryServerOptions": {"keyPairs": {"restAPIKey": keys.rest, "masterKey": keys.master}},
    }
    return merged(merged(merged(TODAYS_DEFAULTS, FOR_TESTS), own), extra)
