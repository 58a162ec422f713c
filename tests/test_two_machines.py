"""Two machines behind nginx: when one dies, visitors do not notice, and nothing is lost."""

from __future__ import annotations

import shutil

import pytest

from tests import nginx, redis_server
from tests.benchmarks.two_machines import run
from tests.benchmarks.visitors import VISITORS

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(
        not (nginx.COMMAND and redis_server.COMMAND and shutil.which("pg_ctlcluster")),
        reason="needs servers: apt install nginx redis-server postgresql",
    ),
]


def test_no_visitor_notices_that_a_machine_dies() -> None:
    result = run(seconds=1, rate=20, ways=["killed"])
    failed = [visit for visit in result.visits if visit.failed]
    # A reply that had begun as the machine died cannot be had from the other one.
    assert [visit for visit in failed if "IncompleteRead" not in visit.error] == []
    assert len(failed) <= VISITORS
    assert result.noted > 0.9 * len(result.visits)
    assert result.limits > 0
