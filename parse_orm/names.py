"""How names travel between Python and Parse: created_at is createdAt, User is _User.

Python attributes are snake_case, Parse columns are lower camelCase; inflection does the spelling, once per name.
"""

import re
from functools import cache

#: Classes that Parse Server itself owns; in Python they are written without the underscore.
SYSTEM_CLASSES = {
    name: f"_{name}"
    for name in (
        "User",
        "Session",
        "Role",
        "Installation",
        "Product",
        "Audience",
        "JobStatus",
        "JobSchedule",
        "PushStatus",
    )
}

#: Columns that every row has, by the name Python uses.
BASE_COLUMNS = {"id": "objectId", "created_at": "createdAt", "updated_at": "updatedAt", "acl": "ACL"}

#: Keys that only the server may write: never taken from a mapping that came from outside.
SERVER_OWNED = frozenset(
    {
        "objectId", "createdAt", "updatedAt", "className", "__type", "sessionToken", "authData",
        "_rperm", "_wperm", "_hashed_password", "_password_history", "_session_token", "_auth_data",
        "_email_verify_token", "_perishable_token", "_failed_login_count", "_account_lockout_expires_at",
        "_tombstone", "emailVerified", "roles",
    }
)  # fmt: skip

#: Parameters of the verbs that take columns by keyword, such as ``update(session=..., **values)``: a column of such a
#: name could not be told from the parameter.
VERB_KEYWORDS = frozenset({"cls", "self", "session", "master", "defaults", "progress", "raise_on_error"})

_WORD = re.compile(r"[A-Za-z][A-Za-z0-9]*")


@cache
def to_column(attribute: str) -> str:
    """Spell a Python attribute the way Parse does: ``lyrics_text`` becomes ``lyricsText``."""
    if attribute in BASE_COLUMNS:
        return BASE_COLUMNS[attribute]
    if "_" not in attribute and attribute[:1].islower():
        return attribute

    import inflection  # loaded at first need: five milliseconds that most names do not cost

    return inflection.camelize(attribute, uppercase_first_letter=False)


@cache
def to_attribute(column: str) -> str:
    """Spell a Parse column the way Python does: ``lyricsText`` becomes ``lyrics_text``."""
    for attribute, base in BASE_COLUMNS.items():
        if base == column:
            return attribute
    if column.islower() and _WORD.fullmatch(column):
        return column

    import inflection

    return inflection.underscore(column)


def to_class(name: str) -> str:
    """The Parse class of a Python class name: ``User`` is ``_User``, ``Song`` is ``Song``."""
    return SYSTEM_CLASSES.get(name, name)
