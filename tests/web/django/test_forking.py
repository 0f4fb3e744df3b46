"""A forked child finds the settings of the project, though a thread of its parent was just reading them."""

from __future__ import annotations

from parse_orm.contrib.django import conf
from tests.forking import held_by_a_thread, in_child


def test_a_child_reads_the_settings_while_a_thread_of_the_parent_holds_their_lock() -> None:
    with held_by_a_thread(conf._lock.value):
        in_child(conf.session_config)
        in_child(conf.session_store)
