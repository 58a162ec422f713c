"""Instances die and hang behind nginx: visitors do not notice, and nothing is lost."""

from __future__ import annotations

import shutil

import pytest

from tests import nginx, redis_server
from tests.benchmarks.chaos import run

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(
        not (nginx.COMMAND and redis_server.COMMAND and shutil.which("pg_ctlcluster")),
        reason="needs servers: apt install nginx redis-server postgresql",
    ),
]


def test_no_visitor_notices_that_instances_die_and_nothing_is_lost() -> None:
    account = run(minutes=0.4, rate=20, seed=7, journal="postgresql", kinds=["instances"])
    assert account.events
    assert account.failed() == account.refused() == account.broken() == account.wrong() == []
    assert account.missing == account.twice == []
