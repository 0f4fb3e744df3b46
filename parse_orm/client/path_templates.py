"""Path templates: paths without ids and file names, for the labels of metrics and the names of spans."""

from __future__ import annotations

import re

#: Routes whose second part names a class, a function or a job: there are few of them, so the name stays.
NAMED = frozenset({"aggregate", "classes", "functions", "jobs", "purge", "schemas"})

#: Routes with something below them, and what stands in its place.
BELOW = {
    "events": "{name}",
    "files": "{name}",
    "installations": "{id}",
    "push_audiences": "{id}",
    "roles": "{id}",
    "sessions": "{id}",
    "users": "{id}",
}

#: Paths that are templates already.
WHOLE = frozenset(
    {
        "batch",
        "challenge",
        "cloud_code/jobs/data",
        "config",
        "health",
        "hooks/functions",
        "hooks/triggers",
        "login",
        "loginAs",
        "logout",
        "push",
        "requestPasswordReset",
        "schemas",
        "security",
        "serverInfo",
        "sessions/me",
        "upgradeToRevocableSession",
        "users/me",
        "verificationEmailRequest",
        "verifyPassword",
        *BELOW,
    }
)

#: The template of every path that is no route of Parse Server.
OTHER = "/{path}"

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_:.-]{0,127}", re.ASCII)


def path_template(path: str) -> str:
    """Give the template of a path, in which a word stands for every id and file name.

    >>> path_template("/classes/Song/xWMyZ4YEGZ"), path_template("/functions/hello")
    ('/classes/Song/{id}', '/functions/hello')
    >>> path_template("/files/a/b.png"), path_template("https://cdn.example.com/x.png")
    ('/files/{name}', '/{path}')

    Args:
        path: The path below the server URL, without a query.

    Returns:
        One of a few hundred texts: their number grows with the classes, functions and jobs of the application alone.
    """
    whole = path.strip("/")
    if whole in WHOLE:
        return f"/{whole}"
    first, *rest = whole.split("/")
    if first in NAMED and rest:
        name = rest[0] if _NAME.fullmatch(rest[0]) else "{name}"
        return f"/{first}/{name}" + ("/{id}" if rest[1:] else "")
    if first == "hooks" and rest[:1] in (["functions"], ["triggers"]):
        return f"/hooks/{rest[0]}/{{name}}"
    return f"/{first}/{BELOW[first]}" if first in BELOW else OTHER
