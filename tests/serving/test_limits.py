"""One address may ask so much and no more, and whoever is refused still gets the phone numbers."""

from __future__ import annotations

import json
import logging
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

import pytest
from flask import Flask
from limits import RateLimitItemPerMinute
from werkzeug.test import TestResponse

from faqbot.app import blueprint, create_app
from faqbot.bot import Bot
from faqbot.practices import Practices
from faqbot.serving import limits
from tests.waiting import PATIENCE, wait_until

if TYPE_CHECKING:
    from tests.redis_server import RedisServer, SilentServer

pytest_plugins = ["tests.redis_server"]

SLOW = 10.0  # seconds; 0.1 on a quiet machine
PHONES = ["tel:+16465550142", "tel:+12125550188"]
COUNTED = [
    ("POST", "/api/ask", {"json": {"question": "hello"}}),
    ("POST", "/chat", {"data": {"question": "hello"}}),
    ("POST", "/api/helpful", {"json": {"id": "duration", "helpful": True}}),
    ("GET", "/api/openapi.json", {}),
    ("GET", "/api/entries/duration", {}),
    ("GET", "/api/suggest?q=how", {}),
    ("POST", "/api/suggest", {"data": '{"q": "how"}'}),
    ("GET", "/", {}),
    ("GET", "/faq", {}),
    ("GET", "/sitemap.xml", {}),
]
PROBES = ["/readyz", "/healthz", "/metrics"]


class Site:
    """The app, asked from any address."""

    def __init__(self, app: Flask) -> None:
        self.app = app

    def ask(self, address: str = "203.0.113.7", **headers: str) -> TestResponse:
        return self.send("POST", "/api/ask", address, json={"question": "hello"}, headers=headers)

    def statuses(self, times: int, address: str = "203.0.113.7", **headers: str) -> list[int]:
        return [self.ask(address, **headers).status_code for _ in range(times)]

    def send(
        self, method: str, path: str, address: str = "203.0.113.7", **more: Any
    ) -> TestResponse:
        client = self.app.test_client()
        return client.open(path, method=method, environ_overrides={"REMOTE_ADDR": address}, **more)


MakeSite = Callable[..., Site]


class Clock:
    """A time that passes only as the test says."""

    now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(limits, "time", clock)
    return clock


@pytest.fixture
def make_site(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> MakeSite:
    def make(rate: str = "3 per minute", store: str = "", proxies: str = "", **more: Any) -> Site:
        settings = {"RATE_LIMIT": rate, "STORE": store, "PROXIES": proxies}
        for name, value in settings.items():
            monkeypatch.setenv(f"FAQBOT_{name}", value)
        return Site(create_app(bot))

    return make


class TestAnAddress:
    def test_is_refused_beyond_its_limit(self, make_site: MakeSite) -> None:
        assert make_site("3 per minute").statuses(5) == [200, 200, 200, 429, 429]

    def test_is_told_why_and_whom_to_call(self, make_site: MakeSite) -> None:
        site = make_site("1 per minute")
        site.ask()
        refused = site.ask(Origin="https://practice.test")
        told = refused.get_json()
        assert "try again" in told["error"]
        assert [phone["href"] for phone in told["phones"]] == PHONES
        assert told["emergency"] == {"number": "911", "href": "tel:911"}
        assert 1 <= int(refused.headers["Retry-After"]) <= 60
        assert refused.headers["Cache-Control"] == "no-store"
        assert refused.headers["Access-Control-Allow-Origin"] == "https://practice.test"

    def test_gets_a_page_with_the_phones_and_its_text_where_it_asks_without_script(
        self, make_site: MakeSite
    ) -> None:
        site = make_site("1 per minute")
        form = {"question": "how <long> does it take"}
        assert site.send("POST", "/chat", data=form).status_code == 200
        refused = site.send("POST", "/chat", data=form)
        assert refused.status_code == 429
        assert int(refused.headers["Retry-After"]) >= 1
        for shown in [
            *PHONES,
            'In an emergency, <a href="tel:911">',
            "how &lt;long&gt; does it take</textarea>",
        ]:
            assert shown in refused.text
        assert "script-src 'self'" in refused.headers["Content-Security-Policy"]

    @pytest.mark.parametrize("path", ["/", "/faq", "/sitemap.xml"])
    def test_gets_a_page_with_the_phones_for_every_page(
        self, make_site: MakeSite, path: str
    ) -> None:
        site = make_site("5 per minute")
        statuses = [site.send("GET", path).status_code for _ in range(6)]
        assert statuses == [200] * 5 + [429]
        assert PHONES[0] in site.send("GET", path).text

    def test_leaves_the_others_theirs(self, make_site: MakeSite) -> None:
        site = make_site("1 per minute")
        assert site.statuses(2, "203.0.113.7") == [200, 429]
        assert site.statuses(2, "203.0.113.8") == [200, 429]

    def test_may_ask_again_when_the_time_is_over(self, make_site: MakeSite, clock: Clock) -> None:
        site = make_site("1 per second")
        assert site.statuses(2) == [200, 429]
        clock.now += 1
        assert site.statuses(2) == [200, 429]

    def test_is_held_to_every_limit_that_is_set(self, make_site: MakeSite, clock: Clock) -> None:
        site = make_site("2 per second; 3 per hour")
        assert site.statuses(3) == [200, 200, 429]
        clock.now += 1
        assert site.statuses(1) == [200]
        assert int(site.ask().headers["Retry-After"]) > 3000

    def test_has_one_limit_for_all_it_asks(self, make_site: MakeSite) -> None:
        site = make_site(f"{len(COUNTED)} per minute")
        once, again = (
            {site.send(method, path, **more).status_code for method, path, more in COUNTED}
            for _ in range(2)
        )
        assert once == {200, 204}
        assert again == {429}

    def test_has_one_limit_for_all_practices(
        self, practice: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("FAQBOT_RATE_LIMIT", "2 per minute")
        shutil.copytree(practice, practice.parent / "second")
        practices = Practices(practice.parent, patience=PATIENCE)
        site = Site(create_app(practices))
        paths = [f"/p/{name}/api/entries/duration" for name in ("practice", "second", "practice")]
        statuses = [site.send("GET", path).status_code for path in paths]
        practices.close()
        assert statuses == [200, 200, 429]

    def test_is_wide_enough_for_fifty_people_in_one_clinic(
        self, make_site: MakeSite, clock: Clock
    ) -> None:
        """Each opens the page, types a question, and with each letter suggestions are asked for."""
        site = make_site(rate="")
        question = "how long does it take until I can walk"
        number = 50 * len(question)
        statuses = {site.send("GET", "/api/entries/duration").status_code for _ in range(number)}
        assert statuses == {200}

    @pytest.mark.parametrize(
        ("method", "path"),
        [
            ("OPTIONS", "/api/ask"),
            ("GET", "/api/practice"),
            ("GET", "/widget.js"),
            ("GET", "/pages.css"),
            *(("GET", path) for path in PROBES),
        ],
    )
    def test_gets_what_costs_nothing_as_often_as_it_likes(
        self, make_site: MakeSite, method: str, path: str
    ) -> None:
        site = make_site("1 per minute")
        here = "127.0.0.1"
        assert {site.send(method, path, here).status_code for _ in range(20)} == {200}
        assert site.ask(here).status_code == 200

    def test_may_do_all_it_likes_where_limits_are_off(self, make_site: MakeSite) -> None:
        assert set(make_site("off").statuses(100)) == {200}

    @pytest.mark.parametrize(
        ("one", "other", "same"),
        [
            ("203.0.113.7", "203.0.113.8", False),
            ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
            ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
            ("::ffff:203.0.113.7", "203.0.113.7", True),
            ("::ffff:203.0.113.7", "::ffff:203.0.113.8", False),
            ("203.0.113.7:4711", "203.0.113.7", True),
            ("[2001:db8:1:2::1]:4711", "2001:db8:1:2::2", True),
            ("fe80::1%eth0", "fe80::2%eth1", True),
            ("unknown", "203.0.113.7", False),
            ("", "203.0.113.7", False),
        ],
    )
    def test_is_what_one_subscriber_has(self, one: str, other: str, same: bool) -> None:
        assert (limits.network(one) == limits.network(other)) is same


class TestAFlood:
    def test_from_three_addresses_closes_the_chat_for_nobody_else(
        self, make_site: MakeSite, clock: Clock
    ) -> None:
        site = make_site("10 per minute")
        asked = [*COUNTED, ("GET", "/readyz", {})]
        flood = [
            site.send(method, path, f"192.0.2.{n}", **more).status_code
            for n in range(3)
            for method, path, more in asked
            for _ in range(30)
        ]
        assert site.statuses(10) == [200] * 10
        for path in PROBES:
            assert site.send("GET", path, "127.0.0.1").status_code == 200
        assert len(flood) - flood.count(429) == 3 * (10 + 30)

    def test_from_many_addresses_refuses_nobody_who_asks_little(self) -> None:
        limiter = limits.Limiter(limits.MemoryCounter(), [RateLimitItemPerMinute(3)])
        assert {limiter.hit(address) for address in addresses(20_000)} == {0}

    @pytest.mark.parametrize("rate", [1, 1000], ids=["refused", "let through"])
    def test_costs_as_much_for_each_address_however_many_there_are(self, rate: int) -> None:
        limiter = limits.Limiter(limits.MemoryCounter(), [RateLimitItemPerMinute(rate)])
        steps = []
        for n, address in enumerate(addresses(4001)):
            limiter.hit(address)
            if n in (2000, 4000):
                steps.append(_steps(lambda: limiter.hit(address)))  # noqa: B023
            else:
                limiter.hit(address)
        assert steps[0] == steps[1]

    def test_of_addresses_frees_none_that_goes_on(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(limits, "MAX_ADDRESSES", 100)
        limiter = limits.Limiter(limits.MemoryCounter(), [RateLimitItemPerMinute(30)])
        waits = []
        for n, address in enumerate(addresses(2000)):
            limiter.hit(address)
            if n % 50 == 0:
                waits.append(limiter.hit("203.0.113.7") > 0)
        assert waits == [False] * 30 + [True] * 10


class TestProxies:
    @pytest.mark.parametrize(
        ("proxies", "real"),
        [
            ("0", "{forged}"),
            ("0", "{forged}, 203.0.113.7"),
            ("1", "203.0.113.7"),
            ("1", "{forged}, 203.0.113.7"),
            ("1", "{forged}, {forged}, 203.0.113.7"),
            ("2", "203.0.113.7, 198.51.100.1"),
            ("2", "{forged}, 203.0.113.7, 198.51.100.1"),
        ],
    )
    def test_only_as_many_as_are_configured_are_believed(
        self, make_site: MakeSite, proxies: str, real: str
    ) -> None:
        site = make_site("3 per minute", proxies=proxies)
        told = [real.format(forged=f"192.0.2.{n}") for n in range(4)]
        statuses = [site.ask("127.0.0.1", **{"X-Forwarded-For": f}).status_code for f in told]
        assert statuses == [200, 200, 200, 429]

    @pytest.mark.parametrize(("proxies", "after"), [("1", ""), ("2", ", 198.51.100.1")])
    def test_tell_visitors_apart(self, make_site: MakeSite, proxies: str, after: str) -> None:
        site = make_site("1 per minute", proxies=proxies)
        for n in range(4):
            told = {"X-Forwarded-For": f"192.0.2.1, 203.0.113.{n}{after}"}
            assert site.statuses(2, "127.0.0.1", **told) == [200, 429]

    def test_that_tell_less_than_is_configured_are_not_believed(self, make_site: MakeSite) -> None:
        site = make_site("2 per minute", proxies="2")
        told = [{"X-Forwarded-For": f"192.0.2.{n}"} for n in range(3)]
        assert [site.ask("127.0.0.1", **t).status_code for t in told] == [200, 200, 429]

    @pytest.mark.parametrize(("proxies", "scheme"), [("0", "http"), ("1", "https"), ("2", "https")])
    def test_tell_whether_the_visitor_came_by_https_but_not_to_which_host(
        self, make_site: MakeSite, proxies: str, scheme: str
    ) -> None:
        site = make_site("off", proxies=proxies)
        told = {
            "X-Forwarded-For": "203.0.113.7, 198.51.100.1",
            "X-Forwarded-Proto": "https",
            "X-Forwarded-Host": "elsewhere.test",
            "X-Forwarded-Prefix": "/elsewhere",
        }
        page = site.send("GET", "/sitemap.xml", headers=told).text
        assert f"{scheme}://localhost/faq" in page
        assert "elsewhere" not in page


class TestSettings:
    @pytest.mark.parametrize("rate", ["60", "sixty per minute", "0 per minute", "60 per minuet"])
    def test_a_limit_that_is_none_is_told(self, make_site: MakeSite, rate: str) -> None:
        with pytest.raises(ValueError, match=r"FAQBOT_RATE_LIMIT.*3000 per minute.*off"):
            make_site(rate)

    @pytest.mark.parametrize("proxies", ["-1", "one", "1.5", "1000"])
    def test_a_number_of_proxies_that_is_none_is_told(
        self, make_site: MakeSite, proxies: str
    ) -> None:
        with pytest.raises(ValueError, match="FAQBOT_PROXIES"):
            make_site(proxies=proxies)

    def test_a_store_that_is_none_is_told_without_its_password(self, make_site: MakeSite) -> None:
        with pytest.raises(ValueError, match="FAQBOT_STORE") as told:
            make_site(store="postgresql://faqbot:secret@db/limits")
        assert "secret" not in str(told.value)

    def test_a_site_that_mounts_the_blueprint_has_them_too(
        self, bot: Bot, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("FAQBOT_RATE_LIMIT", "1 per minute")
        app = Flask("site")
        app.register_blueprint(blueprint(bot), url_prefix="/questions")
        app.add_url_rule("/ask", "ask", lambda: "the site's own")
        client = app.test_client()
        asked = [client.post("/questions/api/ask", json={"question": "hi"}) for _ in range(2)]
        assert [reply.status_code for reply in asked] == [200, 429]
        assert [phone["href"] for phone in asked[1].get_json()["phones"]] == PHONES
        assert {client.get("/ask").status_code for _ in range(3)} == {200}


class TestMemoryCounter:
    def test_forgets_addresses_whose_time_is_over(self) -> None:
        counter = limits.MemoryCounter()
        for n in range(900):
            counter.add(f"old{n}", 0)
        for n in range(10_000):
            counter.add(f"new{n}", 0)
        assert len(counter._counts) <= 1000

    def test_forgets_them_while_one_address_asks(self, clock: Clock) -> None:
        counter = limits.MemoryCounter()
        for n in range(1000):
            counter.add(f"address{n}", 60)
        clock.now += 60
        for _ in range(500):
            counter.add("address", 60)
        assert list(counter._counts) == ["address"]

    def test_keeps_to_its_size_under_a_flood_of_addresses(self) -> None:
        counter = limits.MemoryCounter()
        for n in range(2 * limits.MAX_ADDRESSES + 10):
            counter.add(f"address{n}", 60)
        assert len(counter._counts) <= limits.MAX_ADDRESSES
        assert counter.add(f"address{n}", 60) == 2

    def test_keeps_to_its_size_when_all_are_refused(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(limits, "MAX_ADDRESSES", 1000)
        limiter = limits.Limiter(limits.MemoryCounter(), [RateLimitItemPerMinute(1)])
        for address in addresses(3000):
            limiter.hit(address)
            assert limiter.hit(address) > 0
        assert len(limiter._refused._counts) == 1000


class TestRedis:
    @pytest.fixture(autouse=True)
    def _patience(self, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
        """Takes a Redis that is slow, as on a busy machine, for none that is away."""
        if "redis_server" in request.fixturenames:
            monkeypatch.setattr(limits, "REDIS_TIMEOUT", PATIENCE)

    def test_counts_for_all_instances(self, make_site: MakeSite, redis_server: RedisServer) -> None:
        one, other = (make_site("4 per hour", redis_server.url) for _ in range(2))
        assert [*one.statuses(3), *other.statuses(2)] == [200] * 4 + [429]
        assert one.ask().status_code == 429

    def test_forgets_every_address(self, make_site: MakeSite, redis_server: RedisServer) -> None:
        make_site("1 per minute", redis_server.url).statuses(2)
        keys = [line for line in redis_server.send("KEYS *").decode().split() if "/" in line]
        assert len(keys) == 1
        for key in keys:
            assert 0 < int(redis_server.send(f"TTL {key}").strip()[1:]) <= 60

    def test_is_not_asked_for_who_is_refused_anyway(
        self, make_site: MakeSite, redis_server: RedisServer
    ) -> None:
        def commands() -> int:
            (line,) = (
                line
                for line in redis_server.send("INFO stats").decode().splitlines()
                if line.startswith("total_commands_processed")
            )
            return int(line.partition(":")[2])

        site = make_site("1 per minute", redis_server.url)
        site.statuses(2)
        before = commands()
        assert set(site.statuses(50)) == {429}
        assert commands() - before <= 2

    def test_may_stop_and_start_again(
        self,
        make_site: MakeSite,
        redis_server: RedisServer,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        caplog.set_level(logging.INFO, "faqbot")
        site = make_site("30 per hour", redis_server.url)
        site.ask()
        redis_server.stop()
        with ThreadPoolExecutor(8) as pool:
            spent = list(pool.map(lambda _: _seconds(site), range(40)))
        assert max(spent) < SLOW
        assert set(site.statuses(10)) == {429}
        redis_server.start()
        wait_until(lambda: "Redis is back" in caplog.text)
        assert site.statuses(1, "203.0.113.8") == [200]
        assert b"203.0.113.8" in redis_server.send("KEYS *")
        assert [r.levelname for r in caplog.records] == ["WARNING", "INFO"]

    def test_that_was_started_again_between_two_requests_is_not_missed(
        self,
        make_site: MakeSite,
        redis_server: RedisServer,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        site = make_site("30 per hour", redis_server.url)
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda _: _seconds(site), range(16)))
        redis_server.stop()
        redis_server.start()
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda _: _seconds(site), range(16)))
        assert caplog.records == []

    def test_that_never_answers_delays_nobody(
        self,
        make_site: MakeSite,
        silent_server: SilentServer,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        site = make_site("60 per hour", silent_server.url)
        with ThreadPoolExecutor(8) as pool:
            spent = list(pool.map(lambda _: _seconds(site), range(40)))
        assert max(spent) < SLOW
        assert len(caplog.records) == 1

    def test_that_is_full_is_away_until_it_has_room(
        self,
        make_site: MakeSite,
        redis_server: RedisServer,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        caplog.set_level(logging.INFO, "faqbot")
        site = make_site("100000 per minute", redis_server.url)
        assert redis_server.send("CONFIG SET maxmemory 1") == b"+OK\r\n"
        for _ in looks_at(3 * limits.RETRY_EVERY):
            assert site.ask().status_code == 200
        assert len(caplog.records) == 1
        redis_server.send("CONFIG SET maxmemory 0")
        wait_until(lambda: "Redis is back" in caplog.text)

    def test_wants_its_package(self, make_site: MakeSite, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "redis.backoff", None)
        with pytest.raises(ValueError, match="pip install"):
            make_site(store="redis://127.0.0.1:6379")


def addresses(number: int) -> Iterator[str]:
    """So many, each of another subscriber."""
    return (f"10.{n >> 16}.{n >> 8 & 255}.{n & 255}" for n in range(number))


def _steps(work: Callable[[], object]) -> int:
    """How many instructions of Python it takes."""
    steps = 0

    def step(frame: FrameType, event: str, _: object) -> Any:
        nonlocal steps
        frame.f_trace_opcodes = True
        steps += event == "opcode"
        return step

    before = sys.gettrace()
    sys.settrace(step)
    try:
        work()
    finally:
        sys.settrace(before)
    return steps


def looks_at(seconds: float) -> Iterator[None]:
    """Again and again within these seconds, and not in all of them at once."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        yield
        time.sleep(0.005)


def _seconds(site: Site) -> float:
    """How long one reply took, whichever it was."""
    start = time.monotonic()
    response = site.ask()
    assert response.status_code in (200, 429)
    assert json.loads(response.data)
    return time.monotonic() - start
