"""How much one address may ask, so that a flood from a few leaves the others their answers.

Counted with `limits`, the engine of Flask-Limiter, but without Flask-Limiter's hooks: these take
0.1 ms a request, fail with 500 where several requests find Redis away at once, and let refused
requests use up what all may ask together.
"""

from __future__ import annotations

import ipaddress
import logging
import math
import re
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache, wraps
from itertools import islice
from typing import TYPE_CHECKING, Any, Protocol

from flask import Flask, Response, g, jsonify, render_template, request
from limits import RateLimitItem, RateLimitItemPerMinute, parse_many
from werkzeug.middleware.proxy_fix import ProxyFix

from faqbot import widget
from faqbot.settings import PROXIES, RATE_LIMIT, STORE

if TYPE_CHECKING:
    from flask.typing import RouteCallable
    from limits.storage import RedisStorage

    from faqbot.knowledge import Practice

# How many times the limit an address may use each: what the chat box sends while somebody types,
# and what many people behind one address open with the page, is more than they ask.
ENDPOINTS = {
    "faqbot.ask": 1,
    "faqbot.chat": 1,
    "faqbot.helpful": 1,
    "faqbot.openapi": 1,
    "faqbot.entry": 5,
    "faqbot.suggest": 5,
    "faqbot.demo": 5,
    "faqbot.faq_page": 5,
    "faqbot.sitemap": 5,
    "faqbot.readyz": 5,
}
OVERALL = RateLimitItemPerMinute(6000)
PATIENCE = 0.1  # seconds for each word with Redis; a request has two or three
LOOK_EVERY = 0.5  # seconds between looks for a Redis that is away
MOST = 100_000  # addresses counted in memory: 20 MB

_WITH_PORT = re.compile(r"\[([^]]*)\](?::\d+)?|([\d.]+):\d+")

log = logging.getLogger("faqbot.limits")


@dataclass(frozen=True, slots=True)
class Config:
    """What the environment says about limits."""

    rates: tuple[RateLimitItem, ...]  # for one address; () is off
    store: str
    proxies: int

    @classmethod
    def read(cls) -> Config:
        """Raises ValueError for what cannot be understood, in words for whoever set it."""
        store = STORE.read()
        if store != "memory://" and not store.startswith(("redis://", "rediss://", "redis+unix:/")):
            # Without what it is: there may be a password in it.
            raise ValueError(f"{STORE.variable} must be memory://, or begin with redis://.")
        proxies = PROXIES.read()
        if not re.fullmatch(r"\d\d?", proxies):
            raise ValueError(
                f"{PROXIES.variable} is “{proxies}”. Write how many proxies a request passes: 0, 1…"
            )
        return cls(_rates(RATE_LIMIT.read()), store, int(proxies))


def install(app: Flask, practice: Callable[[], str] = lambda: "") -> None:
    """Limit the endpoints of the blueprint; installing twice changes nothing.

    `practice`: the name of the practice that this request is for, as each has limits of its own.
    """
    if "faqbot-limits" in app.extensions:
        return
    app.extensions["faqbot-limits"] = config = Config.read()
    if config.proxies:
        # Not what else a proxy may tell, host and prefix: one that does not set it lets it through.
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=config.proxies, x_proto=1)  # type: ignore[method-assign]
    if config.rates:
        guard = Guard(_counts(config.store), practice)
        busy = widget.words()["errorBusy"]
        for endpoint, times in ENDPOINTS.items():
            if view := app.view_functions.get(endpoint):
                rates = [_times(rate, times) for rate in config.rates]
                app.view_functions[endpoint] = _guarded(view, guard, endpoint, rates, busy)


@lru_cache(maxsize=4096)
def network(address: str) -> str:
    """What one subscriber has: an IPv4 address, or the first half of an IPv6 address."""
    if found := _WITH_PORT.fullmatch(address):
        address = found[1] or found[2]
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address[:64]
    if isinstance(parsed, ipaddress.IPv6Address):
        # All of IPv4 would share one network where it is written as IPv6.
        parsed = parsed.ipv4_mapped or ipaddress.IPv6Network((parsed, 64), strict=False)[0]
    return str(parsed)


class Counts(Protocol):
    """Counts by key, each for a while that begins with the first."""

    def add(self, key: str, seconds: int) -> int:
        """Count one more; how many there are within these seconds."""

    def left(self, key: str) -> float:
        """In how many seconds the count begins anew."""


class Memory:
    """Counts in this process.

    The one of `limits` goes through all addresses every 10 ms, which under a flood of many
    addresses takes longer than answering.
    """

    def __init__(self) -> None:
        self._counts: dict[str, tuple[int, float]] = {}
        self._full = 1000
        self._lock = threading.Lock()

    def add(self, key: str, seconds: int) -> int:
        """Count one more."""
        now = time.monotonic()
        with self._lock:
            number, end = self._counts.get(key, (0, 0.0))
            if end <= now:
                number, end = 0, now + seconds
                if len(self._counts) >= self._full:
                    self._sweep(now)
            self._counts[key] = number + 1, end
        return number + 1

    def left(self, key: str) -> float:
        """In how many seconds the count begins anew."""
        return self._counts.get(key, (0, 0.0))[1] - time.monotonic()

    def _sweep(self, now: float) -> None:
        """Forget what is over, and where that is not enough, the older half."""
        kept = {key: count for key, count in self._counts.items() if count[1] > now}
        if len(kept) >= MOST:
            kept = dict(islice(kept.items(), MOST // 2, None))
        self._counts = kept
        self._full = min(max(1000, 2 * len(kept)), MOST)


class Shared:
    """Counts in Redis, for all workers and machines; in this process while Redis is away."""

    def __init__(self, url: str) -> None:
        self._redis = _redis(url)
        self._memory = Memory()
        self._away = False
        self._lock = threading.Lock()

    def add(self, key: str, seconds: int) -> int:
        """Count one more."""
        if not self._away:
            try:
                return self._redis.incr(key, seconds)
            except Exception as error:  # whatever it is, the visitor gets a reply
                self._lose(error)
        return self._memory.add(key, seconds)

    def left(self, key: str) -> float:
        """In how many seconds the count begins anew."""
        if not self._away:
            try:
                return self._redis.get_expiry(key) - time.time()
            except Exception as error:
                self._lose(error)
        return self._memory.left(key)

    def _lose(self, error: Exception) -> None:
        with self._lock:
            if self._away:
                return
            self._away = True
        log.warning("Redis is away; each process counts by itself until it is back. %s", error)
        threading.Thread(target=self._look, name="faqbot-limits", daemon=True).start()

    def _look(self) -> None:
        """Look for it aside, so that no visitor waits for the answer."""
        while not self._is_back():
            time.sleep(LOOK_EVERY)
        self._away = False
        log.info("Redis is back.")

    def _is_back(self) -> bool:
        """Whether it counts: one that is full, or may only be read, answers a ping too."""
        try:
            return self._redis.incr("look", 1) > 0
        except Exception:
            return False


class Guard:
    """Counts requests, first for their address and then for all, so that refused ones count less.

    Who is refused is kept here until the time is over: a flood costs Redis nothing.
    """

    def __init__(self, counts: Counts, practice: Callable[[], str]) -> None:
        self._counts = counts
        self._practice = practice
        self._refused: dict[str, float] = {}  # until when, by time.monotonic()

    def wait(self, endpoint: str, address: str, rates: Iterable[RateLimitItem]) -> int:
        """Count a request; 0, or the seconds after which to come again."""
        practice = self._practice()
        visitor, everybody = f"{practice}/{endpoint}/{network(address)}", f"{practice}/all"
        now = time.monotonic()
        until = max(self._refused.get(visitor, 0.0), self._refused.get(everybody, 0.0))
        if until <= now:
            until = self._count(visitor, rates) or self._count(everybody, (OVERALL,))
        return max(1, math.ceil(until - now)) if until else 0

    def _count(self, name: str, rates: Iterable[RateLimitItem]) -> float:
        """0, or until when there is one too many."""
        for rate in rates:
            seconds = rate.get_expiry()
            key = f"{name}/{seconds}"
            if self._counts.add(key, seconds) > rate.amount:
                return self._refuse(name, self._counts.left(key))
        return 0.0

    def _refuse(self, name: str, seconds: float) -> float:
        now = time.monotonic()
        if len(self._refused) > 1000:
            self._refused = {key: end for key, end in list(self._refused.items()) if end > now}
        self._refused[name] = until = now + seconds
        return until


def _guarded(
    view: RouteCallable, guard: Guard, endpoint: str, rates: list[RateLimitItem], busy: str
) -> RouteCallable:
    @wraps(view)
    def guarded(**values: Any) -> Any:
        seconds = guard.wait(endpoint, request.remote_addr or "", rates)
        return _refusal(busy, seconds) if seconds else view(**values)

    return guarded


def _refusal(busy: str, seconds: int) -> Response:
    """Never a dead end: the phones are there, in JSON and on the page."""
    practice = g.bot.knowledge.practice
    if "/api/" in request.path:
        response = jsonify({"error": busy, **practice.contacts()})
    else:
        response = Response(_as_page(busy, practice))
    response.status_code = 429
    response.headers["Retry-After"] = str(seconds)
    response.headers["Cache-Control"] = "no-store"
    return response


def _as_page(busy: str, practice: Practice) -> str:
    asked = request.form.get("question", "")
    words = widget.words()
    return render_template("chat.html", practice=practice, words=words, refusal=busy, asked=asked)


def _rates(setting: str) -> tuple[RateLimitItem, ...]:
    if setting.strip().lower() == "off":
        return ()
    try:
        rates = tuple(parse_many(setting))
    except ValueError:
        rates = ()
    if not rates or any(rate.amount < 1 for rate in rates):
        raise ValueError(
            f"{RATE_LIMIT.variable} is “{setting}”. "
            "Write it as “60 per minute”, or “60 per minute; 1000 per day”, or “off”."
        )
    return rates


def _times(rate: RateLimitItem, times: int) -> RateLimitItem:
    return type(rate)(rate.amount * times, rate.multiples)


def _counts(store: str) -> Counts:
    return Memory() if store == "memory://" else Shared(store)


def _redis(url: str) -> RedisStorage:
    """Quick to give up: Redis answers in less than a millisecond, or there is something wrong."""
    try:
        from redis.backoff import NoBackoff
        from redis.retry import Retry
    except ImportError:
        raise ValueError(
            f"{STORE.variable} needs the package redis: pip install 'faqbot[redis]'."
        ) from None
    from limits.storage import RedisStorage

    options: dict[str, Any] = {
        "socket_timeout": PATIENCE,
        "socket_connect_timeout": PATIENCE,
        "retry": Retry(NoBackoff(), 0),  # by itself it tries four times
    }
    return RedisStorage(url, key_prefix="faqbot", **options)
