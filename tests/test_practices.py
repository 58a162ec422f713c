"""Many practices in one service: each by itself, found by path or host, opened when asked for."""

from __future__ import annotations

import json
import os
import re
import shutil
import stat
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest
from flask import Flask, url_for
from flask.testing import FlaskClient

from faqbot.app import create_app
from faqbot.editing.workspace import Workspace
from faqbot.journal import Journal
from faqbot.practices import Directory, Practices, Unavailable, registry
from faqbot.service import Service
from faqbot.staff.password import set_password
from tests.servers import Client, serving
from tests.waiting import PATIENCE, wait_until

PRACTICE = Path(__file__).parent / "practice"
QUESTION = "how long does it take"
PHONES = ["tel:+16465550142", "tel:+12125550188"]
CONTROLS = ("%0a", "%0d", "%00", "%1b", "%7f", "%c2%85")
long = partial(pytest.param, marks=pytest.mark.long)
Serve = Callable[..., tuple[FlaskClient, Practices]]
open_service, delete_old_notes = registry.open_service, registry.delete_old_notes


def make(root: Path, *names: str) -> None:
    """A practice of each name, which its answer and its practice.toml say."""
    for name in names:
        folder = shutil.copytree(PRACTICE, root / name, ignore=shutil.ignore_patterns(".*"))
        change(folder / "practice.toml", "Hill Street Spine", f"{name.title()} Spine")
        change(folder / "procedure.md", "**one hour**", f"**one hour** at {name.title()}")


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "practices"
    root.mkdir()
    make(root, "alpha", "beta")
    return root


@pytest.fixture
def serve(root: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Serve]:
    """Serves the practices of the folder, and follows them more often than usual."""
    monkeypatch.setattr(registry, "FOLLOW_EVERY", 0.05)
    opened: list[Practices] = []

    def serve(patience: float = PATIENCE) -> tuple[FlaskClient, Practices]:
        practices = Practices(root, patience=patience)
        opened.append(practices)
        return app_of(practices).test_client(), practices

    yield serve
    for practices in opened:
        practices.close()


def app_of(practices: Practices) -> Flask:
    return create_app(practices)


@pytest.fixture
def client(serve: Serve) -> FlaskClient:
    return serve()[0]


def ask(client: FlaskClient, name: str, question: str = QUESTION) -> str:
    """The reply's words, or the status where there is none."""
    response = client.post(f"/p/{name}/api/ask", json={"question": question})
    if response.status_code != 200:
        return str(response.status_code)
    reply = response.get_json()
    return reply["entries"][0]["text"] if reply["kind"] == "answer" else reply["kind"]


class TestAPractice:
    def test_answers_at_its_own_address(self, client: FlaskClient) -> None:
        assert "at Alpha" in ask(client, "alpha")
        assert "at Beta" in ask(client, "beta")

    @pytest.mark.skipif(os.name == "nt", reason="has no modes")
    def test_has_its_hidden_folder_closed_to_others(self, root: Path, client: FlaskClient) -> None:
        hidden = root / "alpha" / ".faqbot"
        hidden.mkdir()
        (hidden / "password").touch()
        hidden.chmod(0o755)
        (hidden / "password").chmod(0o644)
        assert "at Alpha" in ask(client, "alpha")
        modes = [stat.S_IMODE(path.stat().st_mode) for path in (hidden, hidden / "password")]
        assert modes == [0o700, 0o600]

    def test_has_pages_that_lead_to_itself(self, client: FlaskClient) -> None:
        page = client.get("/p/alpha/chat").get_data(as_text=True)
        assert "Alpha Spine" in page
        assert 'href="/p/alpha/faq"' in page
        assert 'action="/p/alpha/chat"' in page
        sitemap = client.get("/p/alpha/sitemap.xml").get_data(as_text=True)
        assert "http://localhost/p/alpha/faq" in sitemap

    @pytest.mark.parametrize("path", ["", "/", "/widget.js", "/pages.css", "/healthz", "/chat"])
    def test_has_all_that_a_practice_has(self, client: FlaskClient, path: str) -> None:
        assert client.get(f"/p/alpha{path}").status_code == 200

    def test_sends_a_box_that_knows_its_phones(self, client: FlaskClient) -> None:
        script = client.get("/p/beta/widget.js").get_data(as_text=True)
        assert "Beta Spine" in script
        assert PHONES[0] in script

    def test_has_a_staff_desk_of_its_own(self, client: FlaskClient, root: Path) -> None:
        set_password(Workspace(root / "alpha"), "a long and quiet password")
        response = client.get("/p/alpha/staff/")
        assert response.headers["Location"].startswith("/p/alpha/staff/sign-in")
        assert client.get("/p/beta/staff/").status_code == 404

    def test_lets_its_own_sites_read_only_its_own_replies(
        self, client: FlaskClient, root: Path
    ) -> None:
        change(root / "beta" / "practice.toml", 'https://practice.test"]', 'https://b.test"]')
        for name, site in ("alpha", "https://practice.test"), ("beta", "https://b.test"):
            response = client.get(f"/p/{name}/api/practice", headers={"Origin": site})
            assert response.headers["Access-Control-Allow-Origin"] == site
        response = client.get("/p/alpha/api/practice", headers={"Origin": "https://b.test"})
        assert "Access-Control-Allow-Origin" not in response.headers


class TestAHost:
    @pytest.fixture
    def hosts(self, root: Path) -> Path:
        path = root / "hosts.toml"
        path.write_text('"chat.alpha.test" = "alpha"\n"Beta.Test" = "beta"\n', "utf-8")
        return path

    @pytest.mark.parametrize(
        ("host", "name"),
        [
            ("chat.alpha.test", "Alpha"),
            ("CHAT.Alpha.test:8443", "Alpha"),
            ("chat.alpha.test.", "Alpha"),
            ("beta.test", "Beta"),
        ],
    )
    def test_stands_for_a_practice(
        self, hosts: Path, client: FlaskClient, host: str, name: str
    ) -> None:
        response = client.post("/api/ask", json={"question": QUESTION}, headers={"Host": host})
        assert f"at {name}" in response.get_json()["entries"][0]["text"]
        page = client.get("/chat", headers={"Host": host}).get_data(as_text=True)
        assert 'href="/faq"' in page

    @pytest.mark.parametrize(
        "host", ["alpha.test", "localhost", "", "[::1]:80", "chat.alpha.test.evil"]
    )
    def test_that_is_not_named_stands_for_none(
        self, hosts: Path, client: FlaskClient, host: str
    ) -> None:
        assert client.get("/chat", headers={"Host": host}).status_code == 404

    def test_of_one_practice_shows_no_other(self, hosts: Path, client: FlaskClient) -> None:
        assert client.get("/p/beta/", headers={"Host": "chat.alpha.test"}).status_code == 404

    def test_that_is_added_counts_soon(self, hosts: Path, client: FlaskClient) -> None:
        other = {"Host": "new.test"}
        assert client.get("/chat", headers=other).status_code == 404
        hosts.write_text('"new.test" = "beta"', "utf-8")
        wait_until(lambda: client.get("/chat", headers=other).status_code == 200)

    @pytest.mark.parametrize(
        "text", ['"chat.alpha.test" = ', '"chat.alpha.test" = "../alpha"', '"a.test" = 5', "\xff"]
    )
    def test_stays_where_the_table_is_broken(
        self, hosts: Path, root: Path, text: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        directory = Directory(root)
        hosts.write_text(text, "latin-1")
        directory.refresh()
        directory.refresh()
        assert directory.for_host("chat.alpha.test") == "alpha"
        assert len(caplog.records) == 1
        assert "hosts.toml" in caplog.text


class TestNobody:
    @pytest.mark.parametrize(
        "path",
        [
            "/",
            "/p",
            "/p/",
            "/p//",
            "/p/nobody/",
            "/p/../alpha/",
            "/p/./alpha/",
            "/p/%2e%2e/",
            "/p/..%2falpha/",
            "/p/alpha%2f..%2fbeta/",
            "/p/alpha%00/",
            "/p/alpha%0a/",
            "/p/Alpha/",
            "/p/ALPHA/chat",
            "/p/alpha%20/",
            "/p/-alpha/",
            "/p/.faqbot/",
            "/p/.hidden/",
            "/p/hosts.toml/",
            "/p/%C3%A4lpha/",
            f"/p/{'a' * 65}/",
            "/p/alpha/../beta/chat",
            "/p/alpha/p/beta/chat",
            "//p/alpha/",
            "/alpha/",
            "/chat",
            "/api/practice",
            "/staff/",
            "/widget.js",
        ],
    )
    def test_is_there_at_any_other_address(
        self, client: FlaskClient, root: Path, path: str
    ) -> None:
        make(root, ".hidden")
        assert client.get(path).status_code == 404

    @pytest.mark.parametrize("control", ["%0d%0aX:1", *map(long, CONTROLS)])
    @pytest.mark.parametrize("prefix", ["/p/{}", "/p/alpha{}", "/p/alpha", ""])
    def test_breaks_a_header_by_what_stands_in_a_path(
        self, client: FlaskClient, root: Path, prefix: str, control: str
    ) -> None:
        """Also where a route leads on to another path, as to one with a slash at its end."""
        set_password(Workspace(root / "alpha"), "a long and quiet password")
        rules = [rule.rule for rule in client.application.url_map.iter_rules()]
        for rule in {*rules, *(rule.rstrip("/") for rule in rules), "/{}"}:
            path = re.sub(r"<[^>]+>", "{}", prefix + rule).replace("{}", control)
            for address in (path, f"{path}{control}", f"{path}?next={control}"):
                response = client.get(address)
                assert response.status_code < 500, address
                assert "X" not in response.headers
                if "{}" in prefix:
                    assert response.status_code == 404, address

    def test_learns_who_is_served_here(self, client: FlaskClient) -> None:
        ask(client, "alpha")
        for path in ("/", "/p/", "/healthz", "/readyz", "/p/nobody/", "/sitemap.xml"):
            assert "alpha" not in client.get(path).get_data(as_text=True).lower()

    def test_can_be_reached_through_a_link_that_leads_out(
        self, client: FlaskClient, root: Path, practice: Path
    ) -> None:
        (root / "elsewhere").symlink_to(practice)
        (root / "round").symlink_to(root / "round")
        (root / "above").symlink_to(root.parent)
        (root / "same").symlink_to(root / "beta")
        wait_until(lambda: "at Beta" in ask(client, "same"))
        for name in ("elsewhere", "round", "above"):
            assert client.get(f"/p/{name}/").status_code == 404

    def test_gets_a_folder_served_whose_name_is_no_address(
        self, root: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        make(root, "Dr Müller")
        directory = Directory(root)
        directory.refresh()
        assert directory.names == {"alpha", "beta"}
        assert len(caplog.records) == 1
        assert "“dr-m-ller”" in caplog.text


class TestABrokenPractice:
    @pytest.fixture
    def broken(self, root: Path) -> Path:
        (root / "alpha" / "procedure.md").unlink()
        return root / "alpha"

    def test_gives_its_phones_and_touches_no_other(self, broken: Path, client: FlaskClient) -> None:
        response = client.post("/p/alpha/api/ask", json={"question": QUESTION})
        assert response.status_code == 503
        assert [phone["href"] for phone in response.get_json()["phones"]] == PHONES
        assert response.get_json()["emergency"] == {"number": "911", "href": "tel:911"}
        assert int(response.headers["Retry-After"]) > 0
        assert "at Beta" in ask(client, "beta")

    @pytest.mark.parametrize("page", ["chat", "staff/"])
    def test_says_so_on_a_page(self, broken: Path, client: FlaskClient, page: str) -> None:
        response = client.get(f"/p/alpha/{page}")
        text = response.get_data(as_text=True)
        assert response.status_code == 503
        assert response.headers["Cache-Control"] == "no-store"
        assert "default-src 'none'" in response.headers["Content-Security-Policy"]
        assert "Alpha Spine" in text
        assert all(f'href="{phone}"' in text for phone in PHONES)

    def test_lets_its_sites_read_that(self, broken: Path, client: FlaskClient) -> None:
        site = {"Origin": "https://practice.test"}
        response = client.get("/p/alpha/api/practice", headers=site)
        assert response.status_code == 503
        assert response.headers["Access-Control-Allow-Origin"] == "https://practice.test"

    @pytest.mark.parametrize("text", ["name =", "\xff\xfe", ""])
    def test_says_so_where_nothing_can_be_read(
        self, root: Path, client: FlaskClient, text: str
    ) -> None:
        (root / "alpha" / "practice.toml").write_text(text, "latin-1")
        response = client.get("/p/alpha/api/practice")
        assert (response.status_code, response.get_json()["phones"]) == (503, [])
        assert "call" in client.get("/p/alpha/chat").get_data(as_text=True)

    def test_answers_soon_after_it_is_fixed(self, broken: Path, client: FlaskClient) -> None:
        assert ask(client, "alpha") == "503"
        shutil.copy(PRACTICE / "procedure.md", broken)
        wait_until(lambda: "one hour" in ask(client, "alpha"))

    def test_is_tried_again_though_nothing_has_changed(
        self, serve: Serve, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        faults = [MemoryError("too much"), OSError("lost")]

        def fail(folder: Path, name: str) -> Service:
            if faults:
                raise faults.pop()
            return open_service(folder, name)

        monkeypatch.setattr(registry, "open_service", fail)
        monkeypatch.setattr(registry, "RETRY", 0.0)
        client, _ = serve()
        assert ask(client, "alpha") == "503"
        wait_until(lambda: "at Alpha" in ask(client, "alpha"))
        assert faults == []

    def test_is_logged_once_however_often_it_is_tried(
        self,
        broken: Path,
        serve: Serve,
        monkeypatch: pytest.MonkeyPatch,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        tries: list[str] = []

        def count(folder: Path, name: str) -> Service:
            tries.append(name)
            return open_service(folder, name)

        monkeypatch.setattr(registry, "open_service", count)
        monkeypatch.setattr(registry, "RETRY", 0.0)
        client, _ = serve()
        wait_until(lambda: ask(client, "alpha") == "503" and len(tries) > 2)
        assert caplog.text.count("“alpha” cannot be served") == 1
        assert "procedure.md" in caplog.text

    def test_is_counted_but_not_named(self, broken: Path, client: FlaskClient) -> None:
        assert client.get("/healthz").get_json()["status"] == "ok"
        ask(client, "alpha")
        ask(client, "beta")
        assert client.get("/healthz").get_json() == {
            "status": "degraded",
            "practices": 2,
            "loaded": 2,
            "broken": 1,
        }


class TestAChange:
    def test_in_an_open_practice_is_answered_within_two_seconds(
        self, client: FlaskClient, root: Path
    ) -> None:
        assert 2 * registry.FOLLOW_EVERY <= 1  # it is taken at the second look
        assert "at Alpha" in ask(client, "alpha")
        change(root / "alpha" / "procedure.md", "at Alpha", "at Omega")
        wait_until(lambda: "at Omega" in ask(client, "alpha"))

    def test_that_breaks_it_leaves_the_last_version_answering(
        self, serve: Serve, root: Path
    ) -> None:
        client, practices = serve()
        ask(client, "alpha")
        (root / "alpha" / "procedure.md").write_text("## How", "utf-8")
        wait_until(lambda: practices.status()["broken"])
        assert "at Alpha" in ask(client, "alpha")

    def test_that_adds_a_practice_is_noticed_soon(self, client: FlaskClient, root: Path) -> None:
        assert ask(client, "gamma") == "404"
        make(root, "gamma")
        wait_until(lambda: "at Gamma" in ask(client, "gamma"))

    def test_that_takes_one_away_is_noticed_soon(self, serve: Serve, root: Path) -> None:
        client, practices = serve()
        ask(client, "alpha")
        ask(client, "beta")
        (root / "alpha").rename(root.with_name("away"))
        wait_until(lambda: ask(client, "alpha") == "404")
        wait_until(lambda: practices.status()["loaded"] == 1)
        assert "at Beta" in ask(client, "beta")

    def test_that_takes_all_away_is_a_lost_disk(self, client: FlaskClient, root: Path) -> None:
        directory = Directory(root)
        ask(client, "alpha")
        root.rename(root.with_name("lost"))
        for _ in range(3):
            directory.refresh()
        root.mkdir()
        for _ in range(3):
            directory.refresh()
        assert directory.names == {"alpha", "beta"}
        assert "at Alpha" in ask(client, "alpha")
        root.rmdir()
        root.with_name("lost").rename(root)  # else each journal waits for it at the end

    def test_of_a_folder_for_another_is_no_loss(self, root: Path) -> None:
        directory = Directory(root)
        (root / "alpha").rename(root / ".old")
        directory.refresh()
        assert "alpha" in directory.names
        (root / ".old").rename(root / "alpha")
        directory.refresh()
        directory.refresh()
        assert "alpha" in directory.names

    def test_is_looked_for_by_one_thread_for_all(self, serve: Serve) -> None:
        others = threading.enumerate()  # those of earlier tests may just be ending
        client, _ = serve()
        ask(client, "alpha")
        ask(client, "beta")
        names = [thread.name for thread in threading.enumerate() if thread not in others]
        assert names.count("faqbot-practices") == 1
        assert "faqbot-live" not in names


class TestOpening:
    def test_happens_once_however_many_ask(
        self, serve: Serve, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        opened: list[str] = []

        def count(folder: Path, name: str) -> Service:
            opened.append(name)
            return open_service(folder, name)

        monkeypatch.setattr(registry, "open_service", count)
        _, practices = serve()
        app = app_of(practices)
        with ThreadPoolExecutor(3) as pool:
            replies = list(pool.map(lambda _: ask(app.test_client(), "alpha"), range(3)))
        assert all("at Alpha" in reply for reply in replies)
        assert opened == ["alpha"]

    def test_keeps_its_visitors_waiting_only_so_long_and_no_others(
        self, serve: Serve, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        begun, free = threading.Event(), threading.Event()

        def wait(folder: Path, name: str) -> Service:
            if name == "alpha":
                begun.set()
                free.wait(PATIENCE)
            return open_service(folder, name)

        monkeypatch.setattr(registry, "open_service", wait)
        client, _ = serve(patience=0.2)
        assert ask(client, "alpha") == "503"
        assert begun.wait(PATIENCE)
        response = client.get("/p/alpha/api/practice")
        assert response.status_code == 503
        assert int(response.headers["Retry-After"]) < 10
        assert [phone["href"] for phone in response.get_json()["phones"]] == PHONES
        wait_until(lambda: "at Beta" in ask(client, "beta"))
        assert ask(client, "alpha") == "503"
        free.set()
        wait_until(lambda: "at Alpha" in ask(client, "alpha"))

    def test_leaves_most_of_the_server_s_threads_to_others(
        self, serve: Serve, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        free = threading.Event()

        def wait(folder: Path, name: str) -> Service:
            free.wait(PATIENCE)
            return open_service(folder, name)

        monkeypatch.setattr(registry, "open_service", wait)
        _, practices = serve()
        statuses: list[str] = []
        app = app_of(practices)
        asking = [
            threading.Thread(target=lambda: statuses.append(ask(app.test_client(), "alpha")))
            for _ in range(10)
        ]
        for thread in asking:
            thread.start()
        wait_until(lambda: statuses == ["503"] * 4)
        free.set()
        for thread in asking:
            thread.join()
        assert len([status for status in statuses if "at Alpha" in status]) == 6


class TestAJournal:
    def counts(self, folder: Path, url: str = "", name: str = "") -> dict[str, int]:
        journal = Journal.open(Workspace(folder).journal, url, name or folder.name)
        assert journal
        found: dict[str, int] = {}
        for count in journal.counts(1):
            found[count.kind] = found.get(count.kind, 0) + count.number
        journal.close()
        return found

    def test_is_each_practice_s_own(self, serve: Serve, root: Path) -> None:
        client, practices = serve()
        ask(client, "alpha")
        ask(client, "alpha")
        ask(client, "beta", "do you have parking for my caravan")
        wait_until(lambda: self.counts(root / "alpha") == {"answer": 2})
        wait_until(lambda: self.counts(root / "beta") == {"office": 1})
        practices.close()

    def test_loses_nothing_when_a_practice_is_removed(
        self, serve: Serve, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        together = str(tmp_path / "journal.sqlite")
        monkeypatch.setenv("FAQBOT_JOURNAL", together)
        client, practices = serve()
        ask(client, "alpha")
        ask(client, "beta")
        (root / "alpha").rename(tmp_path / "away")
        wait_until(lambda: practices.status()["loaded"] == 1)
        assert self.counts(root / "alpha", together) == {"answer": 1}
        assert practices.counts()["lost"] == 0

    def test_of_all_practices_may_be_one(
        self,
        serve: Serve,
        root: Path,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        together = str(tmp_path / "journal.sqlite")
        monkeypatch.setenv("FAQBOT_JOURNAL", together)
        client, practices = serve()
        ask(client, "alpha")
        ask(client, "beta")
        ask(client, "beta")
        wait_until(lambda: self.counts(root / "alpha", together) == {"answer": 1})
        wait_until(lambda: self.counts(root / "beta", together) == {"answer": 2})
        practices.close()
        assert not Workspace(root / "alpha").journal.exists()

    def test_may_be_off_but_is_written_nowhere_else(self, serve: Serve, root: Path) -> None:
        stolen = root / "alpha" / "stolen.sqlite"
        for name, journal in ("alpha", "off"), ("beta", str(stolen)):
            change(
                root / name / "practice.toml",
                "emergency_number",
                f'journal = "{journal}"\nemergency_number',
            )
        client, practices = serve()
        ask(client, "alpha")
        ask(client, "beta")
        wait_until(lambda: self.counts(root / "beta") == {"answer": 1})
        practices.close()
        assert not Workspace(root / "alpha").hidden.exists()
        assert not stolen.exists()

    def test_of_a_practice_that_nobody_asks_is_kept_no_longer(
        self, serve: Serve, root: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        journal = Journal(str(Workspace(root / "alpha").journal), "alpha")
        journal.note(QUESTION, "answer")
        journal.close(PATIENCE)
        tidied: list[str] = []

        def delete(folder: Path, name: str) -> None:
            delete_old_notes(folder, name)
            tidied.append(name)

        monkeypatch.setattr(registry, "delete_old_notes", delete)
        monkeypatch.setattr(registry, "TIDY_EVERY", 0.05)
        serve()
        wait_until(lambda: tidied[:2] == ["alpha", "beta"])
        assert self.counts(root / "alpha") == {"answer": 1}
        monkeypatch.setattr(registry, "KEEP_DAYS", 0)
        wait_until(lambda: self.counts(root / "alpha") == {})
        assert not Workspace(root / "beta").hidden.exists()


class TestThePractices:
    def test_still_count_what_was_removed(self, serve: Serve, root: Path) -> None:
        client, practices = serve()
        ask(client, "alpha")
        change(root / "alpha" / "procedure.md", "at Alpha", "at Omega")
        wait_until(lambda: practices.counts()["reloads"] == 1)
        (root / "alpha").rename(root.with_name("away"))
        wait_until(lambda: practices.status()["loaded"] == 0)
        assert practices.counts()["reloads"] == 1

    def test_need_a_folder(self, tmp_path: Path) -> None:
        with pytest.raises(FileNotFoundError):
            Practices(tmp_path / "nowhere")

    def test_raise_what_says_why_one_cannot_answer(self, serve: Serve, root: Path) -> None:
        _, practices = serve()
        with pytest.raises(KeyError):
            practices.service("nobody")
        (root / "alpha" / "practice.toml").unlink()
        with pytest.raises(Unavailable):
            practices.service("alpha")

    @pytest.mark.long
    def test_answer_from_several_processes(self, root: Path) -> None:
        (root / "hosts.toml").write_text('"chat.beta.test" = "beta"', "utf-8")
        command = ("--practices", str(root))
        with serving(*command) as server, serving(*command) as another:
            clients = [Client(one.port) for one in (server, another)]
            for client in clients:
                for name in ("alpha", "beta"):
                    wait_until(lambda: client.ask(QUESTION, f"/p/{name}")[0] == 200)  # noqa: B023
                    reply = client.ask(QUESTION, f"/p/{name}")[1]
                    assert f"at {name.title()}" in reply["entries"][0]["text"]
            assert clients[0].get("/")[0] == 404
            make(root, "gamma")
            for client in clients:
                wait_until(lambda: client.ask(QUESTION, "/p/gamma")[0] == 200)  # noqa: B023
                client.close()


def test_links_lead_to_the_practice_that_is_asked(root: Path) -> None:
    practices = Practices(root, patience=PATIENCE)
    app = app_of(practices)
    seen = []

    @app.get("/where")
    def where() -> str:
        seen.append(url_for("faqbot.ask"))
        return json.dumps(seen)

    for name in ("alpha", "beta"):
        app.test_client().get(f"/p/{name}/where")
    practices.close()
    assert seen == ["/p/alpha/api/ask", "/p/beta/api/ask"]
