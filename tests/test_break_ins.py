"""Ways into the staff desk without its password, each tried at the whole app, and none found."""

from __future__ import annotations

import base64
import json
import os
import shutil
import stat
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import TimestampSigner, URLSafeSerializer, URLSafeTimedSerializer

from faqbot import staff
from faqbot.app import create_app
from faqbot.editing.workspace import Workspace
from faqbot.practices import Practices
from faqbot.serving.limits import MemoryCounter
from faqbot.staff import context, guard, password, sessions, sign_in
from tests.conftest import PRACTICE
from tests.desk import CHEAP, PASSWORD, TOKEN, WHO, Desk
from tests.house import OPEN, House, addresses, desk_rules
from tests.waiting import PATIENCE

GETS, POSTS = addresses("GET"), addresses("POST", with_open=True)
BEHIND = [path for path in POSTS if path != "/sign-in"]
EVERYTHING = {  # what some form of the desk takes, so that each would do something
    "paused": "yes", "do": "save", "question": "Is it warm?", "file": "procedure.md",
    "text": "x", "action": "ignore", "id": "duration", "every": "12 months",
    "name": WHO, "password": PASSWORD,
}  # fmt: skip


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One for all that changes nothing, with something in the draft."""
    hidden = shutil.ignore_patterns(".faqbot")
    folder = shutil.copytree(PRACTICE, tmp_path_factory.mktemp("house") / "hill", ignore=hidden)
    house = House(folder)
    form = {"question": "Is it warm there?", "file": "call-the-office.md"}
    assert house.signed_in().post("/answers/new", form).status_code == 303
    yield house
    house.close()


@pytest.fixture
def own(practice: Path) -> Iterator[House]:
    """A house of one's own, to be changed."""
    house = House(practice)
    yield house
    house.close()


@pytest.fixture(scope="module")
def desk(house: House) -> Desk:
    return house.signed_in()


def cookie_of(desk: Desk) -> str:
    found = desk.browser.get_cookie(sessions.COOKIE, path="/staff")
    assert found
    return found.value


def with_cookie(house: House, value: str, name: str = sessions.COOKIE) -> Desk:
    browser = house.client()
    browser.browser.set_cookie(name, value, path="/staff")
    return browser


def is_in(desk: Desk) -> bool:
    return desk.get("/pause").status_code == 200


# without a session


def test_the_addresses_tried_here_are_those_of_the_app(house: House) -> None:
    served = {rule.rule for rule in house.app.url_map.iter_rules() if "/staff" in rule.rule}
    assert served == {rule.rule for rule in desk_rules()}
    assert len(GETS) > 15
    assert len(POSTS) > 15


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("path", GETS)
def test_a_stranger_sees_no_page(house: House, path: str, method: str) -> None:
    answer = house.client().browser.open(f"/staff{path}", method=method)
    assert answer.status_code == 303
    assert answer.location.startswith("/staff/sign-in?next=")


@pytest.mark.parametrize("path", BEHIND)
def test_a_stranger_does_nothing(house: House, path: str) -> None:
    stranger = house.client()
    stranger.get("/sign-in")
    status = 303 if path == "/sign-out" else 401  # to the page for signing in, also if it was over
    with house.unharmed():
        assert stranger.post(path, EVERYTHING).status_code == status
        assert stranger.post_json(path, EVERYTHING).status_code == status


@pytest.mark.parametrize("method", ["OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "PURGE"])
@pytest.mark.parametrize("path", ["/", "/pause", "/publish", "/answers/duration", "/preview"])
def test_another_verb_gets_no_further(house: House, path: str, method: str) -> None:
    with house.unharmed():
        answer = house.client().browser.open(f"/staff{path}", method=method, data=EVERYTHING)
    assert answer.status_code in (401, 405)


@pytest.mark.parametrize("header", ["X-HTTP-Method-Override", "X-Method-Override", "X-HTTP-Method"])
def test_a_header_makes_no_other_verb(desk: Desk, header: str) -> None:
    with desk.bed.unharmed():
        answer = desk.browser.get("/staff/pause?paused=yes&_method=POST", headers={header: "POST"})
        assert answer.status_code == 200
        posted = desk.bed.client().browser.post("/staff/pause", headers={header: "GET"})
        assert posted.status_code == 401


def test_without_a_password_there_is_nothing_to_find(own: House) -> None:
    desk = own.signed_in()
    password.remove(own.workspace)
    for method in ("GET", "HEAD", "POST"):
        for path in addresses(method, with_open=True):
            answer = desk.browser.open(f"/staff{path}", method=method, data=EVERYTHING)
            assert answer.status_code == 404, f"{method} {path}"


@pytest.mark.parametrize("broken", [b"", b"\n", b"\xff\xfe", b"x", b"scrypt:1$a$b", b"plain$$x"])
def test_a_password_file_that_holds_none_opens_for_nobody(own: House, broken: bytes) -> None:
    (own.workspace.hidden / "password").write_bytes(broken)
    stranger = own.client()
    stranger.get("/sign-in")
    for guess in ("", "x", PASSWORD, broken.decode("latin-1")):
        assert stranger.post("/sign-in", name=WHO, password=guess).status_code in (403, 404)


@pytest.fixture(autouse=True)
def no_forms_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """All strangers here have one address, and send more than one may."""
    monkeypatch.setattr(guard, "anonymous_requests", MemoryCounter())


# a cookie that is not ours


class _Old(TimestampSigner):
    def get_timestamp(self) -> int:
        return int(time.time() - sessions.MAX_SESSION.total_seconds() - 60)


def _signed(key: str, *visit: str, **how: type) -> str:
    return str(URLSafeTimedSerializer(key, salt="visit", **how).dumps(list(visit)))


def _id(desk: Desk) -> str:
    signer = URLSafeTimedSerializer(sessions.secret(desk.workspace), salt="visit")
    return str(signer.loads(cookie_of(desk))[0])


def _renamed(desk: Desk) -> str:
    said = json.dumps([_id(desk), "The Boss"]).encode()
    body = base64.urlsafe_b64encode(said).decode().rstrip("=")
    return f"{body}.{cookie_of(desk).partition('.')[2]}"


def _younger(desk: Desk) -> str:
    body, _, signature = cookie_of(desk).split(".")
    now = _signed("x", "y").split(".")[1]
    return f"{body}.{now}x.{signature}"


def _secret(desk: Desk) -> str:
    return sessions.secret(desk.workspace)


FORGED: dict[str, Callable[[Desk], str]] = {
    "nothing": lambda desk: "",
    "dots": lambda desk: "...",
    "no ascii": lambda desk: "\u00e4\u202e",
    "long": lambda desk: "x." * 1900,
    "its words without a signature": lambda desk: cookie_of(desk).partition(".")[0],
    "one letter less": lambda desk: cookie_of(desk)[:-1],
    "another name in it": _renamed,
    "another time in it": _younger,
    "a guessed key": lambda desk: _signed("secret", _id(desk), WHO),
    "an empty key": lambda desk: _signed("", _id(desk), WHO),
    "the password as the key": lambda desk: _signed(PASSWORD, _id(desk), WHO),
    "the hash as the key": lambda desk: _signed(CHEAP, _id(desk), WHO),
    "what signs messages": lambda desk: str(
        URLSafeSerializer(_secret(desk), salt="said").dumps([_id(desk), WHO])
    ),
    # even where the key were known
    "another id": lambda desk: _signed(_secret(desk), "x" * 32, WHO),
    "a path for an id": lambda desk: _signed(_secret(desk), "../password", WHO),
    "no id": lambda desk: _signed(_secret(desk), "", WHO),
    "nobody": lambda desk: _signed(_secret(desk), _id(desk), ""),
    "of yesterday": lambda desk: _signed(_secret(desk), _id(desk), WHO, signer=_Old),
}


@pytest.mark.parametrize("forge", FORGED.values(), ids=FORGED)
def test_a_forged_cookie_is_nobody(house: House, desk: Desk, forge: Callable[[Desk], str]) -> None:
    assert not is_in(with_cookie(house, forge(desk)))
    assert is_in(with_cookie(house, cookie_of(desk)))


def test_the_cookie_of_one_practice_opens_no_other(tmp_path: Path) -> None:
    for name in ("hill", "dale"):
        folder = shutil.copytree(
            PRACTICE, tmp_path / name, ignore=shutil.ignore_patterns(".faqbot")
        )
        Workspace(folder).create_hidden_folder()
        (folder / ".faqbot" / "password").write_text(CHEAP)
    practices = Practices(tmp_path, patience=PATIENCE)
    browser = create_app(practices).test_client()
    browser.get("/p/hill/staff/sign-in")
    value = sign_in_at(browser, "/p/hill/staff")
    assert browser.get("/p/hill/staff/pause").status_code == 200
    assert browser.get("/p/dale/staff/pause").status_code == 303
    browser.set_cookie(sessions.COOKIE, value, path="/p/dale/staff")
    assert browser.get("/p/dale/staff/pause").status_code == 303
    practices.close()


def sign_in_at(browser: FlaskClient, desk: str) -> str:
    token = TOKEN.search(browser.get(f"{desk}/sign-in").text)
    assert token
    form = {"csrf_token": token[1], "name": WHO, "password": PASSWORD}
    assert browser.post(f"{desk}/sign-in", data=form).status_code == 303
    found = browser.get_cookie(sessions.COOKIE, path=desk)
    assert found
    return found.value


# a session that is over


def _signs_out(desk: Desk) -> None:
    desk.post("/sign-out")


def _is_idle(desk: Desk) -> None:
    over = time.time() - sessions.IDLE_TIMEOUT.total_seconds() - 1
    for file in (desk.workspace.hidden / "sessions").iterdir():
        os.utime(file, (over, over))


def _gets_another_password(desk: Desk) -> None:
    password.set_password(desk.workspace, "another fine password")


def _gets_the_same_password_anew(desk: Desk) -> None:
    password.set_password(desk.workspace, PASSWORD)


def _gets_another_key(desk: Desk) -> None:
    (desk.workspace.hidden / "secret").unlink()


@pytest.mark.parametrize(
    "ends",
    [_signs_out, _is_idle, _gets_another_password, _gets_the_same_password_anew, _gets_another_key],
)
def test_a_session_that_is_over_stays_over(own: House, ends: Callable[[Desk], None]) -> None:
    desk = own.signed_in()
    stolen = cookie_of(desk)
    ends(desk)
    thief = with_cookie(own, stolen)
    assert not is_in(thief)
    with own.unharmed():
        assert thief.post("/pause", EVERYTHING).status_code == 401
    assert not is_in(with_cookie(own, stolen))  # nor did trying bring it back


def test_a_cookie_planted_before_signing_in_is_worth_nothing_after(own: House) -> None:
    planted = own.client()
    planted.get("/sign-in")
    victim = with_cookie(own, cookie_of(planted))
    victim.sign_in()
    assert is_in(victim)
    assert not is_in(planted)
    planted.get("/sign-in")
    assert planted.post("/pause", EVERYTHING).status_code == 401


# what another site makes a browser send

ELSEWHERE = [
    {"Origin": "https://evil.test"},
    {"Origin": "null"},
    {"Origin": "null", "Host": "no host\x7f"},
    {"Origin": "http://localhost.evil.test"},
    {"Origin": "http://localhost:8001"},
    {"Origin": "localhost"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
]


@pytest.mark.parametrize("path", POSTS)
def test_a_form_of_another_site_does_nothing(desk: Desk, path: str) -> None:
    desk.get("/pause")
    form = {**EVERYTHING, "csrf_token": desk.token}
    with desk.bed.unharmed():
        for headers in ELSEWHERE:
            answer = desk.browser.post(f"/staff{path}", data=form, headers=headers)
            assert answer.status_code == 403, headers


@pytest.mark.parametrize("path", POSTS)
def test_a_form_without_the_token_of_the_visit_does_nothing(desk: Desk, path: str) -> None:
    desk.get("/pause")
    right, other = desk.token, desk.bed.signed_in("Eve").token
    assert len({right, other}) == 2
    with desk.bed.unharmed():
        for token in ("", "0" * 64, other, right[:-1], right.upper() + "é"):
            form = {**EVERYTHING, "csrf_token": token}
            assert desk.browser.post(f"/staff{path}", data=form).status_code == 400, token
        for query in ({}, {"csrf_token": right}):
            answer = desk.browser.post(f"/staff{path}", data=EVERYTHING, query_string=query)
            assert answer.status_code == 400, query
        as_json = desk.browser.post(f"/staff{path}", json={**EVERYTHING, "csrf_token": right})
        assert as_json.status_code == 400
        as_text = desk.browser.post(
            f"/staff{path}", data=f"csrf_token={right}", content_type="text/plain"
        )
        assert as_text.status_code == 400


@pytest.mark.parametrize("path", GETS)
def test_a_link_changes_nothing(desk: Desk, path: str) -> None:
    with desk.bed.unharmed():
        desk.browser.get(f"/staff{path}", query_string=EVERYTHING)
        desk.browser.head(f"/staff{path}", query_string=EVERYTHING)
    assert is_in(desk)


# guessing


def guess(house: House, word: str = "wrong guess", **environ: str) -> int:
    """The status that a guess from a fresh browser gets."""
    stranger = house.client()
    stranger.get("/sign-in")
    form = {"csrf_token": stranger.token, "name": WHO, "password": word}
    answer = stranger.browser.post("/staff/sign-in", data=form, environ_overrides=environ)
    return answer.status_code


def test_after_ten_guesses_the_right_one_waits_too(own: House) -> None:
    assert [guess(own) for _ in range(11)] == [403] * 10 + [429]
    assert guess(own, PASSWORD) == 429


@pytest.mark.parametrize("proxies", ["0", "1"])
def test_no_header_makes_another_address(practice: Path, proxies: str) -> None:
    house = House(practice, proxies=proxies)
    for n in range(10):
        faked = f"198.51.100.{n}" + ", 203.0.113.5" * int(proxies)
        spoofed = {"HTTP_X_FORWARDED_FOR": faked, "HTTP_X_REAL_IP": f"198.51.100.{n}"}
        assert guess(house, **spoofed, HTTP_FORWARDED=f"for=198.51.100.{n}") == 403
    spoofed["HTTP_X_FORWARDED_FOR"] = "198.51.100.99" + ", 203.0.113.5" * int(proxies)
    assert guess(house, PASSWORD, **spoofed) == 429
    house.close()


def test_who_guesses_on_does_not_keep_the_office_out(own: House) -> None:
    for _ in range(sign_in.OVERALL + 10):
        guess(own, REMOTE_ADDR="198.51.100.1")
    assert guess(own, PASSWORD, REMOTE_ADDR="203.0.113.7") == 303


def test_who_guesses_by_ipv4_is_not_all_of_ipv4(own: House) -> None:
    """A server that listens for IPv6 sees IPv4 like this."""
    for _ in range(11):
        guess(own, REMOTE_ADDR="::ffff:198.51.100.1")
    assert guess(own, PASSWORD, REMOTE_ADDR="::ffff:198.51.100.1") == 429
    assert guess(own, PASSWORD, REMOTE_ADDR="::ffff:203.0.113.7") == 303


def test_a_wrong_password_tells_nothing(own: House) -> None:
    """Not how near it was, nor whether the name is known."""
    own.signed_in("Ann")
    told = set()
    for name, word in [("Ann", PASSWORD[:-1]), ("Eve", "x"), ("Ann", ""), ("root", "x" * 9000)]:
        stranger = own.client()
        stranger.get("/sign-in")
        answer = stranger.post("/sign-in", name=name, password=word)
        told.add((answer.status_code, answer.text.replace(stranger.token, "").replace(name, "")))
    assert len(told) == 1


# what costs the server more than the sender


def test_a_password_of_accents_is_refused_at_once(own: House) -> None:
    """Composing them takes time that grows with the square of their number: 40,000 took 3 s."""
    stranger = own.client()
    stranger.get("/sign-in")
    form = {"csrf_token": stranger.token, "name": WHO, "password": "a" + "\u0315\u0300" * 20_000}
    began = time.thread_time()
    answer = stranger.browser.post("/staff/sign-in", data=form, content_type="multipart/form-data")
    assert answer.status_code == 403
    assert time.thread_time() - began < 0.5
    with pytest.raises(ValueError, match="at most"):
        password.set_password(own.workspace, str(form["password"]))


@pytest.mark.parametrize("path", ["/pause", "/sign-in", "/answers/new"])
def test_a_stranger_sends_no_two_megabytes(house: House, path: str) -> None:
    stranger = house.client()
    stranger.get("/sign-in")
    for body in ("a&" * 990_000, "x=" + "<" * 1_900_000):
        began = time.thread_time()
        answer = stranger.browser.post(
            f"/staff{path}", data=body, content_type="application/x-www-form-urlencoded"
        )
        assert answer.status_code == 413
        assert time.thread_time() - began < 1.0  # 0.6 has been seen beside other work


def test_who_was_signed_in_keeps_a_long_text_however_late(own: House) -> None:
    desk = own.signed_in()
    desk.browser.set_cookie(sessions.COOKIE, FORGED["of yesterday"](desk), path="/staff")
    text = "A long text. " * 20_000
    asked = desk.post("/files/practice.toml", text=text)
    assert asked.status_code == 401
    kept = json.dumps(["/staff/files/practice.toml", [["text", text]]])
    then = desk.post("/sign-in", name=WHO, password=PASSWORD, kept=kept)
    assert then.status_code == 200
    assert text in then.text


def test_nobody_sends_more_than_two_megabytes(desk: Desk) -> None:
    with desk.bed.unharmed():
        for path in ("/files/practice.toml", "/page/procedure", "/answers/new"):
            assert desk.post(path, text="x" * 2_100_000).status_code == 413
        assert desk.post_json("/preview", {"text": "x" * 2_100_000}).status_code == 413


NESTED = "[" * 20_000


def test_nested_json_is_no_fault_of_the_program(own: House) -> None:
    desk, stranger = own.signed_in(), own.client()
    stranger.get("/sign-in")
    assert stranger.post("/sign-in", name=WHO, password="x", kept=NESTED).status_code == 403  # noqa: S106
    headers = {"X-CSRFToken": desk.token, "Content-Type": "application/json"}
    assert desk.browser.post("/staff/preview", data=NESTED, headers=headers).status_code == 400
    assert stranger.browser.post("/api/ask", data=NESTED[:4000]).status_code == 400


# away to another site

AWAY = ["https://evil.test/", "//evil.test/staff/", "///evil.test", "/\\evil.test", "//[", "http://[",
        "/staff/\\..\\//evil.test", "/staff/\n//evil.test", "javascript:alert(1)//staff/", "staff/",
        "/staff/\r\nX-Broken: 1", "/staffx", "\t//evil.test", "/api/ask"]  # fmt: skip


@pytest.mark.parametrize("wanted", AWAY)
def test_signing_in_leads_nowhere_else(house: House, wanted: str) -> None:
    assert house.client().get("/sign-in", next=wanted).status_code == 200
    kept = json.dumps([wanted, [["text", "x"]]])
    for form in ({"next": wanted}, {"kept": kept}, {"kept": "[5, []]"}, {"kept": '[["//x"], 5]'}):
        desk = house.client()
        desk.get("/sign-in")
        then = desk.post("/sign-in", {"name": WHO, "password": PASSWORD, **form})
        assert (then.status_code, then.location) == (303, "/staff/")
        assert "X-Broken" not in then.headers


def test_nor_does_it_where_the_desk_is_all_that_there_is(house: House) -> None:
    app = Flask("desk", static_folder=None)
    staff.install(app, lambda: house.service, url_prefix="")
    for wanted in AWAY:
        browser = app.test_client()
        token = TOKEN.search(browser.get("/sign-in").text)
        assert token
        form = {"csrf_token": token[1], "name": WHO, "password": PASSWORD, "next": wanted}
        location = browser.post("/sign-in", data=form).location
        assert location.startswith("/")
        assert not location.startswith(("//", "/\\"))


def test_the_host_header_is_believed_by_no_page_of_the_desk(house: House, desk: Desk) -> None:
    headers = {"Host": "evil.test", "X-Forwarded-Host": "evil.test", "X-Forwarded-Prefix": "/evil"}
    for path in [*GETS, *OPEN]:
        base = "http://evil.test"
        answers = [
            house.client().browser.get(f"/staff{path}", headers=headers),
            desk.browser.get(f"/staff{path}", headers={**headers, "Host": "localhost"}),
            desk.browser.get(f"/staff{path}", base_url=base, headers={"Cookie": _cookie(desk)}),
        ]
        for answer in answers:
            assert "evil" not in answer.text
            assert "evil" not in str(answer.headers)


def _cookie(desk: Desk) -> str:
    return f"{sessions.COOKIE}={cookie_of(desk)}"


# what a browser is told, and what the disk shows


@pytest.mark.parametrize("path", [*GETS, *OPEN, "/answers/none", "/versions/9999", "/page/none"])
def test_no_page_is_framed_kept_sniffed_or_scripted(house: House, desk: Desk, path: str) -> None:
    for browser in (house.client(), desk):
        headers = browser.get(path).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["Cache-Control"] == ("no-cache" if path in OPEN[1:] else "no-store")
        assert "Access-Control-Allow-Origin" not in headers


def test_cookies_are_kept_from_scripts_and_other_sites(own: House) -> None:
    desk = own.client()
    answers = [desk.get("/sign-in"), desk.sign_in(), desk.post("/pause", paused="no")]
    cookies = [cookie for answer in answers for cookie in answer.headers.getlist("Set-Cookie")]
    assert {cookie.partition("=")[0] for cookie in cookies} == {
        sessions.COOKIE,
        sessions.KNOWN,
        context.FLASH_COOKIE,
    }
    for cookie in cookies:
        for part in ("Secure", "HttpOnly", "SameSite=Strict", "Path=/staff"):
            assert part in cookie.split("; ")


@pytest.mark.skipif(os.name != "posix", reason="Windows has other rights")
def test_others_on_the_machine_read_nothing_of_the_room(practice: Path) -> None:
    before = os.umask(0)
    try:
        house = House(practice)
        password.set_password(house.workspace, PASSWORD)
        desk = house.signed_in()
        desk.post("/answers/new", question="Is it warm there?", file="call-the-office.md")
        desk.browser.post("/api/ask", json={"question": "is there a pool on the roof"})
        assert house.service.journal
        assert house.service.journal.flush(PATIENCE)
    finally:
        os.umask(before)
    assert stat.S_IMODE(house.workspace.hidden.stat().st_mode) == 0o700
    inside = {path: stat.S_IMODE(path.stat().st_mode) for path in house.workspace.hidden.rglob("*")}
    assert {path.name for path in inside} >= {"secret", "password", "journal.sqlite", "sessions"}
    open_to_others = [
        path for path, mode in inside.items() if mode != (0o700 if path.is_dir() else 0o600)
    ]
    assert not open_to_others
    house.close()
