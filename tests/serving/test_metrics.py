"""What Prometheus is told is exact, also where many ask at once, and told to this machine only."""

from __future__ import annotations

import json
import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

from faqbot.app import blueprint, create_app
from faqbot.bot import Bot
from faqbot.serving import metrics
from tests.servers import Client, serving
from tests.waiting import PATIENCE

ROOT = Path(__file__).parent.parent.parent
DASHBOARD = json.loads((ROOT / "docs" / "grafana.json").read_text("utf-8"))
KINDS = {
    "how long does it take": "answer",
    "do u take medicare": "office",
    "i cant feel my legs": "emergency",
}


@pytest.fixture
def counted() -> SimpleNamespace:
    """What is counted elsewhere in the process."""
    return SimpleNamespace(reloads=0, lost=0, problems=0)


@pytest.fixture
def app(bot: Bot, counted: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> Flask:
    monkeypatch.setenv("FAQBOT_RATE_LIMIT", "5 per minute")
    app = Flask("faqbot", static_folder=None, template_folder=None)
    metrics.install(app, lambda: vars(counted))
    app.register_blueprint(blueprint(bot))
    return app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def samples(text: str) -> dict[str, float]:
    """By name and labels: `{'faqbot_replies_total{kind="answer"}': 1.0}`."""
    return {
        sample.name + _labels(sample.labels): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def _labels(labels: dict[str, str]) -> str:
    inside = ",".join(f'{name}="{value}"' for name, value in sorted(labels.items()))
    return f"{{{inside}}}" if inside else ""


def shown(client: FlaskClient) -> dict[str, float]:
    return samples(client.get("/metrics").text)


def ask(client: FlaskClient, question: str) -> int:
    return client.post("/api/ask", json={"question": question}).status_code


class TestCounts:
    def test_replies_by_kind_from_zero_on(self, client: FlaskClient) -> None:
        replies = {kind: f'faqbot_replies_total{{kind="{kind}"}}' for kind in metrics.COUNTED_KINDS}
        assert [shown(client)[name] for name in replies.values()] == [0, 0, 0, 0]
        for question in [*KINDS, "how long does it take"]:
            ask(client, question)
        now = {kind: shown(client)[name] for kind, name in replies.items()}
        assert now == {"answer": 2, "choices": 0, "office": 1, "emergency": 1}

    def test_seconds_by_route(self, client: FlaskClient) -> None:
        for _ in range(3):
            ask(client, "how long does it take")
        now = shown(client)
        assert now['faqbot_request_seconds_count{route="/api/ask"}'] == 3
        assert 0 < now['faqbot_request_seconds_sum{route="/api/ask"}'] < PATIENCE
        upto = [v for n, v in now.items() if "_bucket{" in n and "/api/ask" in n]
        assert upto == sorted(upto)
        assert upto[-1] == 3

    def test_seconds_of_addresses_that_are_none_without_naming_them(
        self, client: FlaskClient
    ) -> None:
        client.get("/my-name-is-ann?and=so-on")
        client.get("/api/entries/ann-lee")
        text = client.get("/metrics").text
        assert "ann" not in text
        assert samples(text)['faqbot_request_seconds_count{route="none"}'] == 1
        assert 'route="/api/entries/<entry_id>"' in text

    def test_what_the_limits_refuse(self, client: FlaskClient) -> None:
        statuses = [ask(client, "hello") for _ in range(7)]
        assert statuses.count(429) == 2
        assert shown(client)["faqbot_limited_total"] == 2

    def test_what_fails(self, app: Flask) -> None:
        app.add_url_rule("/fails", view_func=lambda: 1 / 0)
        client = app.test_client()
        assert client.get("/fails").status_code == 500
        assert client.get("/nothing").status_code == 404
        assert shown(client)["faqbot_failed_total"] == 1

    def test_what_others_count_with_every_request(
        self, client: FlaskClient, counted: SimpleNamespace
    ) -> None:
        counted.reloads, counted.lost, counted.problems = 2, 30, 1
        ask(client, "hello")
        counted.reloads, counted.problems = 5, 0
        now = shown(client)
        assert now["faqbot_reloads_total"] == 5
        assert now["faqbot_journal_lost_total"] == 30
        assert now["faqbot_knowledge_problems"] == 0

    def test_never_backwards(self, client: FlaskClient, counted: SimpleNamespace) -> None:
        totals = []
        for counted.reloads in (3, 1, 4):  # while a practice is being closed
            totals.append(shown(client)["faqbot_reloads_total"])
        assert totals == [3, 3, 4]

    def test_exactly_where_many_ask_at_once(self, practice: Path) -> None:
        kinds = list(KINDS.items()) * 4
        with serving("--knowledge", str(practice)) as server:

            def visit(_: int) -> None:
                with closing(Client(server.port)) as client:
                    for question, _ in kinds:
                        assert client.ask(question)[0] == 200

            with ThreadPoolExecutor(8) as pool:
                list(pool.map(visit, range(8)))
            with closing(Client(server.port)) as client:
                now = samples(client.get("/metrics")[1])
        for kind in KINDS.values():
            assert now[f'faqbot_replies_total{{kind="{kind}"}}'] == 32
        assert now['faqbot_request_seconds_count{route="/api/ask"}'] == 96


class TestWhoMayLook:
    @pytest.mark.parametrize(
        ("address", "header", "status"),
        [
            ("127.0.0.1", None, 200),
            ("127.8.8.8", None, 200),
            ("::1", None, 200),
            ("::ffff:127.0.0.1", None, 200),
            ("203.0.113.7", None, 404),
            ("10.0.0.2", None, 404),
            ("2001:db8::1", None, 404),
            ("", None, 404),
            ("localhost", None, 404),
            ("127.0.0.1", "X-Forwarded-For", 404),
            ("127.0.0.1", "X-Forwarded-Proto", 404),
            ("127.0.0.1", "Forwarded", 404),
            ("127.0.0.1", "X-Real-IP", 404),
            ("127.0.0.1", "Via", 404),
        ],
    )
    @pytest.mark.parametrize("proxies", ["0", "1"])
    def test_is_who_runs_on_this_machine_and_no_visitor_through_a_proxy(
        self,
        bot: Bot,
        monkeypatch: pytest.MonkeyPatch,
        proxies: str,
        address: str,
        header: str | None,
        status: int,
    ) -> None:
        monkeypatch.setenv("FAQBOT_PROXIES", proxies)
        app = create_app(bot)
        response = app.test_client().get(
            "/metrics",
            environ_overrides={"REMOTE_ADDR": address},
            headers={header: "127.0.0.1"} if header else {},
        )
        assert response.status_code == status
        assert ("faqbot_replies" in response.text) is (status == 200)

    def test_is_nobody_from_elsewhere_who_says_to_be_here(
        self, bot: Bot, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("FAQBOT_PROXIES", "1")
        app = create_app(bot)
        response = app.test_client().get(
            "/metrics",
            environ_overrides={"REMOTE_ADDR": "203.0.113.7"},
            headers={"X-Forwarded-For": "127.0.0.1"},
        )
        assert response.status_code == 404


class TestDashboard:
    @pytest.mark.parametrize("panel", DASHBOARD["panels"], ids=lambda panel: panel["title"])
    def test_asks_for_what_is_counted(self, client: FlaskClient, panel: dict[str, object]) -> None:
        ask(client, "hello")
        names = {name.partition("{")[0] for name in shown(client)}
        asked = re.findall(r"faqbot_\w+", json.dumps(panel["targets"]))
        assert asked
        assert set(asked) <= names

    def test_shows_all_that_is_counted(self, client: FlaskClient) -> None:
        families = {f.name for f in text_string_to_metric_families(client.get("/metrics").text)}
        everything = json.dumps(DASHBOARD["panels"])
        missing = {name for name in families if name not in everything}
        assert {name for name in missing if not name.endswith("_created")} == set()

    def test_places_no_panel_on_another(self) -> None:
        taken = Counter(
            (x, y)
            for place in (panel["gridPos"] for panel in DASHBOARD["panels"])
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        )
        assert set(taken.values()) == {1}
        assert max(x for x, _ in taken) < 24
        ids = [panel["id"] for panel in DASHBOARD["panels"]]
        assert len(set(ids)) == len(ids)
