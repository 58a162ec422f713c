"""Getting into the staff desk with the password, and no other way."""

from __future__ import annotations

import json
import os
import shutil
import stat
import threading
import time
from pathlib import Path

import pytest
from click.testing import CliRunner
from itsdangerous import URLSafeTimedSerializer

from faqbot.cli import main
from faqbot.editing.workspace import Workspace, read_files
from faqbot.serving import limits
from faqbot.staff import password, sessions, sign_in
from tests.desk import PASSWORD, WHO, Bed, Desk, signed_in

PAGES = ["/", "/answers", "/answers/duration", "/answers/new", "/files/practice.toml", "/pause"]
POSTS = ["/answers/duration", "/answers/new", "/files/practice.toml", "/pause"]


@pytest.fixture
def bed(practice: Path) -> Bed:
    return Bed(practice)


@pytest.fixture
def desk(practice: Path) -> Desk:
    return signed_in(practice)


def sessions_of(workspace: Workspace) -> list[Path]:
    return sorted((workspace.hidden / "sessions").glob("*"))


def cookie_of(desk: Desk) -> str:
    found = desk.browser.get_cookie(sessions.COOKIE, path="/staff")
    assert found
    return found.value


def put_cookie(desk: Desk, value: str) -> None:
    desk.browser.set_cookie(sessions.COOKIE, value, path="/staff")


# the door


def test_without_a_password_there_is_no_desk(bed: Bed) -> None:
    password.remove(bed.workspace)
    for path in ["/", "/sign-in", "/staff.css", "/answers"]:
        assert bed.client().get(path).status_code == 404


def test_the_right_password_opens_it(bed: Bed) -> None:
    desk = bed.client()
    answer = desk.sign_in()
    assert (answer.status_code, answer.location) == (303, "/staff/")
    assert f"</span> {WHO}" in desk.follow(answer).text


def test_a_wrong_password_does_not(bed: Bed) -> None:
    desk = bed.client()
    answer = desk.sign_in(secret="three plain word")  # noqa: S106
    assert answer.status_code == 403
    assert sign_in.WRONG in answer.text
    assert desk.get("/").status_code == 303


@pytest.mark.parametrize("secret", ["", "x", PASSWORD.upper(), PASSWORD + " ", "x" * 10_000])
def test_every_failure_says_the_same(bed: Bed, secret: str) -> None:
    desk = bed.client()
    one = desk.sign_in("Ann", secret).text
    assert sign_in.WRONG in one
    assert PASSWORD not in one


def test_a_name_is_asked_for_before_the_password_is_looked_at(bed: Bed) -> None:
    for secret in (PASSWORD, "wrong"):
        answer = bed.client().sign_in("  ", secret)
        assert answer.status_code == 400
        assert sign_in.NO_NAME in answer.text


def test_a_name_is_shown_as_text_and_cut(bed: Bed) -> None:
    desk = bed.client()
    page = desk.follow(desk.sign_in("<b>Ann</b>\u202e\n" + "x" * 100)).text
    assert "<b>Ann" not in page
    assert "&lt;b&gt;Ann&lt;/b&gt; xxx" in page
    assert "x" * 61 not in page


@pytest.mark.parametrize("path", PAGES)
def test_pages_lead_to_signing_in_and_back(bed: Bed, path: str) -> None:
    desk = bed.client()
    answer = desk.get(path)
    assert answer.status_code == 303
    assert answer.location.startswith("/staff/sign-in?next=")
    desk.follow(answer)
    then = desk.post("/sign-in", name=WHO, password=PASSWORD, next=f"/staff{path}")
    assert then.location == f"/staff{path}"


def test_signing_in_leads_back_without_what_was_searched_for(bed: Bed) -> None:
    address = bed.client().get("/answers", q="zanzibar", page="2").location
    assert address == "/staff/sign-in?next=/staff/answers?page%3D2"


@pytest.mark.parametrize("path", POSTS)
def test_nothing_is_done_for_who_is_not_signed_in(bed: Bed, path: str) -> None:
    before = read_files(bed.workspace.folder)
    desk = bed.client()
    desk.get("/sign-in")
    assert desk.post(path, paused="yes", question="Q", text="x").status_code == 401
    assert read_files(bed.workspace.folder) == before
    assert not bed.workspace.paused.exists()
    assert not bed.workspace.draft.exists()


@pytest.mark.parametrize(
    "wanted",
    ["https://evil.test/", "//evil.test/staff/", "/\\evil.test", "/faq", "javascript:alert(1)",
     "/staff/\\..\\..//evil.test", "/staff/\n//evil.test", "staff", "/staffx"],
)  # fmt: skip
def test_signing_in_leads_to_no_other_site(bed: Bed, wanted: str) -> None:
    desk = bed.client()
    desk.get("/sign-in")
    answer = desk.post("/sign-in", name=WHO, password=PASSWORD, next=wanted)
    assert answer.location == "/staff/"


# the cookie


def test_the_cookie_is_for_the_desk_and_https_only(bed: Bed) -> None:
    answer = bed.client().sign_in()
    cookie = answer.headers["Set-Cookie"]
    for part in ["Secure", "HttpOnly", "SameSite=Strict", "Path=/staff"]:
        assert part in cookie
    assert "Expires" not in cookie
    assert "Max-Age" not in cookie


def test_a_browser_that_keeps_no_cookie_is_told_to_use_https(bed: Bed) -> None:
    desk = bed.client()
    desk.get("/sign-in")
    desk.browser.delete_cookie(sessions.COOKIE, path="/staff")
    answer = desk.post("/sign-in", name=WHO, password=PASSWORD)
    assert answer.status_code == 400
    assert "over https" in answer.text


def test_a_forged_cookie_is_nobody(desk: Desk) -> None:
    ours = cookie_of(desk)
    signer = URLSafeTimedSerializer("guessed", salt="visit")
    body, rest = ours.split(".", 1)
    for value in [signer.dumps(["x" * 32, WHO]), f"{body}x.{rest}", ours[:-1], "", "..", "ä"]:
        put_cookie(desk, value)
        assert desk.get("/answers").status_code == 303, value


def test_a_cookie_of_another_practice_is_nobody(desk: Desk, tmp_path: Path) -> None:
    other = Bed(shutil.copytree(desk.workspace.folder, tmp_path / "other"))
    (other.workspace.hidden / "secret").unlink()
    stranger = other.client()
    put_cookie(stranger, cookie_of(desk))
    assert stranger.get("/answers").status_code == 303


def test_signing_in_takes_a_new_id_whatever_was_planted(bed: Bed) -> None:
    planted = bed.client()
    planted.get("/sign-in")
    victim = bed.client()
    put_cookie(victim, cookie_of(planted))
    victim.get("/sign-in")
    victim.sign_in()
    assert cookie_of(victim) != cookie_of(planted)
    assert victim.get("/pause").status_code == 200
    assert planted.get("/pause").status_code == 303


def test_signing_out_ends_the_session_and_not_only_the_cookie(desk: Desk) -> None:
    stolen = cookie_of(desk)
    desk.post("/sign-out")
    put_cookie(desk, stolen)
    assert desk.get("/").status_code == 303
    assert sessions_of(desk.workspace) == []


def test_signing_out_after_the_session_ended_asks_for_nothing(desk: Desk) -> None:
    (file,) = sessions_of(desk.workspace)
    file.unlink()
    page = desk.follow(desk.post("/sign-out"))
    assert page.status_code == 200
    assert "You are signed out." in page.text
    assert "what you wrote is kept" not in page.text


def test_thirty_idle_minutes_end_the_session(desk: Desk) -> None:
    (file,) = sessions_of(desk.workspace)
    almost = time.time() - sessions.IDLE_TIMEOUT.total_seconds() + 300
    os.utime(file, (almost, almost))
    assert desk.get("/pause").status_code == 200
    assert file.stat().st_mtime > almost + 300  # it was noted that somebody is there
    over = time.time() - sessions.IDLE_TIMEOUT.total_seconds() - 1
    os.utime(file, (over, over))
    assert desk.get("/pause").status_code == 303


def test_what_was_written_when_the_session_ended_is_kept(desk: Desk) -> None:
    (file,) = sessions_of(desk.workspace)
    file.unlink()
    written = "two lines\n\"quoted\" 'single' <b> & ünï"
    answer = desk.post("/pause", paused="yes", answer=written)
    assert answer.status_code == 401
    assert "what you wrote is kept" in answer.text
    kept = json.dumps(["/staff/pause", [["paused", "yes"], ["answer", written]]])
    then = desk.post("/sign-in", name=WHO, password=PASSWORD, kept=kept)
    assert then.status_code == 200
    assert 'action="/staff/pause"' in then.text
    assert "&lt;b&gt; &amp; ünï" in then.text
    assert not desk.workspace.paused.exists()
    assert desk.post("/pause", paused="yes").status_code == 303
    assert desk.workspace.paused.exists()


@pytest.mark.parametrize("path", ["https://evil.test/", "//evil.test/staff/", "/api/ask"])
def test_what_was_kept_goes_to_no_other_site(bed: Bed, path: str) -> None:
    desk = bed.client()
    desk.get("/sign-in")
    kept = json.dumps([path, [["secret", "x"]]])
    assert desk.post("/sign-in", name=WHO, password=PASSWORD, kept=kept).location == "/staff/"


def test_a_script_hears_that_the_session_is_over(desk: Desk) -> None:
    sessions_of(desk.workspace)[0].unlink()
    answer = desk.post_json("/preview", {"name": "x", "text": "y"})
    assert answer.status_code == 401
    assert "your text is kept" in answer.json["error"]


def test_another_password_ends_all_sessions(desk: Desk) -> None:
    password.set_password(desk.workspace, "another fine password")
    assert desk.get("/").status_code == 303


def test_what_stands_on_the_disk_lets_nobody_in(desk: Desk) -> None:
    """Neither the password, nor an id that could be put into a cookie; for the owner only."""
    desk.post("/answers/new", question="x", file="procedure.md")
    told = b"".join(
        file.read_bytes() for file in desk.workspace.hidden.rglob("*") if file.is_file()
    )
    names = [file.name for file in desk.workspace.hidden.rglob("*")]
    visit = URLSafeTimedSerializer(sessions.secret(desk.workspace), salt="visit").loads(
        cookie_of(desk)
    )
    assert PASSWORD.encode() not in told
    assert visit[0].encode() not in told
    assert visit[0] not in names
    if os.name == "posix":
        assert stat.S_IMODE(desk.workspace.hidden.stat().st_mode) == 0o700
        assert stat.S_IMODE((desk.workspace.hidden / "secret").stat().st_mode) == 0o600


def test_several_threads_make_one_secret(practice: Path) -> None:
    workspace, made = Workspace(practice), set()
    threads = [
        threading.Thread(target=lambda: made.add(sessions.secret(Workspace(practice))))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == {sessions.secret(workspace)}


@pytest.mark.parametrize("content", [b"", b"short\n", b"\xff" * 64])
def test_a_secret_that_protects_nothing_closes_the_desk(
    desk: Desk, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    (desk.workspace.hidden / "secret").write_bytes(content)
    assert desk.get("/").status_code == 503
    assert "remove it: then it is made anew" in caplog.text


def test_a_secret_that_cannot_be_read_closes_the_desk(desk: Desk) -> None:
    secret = desk.workspace.hidden / "secret"
    secret.unlink()
    secret.mkdir()
    assert desk.get("/").status_code == 503


# forged forms


def test_a_form_without_our_token_does_nothing(desk: Desk) -> None:
    for token in ["", "x", "é", "0" * 64]:
        answer = desk.browser.post("/staff/pause", data={"paused": "yes", "csrf_token": token})
        assert answer.status_code == 400
    assert not desk.workspace.paused.exists()


def test_the_token_of_another_visit_does_nothing(desk: Desk) -> None:
    other = desk.bed.client()
    other.sign_in("Bob")
    other.get("/pause")
    data = {"paused": "yes", "csrf_token": other.token}
    assert desk.browser.post("/staff/pause", data=data).status_code == 400
    assert not desk.workspace.paused.exists()


def test_the_form_for_signing_in_needs_a_token_too(bed: Bed) -> None:
    desk = bed.client()
    desk.get("/sign-in")
    answer = desk.browser.post("/staff/sign-in", data={"name": WHO, "password": PASSWORD})
    assert answer.status_code == 400
    assert sign_in.STALE in answer.text


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://evil.test"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"},
     {"Sec-Fetch-Site": "same-site"}, {"Origin": "http://localhost:81"}, {"Origin": "http://["}],
)  # fmt: skip
def test_another_site_does_nothing_even_with_the_token(desk: Desk, headers: dict[str, str]) -> None:
    desk.get("/pause")
    data = {"paused": "yes", "csrf_token": desk.token}
    answer = desk.browser.post("/staff/pause", data=data, headers=headers)
    assert answer.status_code == 403
    assert not desk.workspace.paused.exists()


def test_our_own_site_does(desk: Desk) -> None:
    desk.get("/pause")
    data = {"paused": "yes", "csrf_token": desk.token}
    headers = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}
    assert desk.browser.post("/staff/pause", data=data, headers=headers).status_code == 303


@pytest.mark.parametrize("path", ["/pause?paused=yes", "/sign-out", "/answers/duration/remove"])
def test_a_link_changes_nothing(desk: Desk, path: str) -> None:
    desk.get(path)
    assert not desk.workspace.paused.exists()
    assert not desk.workspace.draft.exists()
    assert desk.get("/pause").status_code == 200


# guessing


def test_ten_wrong_passwords_make_the_address_wait_also_with_the_right_password(bed: Bed) -> None:
    for _ in range(10):
        assert bed.client().sign_in(secret="wrong guess").status_code == 403  # noqa: S106
    answer = bed.client().sign_in()
    assert answer.status_code == 429
    assert "Please wait 10 minutes" in answer.text
    assert answer.headers["Retry-After"] == "600"


def test_who_signs_in_rightly_starts_counting_anew(bed: Bed) -> None:
    for _ in range(3):
        for _ in range(9):
            bed.client().sign_in(secret="wrong guess")  # noqa: S106
        assert bed.client().sign_in().status_code == 303


def test_many_addresses_together_wait_too() -> None:
    attempts = sign_in.Attempts()
    waits = [attempts.hit("here", f"198.51.{n % 250}.{n}") for n in range(101)]
    assert waits[:100] == [0] * 100
    assert waits[100] == 10
    assert attempts.hit("another practice", "198.51.0.0") == 0
    assert attempts.hit("here", "203.0.113.7", known=True) == 0


def test_the_attempts_of_many_addresses_are_counted_in_bounded_memory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "MAX_ADDRESSES", 20)
    attempts = sign_in.Attempts()
    first = [attempts.hit("here", "198.51.100.1", known=True) for _ in range(11)]
    assert first == [0] * 10 + [10]
    for n in range(30):
        attempts.hit("here", f"203.0.113.{n}", known=True)
    assert attempts.hit("here", "198.51.100.1", known=True) == 0  # was forgotten


def test_ten_addresses_keep_no_browser_out_that_has_signed_in_before(bed: Bed) -> None:
    office, other = bed.client(), bed.client()
    assert office.sign_in().status_code == 303
    office.post("/sign-out")
    for n in range(sign_in.OVERALL + 1):
        sign_in.attempts.hit(str(bed.workspace.folder), f"198.51.100.{n % 10}")
        sign_in.attempts.hit(str(bed.workspace.folder), f"198.51.{n}.1")
    assert other.sign_in().status_code == 429
    assert office.sign_in().status_code == 303


def test_the_cookie_of_a_known_browser_is_signed_kept_from_scripts_and_ends_with_the_password(
    bed: Bed,
) -> None:
    office = bed.client()
    sent = office.sign_in().headers.getlist("Set-Cookie")
    cookie = next(one for one in sent if one.startswith(sessions.KNOWN))
    assert all(word in cookie for word in ("HttpOnly", "SameSite=Strict", "Secure", "Path=/staff"))
    known = office.browser.get_cookie(sessions.KNOWN, path="/staff")
    assert known
    for value, right in [(known.value, True), (known.value[:-1], False), ("x", False), ("", False)]:
        with bed.app.test_request_context(headers={"Cookie": f"{sessions.KNOWN}={value}"}) as now:
            assert sessions.is_known(bed.workspace, now.request) is right
    password.set_password(bed.workspace, "another long one")
    with bed.app.test_request_context(headers={"Cookie": f"{sessions.KNOWN}={known.value}"}) as now:
        assert not sessions.is_known(bed.workspace, now.request)


def test_a_strangers_forms_are_limited_and_their_fields_counted(bed: Bed) -> None:
    stranger = bed.client()
    form = "application/x-www-form-urlencoded"
    many = stranger.browser.post("/staff/pause", data="a&" * 1_001, content_type=form)
    assert many.status_code == 413
    answers = [stranger.browser.post("/staff/pause", data={"a": "b"}) for _ in range(60)]
    assert [answer.status_code for answer in answers] == [401] * 59 + [429]
    assert answers[-1].headers["Retry-After"] == "60"
    office = bed.client()
    other = {"REMOTE_ADDR": "203.0.113.7"}
    assert office.browser.get("/staff/sign-in", environ_overrides=other).status_code == 200
    assert office.browser.post("/staff/pause", environ_overrides=other).status_code == 401


def test_who_is_signed_in_is_not_limited(desk: Desk) -> None:
    assert {desk.post("/pause", paused="no").status_code for _ in range(70)} == {303}


def test_two_megabytes_need_a_session_that_lives(desk: Desk) -> None:
    text = "x" * 600_000
    assert desk.post("/files/practice.toml", text=text).status_code != 413
    desk.post("/sign-out")
    assert desk.post("/files/practice.toml", text=text).status_code == 413


def test_one_subscriber_is_one_address() -> None:
    assert sign_in.network("2001:db8:1:2::1") == sign_in.network("2001:db8:1:2:ffff::9")
    assert sign_in.network("2001:db8:1:2::1") != sign_in.network("2001:db8:1:3::1")
    assert sign_in.network("203.0.113.7") != sign_in.network("203.0.113.8")


# what every page says to the browser


@pytest.mark.parametrize("path", ["/", "/answers", "/sign-in", "/pause", "/answers/no-such"])
def test_pages_are_neither_framed_nor_kept_nor_scripted(desk: Desk, path: str) -> None:
    answer = desk.get(path)
    policy = answer.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    for inline in ["<style", " style=", " onclick=", "<script>"]:
        assert inline not in answer.text


def test_a_body_of_more_than_two_megabytes_is_refused(desk: Desk) -> None:
    desk.get("/pause")
    answer = desk.post("/files/practice.toml", text="x" * 2_100_000)
    assert answer.status_code == 413
    assert not desk.workspace.draft.exists()


# the command


def run(folder: Path, *options: str, typed: str = "") -> tuple[int, str]:
    done = CliRunner().invoke(
        main, ["staff-password", "--knowledge", str(folder), *options], input=typed
    )
    return done.exit_code, done.output


def test_the_command_asks_twice_and_says_where_the_desk_is(practice: Path) -> None:
    code, told = run(practice, typed="a good long one\na good long one\n")
    assert code == 0, told
    assert "/staff" in told
    assert "a good long one" not in told
    assert password.check_password(Workspace(practice), "a good long one")
    assert not password.check_password(Workspace(practice), "a good long ona")


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="knows no root")
def test_the_command_says_that_root_would_lock_the_owner_out(
    practice: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    if practice.stat().st_uid == 0:
        os.chown(practice, 1000, 1000)
    code, told = run(practice, typed="a good long one\na good long one\n")
    assert code == 1
    assert "belongs to another user" in told
    assert "sudo -u '#" in told
    assert not password.is_set(Workspace(practice))


def test_the_command_refuses_two_different_ones(practice: Path) -> None:
    assert run(practice, typed="a good long one\na good long two\n")[0] != 0
    assert not password.is_set(Workspace(practice))


def test_the_command_refuses_a_short_one(practice: Path) -> None:
    code, told = run(practice, "--stdin", typed="too short\n")
    assert code == 1
    assert "at least 12 characters" in told
    assert not password.is_set(Workspace(practice))


def test_a_script_gives_it_on_standard_input(practice: Path) -> None:
    assert run(practice, "--stdin", typed="a good long one\n")[0] == 0
    assert password.check_password(Workspace(practice), "a good long one")


def test_the_password_can_be_taken_away(practice: Path) -> None:
    run(practice, "--stdin", typed="a good long one\n")
    code, told = run(practice, "--off")
    assert (code, password.is_set(Workspace(practice))) == (0, False)
    assert "closed" in told
    assert "no password" in run(practice, "--off")[1]


def test_the_hash_is_scrypt_and_for_the_owner_only(practice: Path) -> None:
    run(practice, "--stdin", typed="a good long one\n")
    file = practice / ".faqbot" / "password"
    assert file.read_text("ascii").startswith("scrypt:32768:8:1$")
    if os.name == "posix":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_letter_with_an_accent_is_the_same_however_it_is_typed(practice: Path) -> None:
    password.set_password(Workspace(practice), "cafe\u0301 au lait, s'il")
    assert password.check_password(Workspace(practice), "caf\u00e9 au lait, s'il")
