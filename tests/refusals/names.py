"""The public verbs, read from the package, and those of them that never say that something was done."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

import parse_orm as orm
from parse_orm.application import Sessions
from parse_orm.client.config_values import Config
from parse_orm.client.hooks import HookRegistry
from parse_orm.client.schemas import Schemas
from parse_orm.query.groups import Grouped

#: Classes that no exported name stands for, whose objects the exported ones hand out.
HANDED_OUT = (Config, HookRegistry, Schemas, Sessions, Grouped)


#: The steps of a query and the questions it asks, on a query and on a model.
STEPS = """aggregate all as_dicts as_master as_user average batches comment context count count_distinct cursor distinct
    each exclude_keys exists find_by first first_or_initialize get group_by group_by_date hint include include_all keys
    last_updated latest limit max min oldest order pluck preload read_preference skip strict_loading sum to_pandas using
    where"""

#: Names of verbs that cannot tell that something was done which was not, by why they cannot: first the reason, then
#: the owner ("" for the package) and its names.
CANNOT: tuple[tuple[str, dict[str, str]], ...] = (
    (
        "it builds a query, or reads rows: what it gives is the rows or the figure, and a refusal is raised",
        {
            "ParseObject": f"{STEPS} find from_query get_many query",
            "Query": f"""{STEPS} as_subquery column_path explain find get_many key_path one refuse_other_asker
                subquery_columns to_params""",
            "Grouped": "average count max min sum",
            "Relation": "all count exists has query where",
            "Cursor": "next_page",
            "Role": "all_users ancestors descendants find_by_name for_user has_role has_user names_for",
            "Session": "active active_count_for_user expired for_token for_user me with_tokens",
            "Sessions": "all get me",
            "User": "for_token me sessions verify_password",
            "Installation": "all_channels of_type stale subscribers",
            "Audience": "find_by_name",
            "JobSchedule": "for_job",
            "JobStatus": "failed for_job latest_for older_than running succeeded wait",
            "PushStatus": "with_status",
            "Client": "find health read_url server_info",
            "Config": "get master_only",
            "HookRegistry": "functions triggers",
            "Schemas": "all get permissions",
            "File": "download info read",
        },
    ),
    (
        "it works in memory and sends nothing",
        {
            "ParseObject": """check_id class_permissions copy describe describe_access fields from_json from_params
                from_reference is_changed is_valid pointer rollback strict_by_default to_dict to_json to_pointer
                to_reference validate""",
            "ACL": "can_read can_write from_wire grant revoke to_dict to_wire",
            "Audience": "of",
            "Client": "close credential replace_token",
            "Cursor": "from_json to_json",
            "Errors": "add full_messages to_dict",
            "GeoPoint": "distance_km distance_miles distance_radians",
            "Hooks": "tell",
            "Installation": "clock is_subscribed",
            "JobStatus": "clock",
            "Polygon": "contains",
            "PushStatus": "summary",
            "Retry": "pause",
            "Session": "clock expires_within",
            "User": "is_linked mfa_uri new_mfa_secret",
            "": """array can_delete can_read can_write connect current_client current_credential has_many
                parse_reference permissions validate_associations""",
        },
    ),
    (
        "it says how a block or a class behaves, and sends nothing itself",
        {
            "": """after_create after_destroy after_save after_update after_validation around_create around_destroy
                around_save around_update around_validation as_anonymous as_master as_user before_create before_destroy
                before_save before_update before_validation strict_loading using validates watch_n_plus_one"""
        },
    ),
    (
        "the server answers the same whatever becomes of it, and the verb gives None",
        {"": "track", "Client": "track", "User": "request_email_verification request_password_reset"},
    ),
)


def verbs_that_cannot() -> list[str]:
    """The names of ``CANNOT``."""
    return [
        f"{owner}.{name}" if owner else name
        for _, owners in CANNOT
        for owner, names in owners.items()
        for name in names.split()
    ]


def public_verbs() -> set[str]:
    """Every public function of the package, and every public method, by the name of the class that gives it.

    A method that a class has from a public base stands with the base. ``belongs_to`` and the like, which are written
    small, declare columns, and the methods of their objects are those of expressions.
    """
    exported = [getattr(orm, name) for name in orm.__all__]
    classes = [one for one in exported if isinstance(one, type) and not issubclass(one, BaseException)]
    found = {one.__name__ for one in exported if inspect.isroutine(one)}
    for owner in (*classes, *HANDED_OUT):
        if not owner.__name__.islower():
            found |= {f"{owner.__name__}.{name}" for name in _methods(owner, classes)}
    return found


def _methods(owner: type, public: list[Any]) -> Iterator[str]:
    bases = [base for base in owner.__mro__[1:] if base in public or base.__module__ == "builtins"]
    for name in dir(owner):
        if name.startswith("_") or not callable(getattr(owner, name)):
            continue
        given = inspect.getattr_static(owner, name)
        if not any(inspect.getattr_static(base, name, None) is given for base in bases):
            yield name
