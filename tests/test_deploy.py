"""What the docs offer for setting up a server is right for the programs that it is for."""

from __future__ import annotations

import http.client
import re
import shlex
import shutil
import ssl
import subprocess
import sys
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import pytest

from faqbot.settings import SETTINGS
from tests import nginx
from tests.instances import behind_nginx
from tests.servers import Client, serving
from tests.waiting import PATIENCE

DEPLOY = Path(__file__).parent.parent / "docs" / "deploy"
FILES = sorted(DEPLOY.iterdir())


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_it_names_settings_that_there_are(file: Path) -> None:
    named = set(re.findall(r"FAQBOT_[A-Z_]+", file.read_text("utf-8")))
    assert named <= {setting.variable for setting in SETTINGS}


@pytest.mark.skipif(not nginx.COMMAND, reason="needs nginx")
def test_nginx_passes_on_who_asks_and_that_it_was_over_tls(practice: Path, tmp_path: Path) -> None:
    settings = {"FAQBOT_PROXIES": "1", "FAQBOT_RATE_LIMIT": "3 per minute"}
    with (
        serving("--knowledge", str(practice), **settings) as server,
        nginx.in_front_of([server.port], tmp_path, tls=True) as port,
    ):
        assert "https://chat.example.org/faq" in request(port, "GET", "/sitemap.xml")[1]
        # What visitors claim of their address does not count; the sitemap was the first of three.
        asked = [ask(port, claimed=f"203.0.113.{i}") for i in range(3)]
        assert asked == [200, 200, 429]
        assert request(port, "GET", "/metrics")[0] == 404


def ask(port: int, claimed: str) -> int:
    body = '{"question": "how long does it take"}'
    return request(port, "POST", "/api/ask", body, {"X-Forwarded-For": claimed})[0]


def request(
    port: int, method: str, path: str, body: str = "", headers: Mapping[str, str] | None = None
) -> tuple[int, str]:
    # The certificate was made just now, by nobody in particular.
    context = ssl._create_unverified_context()  # noqa: S323
    connection = http.client.HTTPSConnection("127.0.0.1", port, context=context, timeout=PATIENCE)
    with closing(connection):
        connection.request(method, path, body, {"Host": "chat.example.org", **(headers or {})})
        response = connection.getresponse()
        return response.status, response.read().decode()


@pytest.mark.skipif(not nginx.COMMAND, reason="needs nginx")
def test_nginx_sends_the_desk_to_one_instance_and_visitors_to_all(
    practice: Path, tmp_path: Path
) -> None:
    with behind_nginx(practice, tmp_path, 2) as (instances, port), closing(Client(port)) as client:
        for _ in range(20):
            client.get("/staff/sign-in")
            client.ask("how long does it take")
        replies = [one.metric("faqbot_replies_total") for one in instances]
        assert sum(replies) == 20
        assert min(replies) > 0
        desks = [one.get("/metrics").count('_count{route="/staff/sign-in"}') for one in instances]
        assert desks == [1, 0]


def test_compose_has_nginx_ask_the_desk_and_all_other_instances() -> None:
    text = (DEPLOY / "compose.yaml").read_text("utf-8")
    (program,) = re.findall(r"^ +(sed\n.*?) /faqbot\.conf >", text, re.MULTILINE | re.DOTALL)
    command = [*shlex.split(program), DEPLOY / "nginx.conf"]
    changed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    upstreams = dict(re.findall(r"^upstream (\w+) \{(.*?)^\}", changed, re.MULTILINE | re.DOTALL))
    asked = {
        name: re.findall(r"^ *server (.*?);", u, re.MULTILINE) for name, u in upstreams.items()
    }
    more = "resolve max_fails=2 fail_timeout=2s"
    assert asked == {
        "faqbot": [f"desk:8000 {more}", f"faqbot:8000 {more}"],
        "faqbot_desk": ["desk:8000 resolve"],
    }
    for upstream in upstreams.values():  # where to ask for these names, and memory for the answers
        assert "resolver 127.0.0.11 valid=2s;" in upstream
        assert "zone faqbot" in upstream


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="needs systemd")
def test_systemd_understands_the_unit(tmp_path: Path) -> None:
    unit = tmp_path / "faqbot@8000.service"
    text = (DEPLOY / "faqbot@.service").read_text("utf-8")
    unit.write_text(text.replace("/opt/faqbot/bin/faqbot", shutil.which("true") or ""))
    told = subprocess.run(["systemd-analyze", "verify", unit], capture_output=True, text=True)
    assert (told.returncode, told.stderr) == (0, "")


def test_the_dockerfile_has_no_slips() -> None:
    hadolint = Path(sys.executable).with_name("hadolint")
    told = subprocess.run([hadolint, DEPLOY / "Dockerfile"], capture_output=True, text=True)
    assert told.stdout == ""


def test_the_dockerfile_copies_what_there_is() -> None:
    lines = (DEPLOY / "Dockerfile").read_text("utf-8").splitlines()
    copied = [line.split()[1:-1] for line in lines if re.match("COPY (?!--from)", line)]
    missing = [
        name for names in copied for name in names if not (DEPLOY.parents[1] / name).exists()
    ]
    assert copied
    assert missing == []
