"""Publishing while visitors ask several instances: none fails, each reply is of one version."""

from __future__ import annotations

import pytest

from tests import nginx
from tests.benchmarks.publishing import run


@pytest.mark.long
@pytest.mark.skipif(not nginx.COMMAND, reason="needs nginx")
def test_no_request_fails_and_no_reply_is_mixed_up() -> None:
    result = run(publishes=4, rate=50, instances=2)
    assert result.failed == []
    assert result.mixed == []
    assert len(result.seen) >= 4
    assert len(result.delays) == 4
