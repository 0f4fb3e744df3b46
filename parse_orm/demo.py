"""A tour of parse_orm for newcomers: each step is shown, then run against a real Parse Server.

``make demo``, or ``python -m parse_orm.demo``. The server is made for the tour and deleted after it; its keys are
random and not shown.
"""

import ast
import os
import sys
import textwrap
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pprint import pformat
from typing import Any, TextIO

from .devserver import DevServer
from .devserver.errors import DevServerError

WIDTH = 100

#: The words that end a step which is meant to fail, followed by the name of the error.
RAISES = "# raises "

#: Each section: its title, and what a user would type. All of it is one program.
TOUR: Sequence[tuple[str, str]] = (
    (
        "Connect",
        """
import parse_orm as orm
from datetime import UTC, datetime, timedelta

orm.connect(**server.config())
""",
    ),
    (
        "Declare models",
        """
class Artist(orm.ParseObject):
    name = orm.property(str, required=True)

class Song(orm.ParseObject):
    title = orm.property(str, required=True)
    plays = orm.property(int, default=0)
    released = orm.property(datetime)
    tags = orm.array(str)
    artist = orm.belongs_to(Artist)

    @orm.scope
    @staticmethod
    def popular(q: orm.Query["Song"], at_least: int = 1000):
        return q.where(Song.plays >= at_least)

# A misspelt name is caught here, before any request
Song(titel="Hey")  # raises UnknownField
""",
    ),
    (
        "Save and load objects",
        """
ann = Artist.create(name="Ann")
song = Song(title="Hey", artist=ann, tags=["live"])
song.save()

# A save sends what changed, changes inside lists and dicts included
song.tags.append("soul")
song.released = datetime(2024, 5, 1, tzinfo=UTC)
song.changes
song.save().changed

# Arithmetic on the server, safe when others write too
song.increment("plays", 1200).plays

# A pointer is fetched when it is first read
Song.get(song.id).artist.name
Song(plays=1).save()  # raises RecordInvalid
""",
    ),
    (
        "Ask questions",
        """
for n in range(1, 6):
    Song.create(title=f"Take {n}", plays=n * 300, artist=ann)

question = Song.where(Song.plays > 500, Song.artist.name == "Ann").order("-plays")
question
question.pluck("title", "plays")
Song.where((Song.title == "Hey") | Song.title.endswith("1")).count()
Song.popular(at_least=1200).where(tags="soul").first()
Song.where(released__isnull=True).exists()

# What travels, without a request
question.limit(3).to_params()
Song.where(Song.plays == "many")  # raises BadQuery
""",
    ),
    (
        "Users, and who may see what",
        """
user = orm.User.signup("ann", "first password", email="ann@example.com")
secret = Song(title="Not yet", acl=orm.ACL().grant(user))
secret.save()

with orm.as_user(user):
    orm.current_credential()
    Song.find(secret.id)

with orm.as_anonymous():
    Song.find(secret.id) is None

orm.User.login("ann", "wrong password")  # raises InvalidCredentials
""",
    ),
    (
        "Sessions: one row for each login",
        """
phone = orm.User.login("ann", "first password")
laptop = orm.User.login("ann", "first password")
user.sessions()
orm.Session.active_count_for_user(user)

# The session behind a token, and its user
session = orm.Session.for_token(phone.session_token)
session.created_with
session.user.username
session.is_active, session.time_remaining, session.expires_within(timedelta(days=30))

# The session that asks
with orm.as_user(laptop):
    orm.Session.me().user == user

session.user = user  # raises ReadOnlyField
""",
    ),
    (
        "Sessions end",
        """
session.revoke()
session.revoke()
orm.Session.for_token(phone.session_token) is None
orm.Session.for_token(phone.session_token, strict=True)  # raises InvalidSessionToken

with orm.as_user(phone):
    Song.count()  # raises InvalidSessionToken

# Log out everywhere else
orm.Session.revoke_all_for_user(user, keep=laptop.session_token)
orm.User.for_token(laptop.session_token) == user

# A new password ends every other login; the object holds the new token
tablet = orm.User.login_as(user)
laptop.change_password("second password")
orm.User.for_token(laptop.session_token) == user
orm.User.for_token(tablet.session_token) is None
orm.User.verify_password("ann", "second password")
laptop.logout()
""",
    ),
    (
        "Sessions expire, and the rows are swept up",
        """
late = orm.Session.for_token(orm.User.login_as(user))
late.update(expires_at=datetime.now(UTC) - timedelta(minutes=1))
late.is_expired, late.time_remaining
orm.Session.expired().for_user(user).count()
orm.Session.purge_expired()
""",
    ),
    (
        "The five calls of the sessions endpoint",
        """
client = orm.current_client()
row = orm.Session.for_token(orm.User.login_as(user))
client.sessions.all("limit=5&order=-createdAt")
client.sessions.get(row.id) == row
client.sessions.update(row.id, {"note": "from the tour"})
with orm.as_user(row):
    client.sessions.me()["note"]
client.sessions.delete(row.id)
client.sessions.get(row.id)  # raises ObjectNotFound

# Without the master key nobody is asked
visitor = orm.Client(server.url, server.app_id, server.rest_key, master_key=None)
visitor.sessions.all()  # raises MasterKeyRequired
""",
    ),
    (
        "A server that goes away",
        """
server.kill()

Song.create(title="Into the void")  # raises ConnectFailed

server.start()
Song.count()
""",
    ),
)


@dataclass(frozen=True)
class Style:
    """How the parts of the tour look: empty codes where nobody would see colours."""

    title: str = ""
    code: str = ""
    note: str = ""
    error: str = ""
    end: str = ""

    @classmethod
    def of(cls, stream: TextIO) -> "Style":
        """Colours for a terminal, unless NO_COLOR is set (https://no-color.org)."""
        if not stream.isatty() or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
            return cls()
        return cls(title="\x1b[1;36m", code="\x1b[32m", note="\x1b[2m", error="\x1b[33m", end="\x1b[0m")


@dataclass(frozen=True)
class Step:
    """One statement: the lines to show, what to run, the error it must end with, and the steps inside it."""

    lines: Sequence[str]
    node: ast.stmt
    raises: str | None = None
    inside: Sequence["Step"] = ()


def steps(text: str) -> list[Step]:
    """The statements of a section, each with the comments above it; those of a with block are its own steps.

    >>> [step.raises for step in steps("a = 1\\nb  # raises NameError")]
    [None, 'NameError']

    Args:
        text: Python.
    """
    lines = text.splitlines()
    return list(_steps(ast.parse(text).body, lines, 0))


def _steps(nodes: Sequence[ast.stmt], lines: Sequence[str], shown: int) -> Iterator[Step]:
    for node in nodes:
        end = node.end_lineno or node.lineno
        if isinstance(node, ast.With):
            head = node.body[0].lineno - 1
            yield Step(lines[shown:head], node, inside=list(_steps(node.body, lines, head)))
        else:
            _, marked, error = lines[end - 1].partition(RAISES)
            yield Step(lines[shown:end], node, error if marked else None)
        shown = end


class Tour:
    """Shows and runs sections, one after the other, in one namespace.

    Args:
        server: the running server; the code of the tour calls it ``server``.
        stream: where to print.
    """

    def __init__(self, server: DevServer, stream: TextIO) -> None:
        self.names: dict[str, Any] = {"__name__": "tour", "server": server}
        self.stream = stream
        self.style = Style.of(stream)

    def section(self, title: str, text: str) -> None:
        """Show and run one section.

        Raises:
            AssertionError: a step that should fail did not.
            Exception: whatever a step raised that should not fail, or not like this.
        """
        self._print(f"\n{title}\n{'-' * len(title)}", self.style.title)
        for step in steps(text.strip("\n")):
            self._take(step)

    def _take(self, step: Step) -> None:
        for line in step.lines:
            self._print(f"  {line}".rstrip(), self.style.note if line.lstrip().startswith("#") else self.style.code)
        try:
            self._run(step)
        except Exception as error:
            if step.raises not in {kind.__name__ for kind in type(error).__mro__}:
                raise
            self._show(f"{type(error).__name__}: {error}", self.style.error)
            return
        if step.raises:
            raise AssertionError(f"{step.lines[-1]}: nothing was raised")

    def _run(self, step: Step) -> None:
        """Run a statement; what an expression gives is shown, as a prompt would, inside a with block too."""
        if isinstance(step.node, ast.Expr):
            value = self._value(step.node.value)
            if value is not None:
                self._show(pformat(value, width=WIDTH))
        elif isinstance(step.node, ast.With):
            with self._value(step.node.items[0].context_expr):
                for inner in step.inside:
                    self._take(inner)
        else:
            exec(compile(ast.Module([step.node], []), "<tour>", "exec"), self.names)

    def _value(self, expression: ast.expr) -> Any:
        return eval(compile(ast.Expression(expression), "<tour>", "eval"), self.names)

    def _show(self, text: str, colour: str = "") -> None:
        for line in text.splitlines():
            for part in textwrap.wrap(line, WIDTH, subsequent_indent="  ", drop_whitespace=False) or [""]:
                self._print(f"      {part}".rstrip(), colour)

    def _print(self, text: str, colour: str = "") -> None:
        print(f"{colour}{text}{self.style.end if colour else ''}", file=self.stream, flush=True)


def main() -> int:
    """Start a server, walk through every section, and stop it.

    Returns:
        0 when every step did what it shows; 1 when the server could not be started.
    """
    began = time.monotonic()
    print("parse_orm: a tour against a real Parse Server, which is installed at its first start.", flush=True)
    try:
        with DevServer() as server:
            print(f"It answers at {server.url} after {time.monotonic() - began:.1f} s.", flush=True)
            tour = Tour(server, sys.stdout)
            for title, text in TOUR:
                tour.section(title, text)
    except DevServerError as error:
        print(f"parse_orm.demo: {error}", file=sys.stderr)
        return 1
    print(f"\nThat was all of it, in {time.monotonic() - began:.1f} s. The server and its data are gone again.")
    print("Next: docs/tutorial.md, and `make test` runs the tests against the same server.")
    return 0


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        sys.exit(main())
    sys.exit(130)
