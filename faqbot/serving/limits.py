"""How much one address may ask, so that a flood from a few leaves the others their answers.

There is one limit for each address, over all that it asks of all practices, and none for all
addresses together: a few could use that up, and close the chat for everybody.

Counted with `limits`, the engine of Flask-Limiter, but without Flask-Limiter's hooks: these take
0.1 ms a request, and fail with 500 where several requests find Redis away at once.
"""

from __future__ import annotations

import ipaddress
import logging
import math
import re
import threading
import time
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache, wraps
from itertools import islice
from typing import TYPE_CHECKING, Any, Protocol

from flask import Flask, Response, g, jsonify, render_template, request
from limits import RateLimitItem, parse_many
from werkzeug.middleware.proxy_fix import ProxyFix

from faqbot import assets
from faqbot.settings import PROXIES, RATE_LIMIT, STORE

if TYPE_CHECKING:
    from flask.typing import RouteCallable
    from limits.storage import RedisStorage

    from faqbot.knowledge import Practice

# What counts. The rest is as cheap as a refusal (files and the practice's name, which every page
# with the box loads), has limits of its own (the staff desk), or must be heard when it matters
# most: /readyz, /healthz and /metrics, as a balancer takes a silent server for a dead one.
ENDPOINTS = (
    "faqbot.ask",
    "faqbot.chat",
    "faqbot.helpful",
    "faqbot.openapi",
    "faqbot.entry",
    "faqbot.suggest",
    "faqbot.demo",
    "faqbot.faq_page",
    "faqbot.sitemap",
)
PATIENCE = 0.1  # seconds for each word with Redis; a request has two or three
LOOK_EVERY = 0.5  # seconds between looks for a Redis that is away
MOST = 100_000  # addresses counted in memory, and as many that are refused: 23 MB each

_WITH_PORT = re.compile(r"\[([^]]*)\](?::\d+)?|([\d.]+):\d+")

log = logging.getLogger("faqbot.serving.limits")


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


def install(app: Flask) -> None:
    """Limit the endpoints of the blueprint; installing twice changes nothing."""
    if "faqbot-limits" in app.extensions:
        return
    app.extensions["faqbot-limits"] = config = Config.read()
    if config.proxies:
        # Not what else a proxy may tell, host and prefix: one that does not set it lets it through.
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=config.proxies, x_proto=1)  # type: ignore[method-assign]
    if config.rates:
        guard = Guard(_counts(config.store), config.rates)
        busy = assets.words()["errorBusy"]
        for endpoint in ENDPOINTS:
            if view := app.view_functions.get(endpoint):
                app.view_functions[endpoint] = _guarded(view, guard, busy)


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
    """Counts in this process, at most `MOST`: those of the addresses that asked last.

    The one of `limits` goes through all addresses every 10 ms, which under a flood of many
    addresses takes longer than answering. Here each call takes the same time, however many there
    are; and an address that asks all the time is not forgotten for others that come and go.
    """

    def __init__(self) -> None:
        # The one asked for longest ago is first. A plain dict takes ever longer to find its
        # first key, the more were deleted in front of it.
        self._counts: OrderedDict[str, tuple[int, float]] = OrderedDict()
        self._lock = threading.Lock()

    def add(self, key: str, seconds: float) -> int:
        """Count one more."""
        now = time.monotonic()
        with self._lock:
            number, end = self._counts.pop(key, (0, 0.0))
            if end <= now:
                number, end = 0, now + seconds
            self._counts[key] = number + 1, end
            self._forget(now)
        return number + 1

    def left(self, key: str) -> float:
        """In how many seconds the count begins anew; not above 0 where there is none."""
        with self._lock:
            if key not in self._counts:
                return 0.0
            self._counts.move_to_end(key)
            return self._counts[key][1] - time.monotonic()

    def _forget(self, now: float) -> None:
        """Take away at most two: more than a call adds, and never so many that one has to wait."""
        for key in tuple(islice(self._counts, 2)):
            if self._counts[key][1] > now and len(self._counts) <= MOST:
                break
            del self._counts[key]


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
    """Counts the requests of each address, and of no other: what one asks costs no other a reply.

    Who is refused is kept here until the time is over: a flood costs Redis nothing.
    """

    def __init__(self, counts: Counts, rates: Sequence[RateLimitItem]) -> None:
        self._counts = counts
        self._rates = [(rate.amount, rate.get_expiry()) for rate in rates]
        self._refused = Memory()

    def wait(self, address: str) -> int:
        """Count a request; 0, or the seconds after which to come again."""
        visitor = network(address)
        if (left := self._refused.left(visitor)) > 0:
            return math.ceil(left)
        for amount, seconds in self._rates:
            key = f"{visitor}/{seconds}"
            if self._counts.add(key, seconds) > amount:
                return self._refuse(visitor, self._counts.left(key))
        return 0

    def _refuse(self, visitor: str, seconds: float) -> int:
        self._refused.add(visitor, seconds)
        return max(1, math.ceil(seconds))


def _guarded(view: RouteCallable, guard: Guard, busy: str) -> RouteCallable:
    @wraps(view)
    def guarded(**values: Any) -> Any:
        seconds = guard.wait(request.remote_addr or "")
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
    words = assets.words()
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
            "Write it as “3000 per minute”, or “3000 per minute; 50000 per day”, or “off”."
        )
    return rates


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
