"""What the docs offer for setting up a server is right for the programs that it is for."""

from __future__ import annotations

import http.client
import os
import re
import shlex
import shutil
import ssl
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from importlib.metadata import Distribution, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from faqbot.settings import SETTINGS
from tests import caddy, nginx
from tests.instances import behind_nginx
from tests.servers import COMMAND, Client, serving, started
from tests.waiting import PATIENCE

DEPLOY = Path(__file__).parent.parent / "docs" / "deploy"
FILES = sorted(DEPLOY.iterdir())


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_it_names_settings_that_there_are(file: Path) -> None:
    named = set(re.findall(r"FAQBOT_[A-Z_]+", file.read_text("utf-8")))
    assert named <= {setting.variable for setting in SETTINGS}


@pytest.mark.long
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


@pytest.mark.long
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


@pytest.mark.long
@pytest.mark.skipif(not caddy.COMMAND, reason="needs Caddy")
def test_caddy_gets_its_certificate_and_passes_on_who_asks(practice: Path, tmp_path: Path) -> None:
    settings = {"FAQBOT_PROXIES": "1", "FAQBOT_RATE_LIMIT": "4 per minute"}
    with (
        serving("--knowledge", str(practice), **settings) as server,
        caddy.in_front_of(server.port, tmp_path) as port,
    ):
        assert "https://chat.example.org/faq" in request(port, "GET", "/sitemap.xml")[1]
        # A question's length is for faqbot to judge, whose refusals have the phone numbers.
        status, refusal = request(port, "POST", "/api/helpful", "x" * 40_000)
        assert status == 413
        assert "tel:+16465550142" in refusal
        asked = [ask(port, claimed=f"203.0.113.{i}") for i in range(3)]
        assert asked == [200, 200, 429]
        assert request(port, "GET", "/metrics")[0] == 404


def test_compose_with_caddy_serves_what_the_caddyfile_asks_for() -> None:
    compose = (DEPLOY / "compose.caddy.yaml").read_text("utf-8")
    caddyfile = (DEPLOY / "Caddyfile").read_text("utf-8")
    assert re.findall(r"reverse_proxy (\w+):8000", caddyfile) == ["faqbot"]
    assert set(re.findall(r"\{\$(\w+)\}", caddyfile)) == {"SITE"}
    assert re.findall(r"^  (\w+):$", compose, re.MULTILINE) == ["faqbot", "caddy", "certificates"]
    assert "SITE: ${SITE:?}" in compose
    assert "./Caddyfile:/etc/caddy/Caddyfile:ro" in compose


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
    lines = [line.replace(" --chmod=755", "") for line in lines]
    copied = [line.split()[1:-1] for line in lines if re.match("COPY (?!--from)", line)]
    missing = [
        name for names in copied for name in names if not (DEPLOY.parents[1] / name).exists()
    ]
    assert copied
    assert missing == []


def test_the_image_holds_each_file_once() -> None:
    """Its layers add up to what is installed, on a slim Python: none changes an earlier one's."""
    text = (DEPLOY / "Dockerfile").read_text("utf-8").replace("\\\n", " ")
    build, image = text.split("\nFROM ")[1:]
    assert image.startswith("python:3.13-slim-bookworm\n")
    layers = re.findall(r"^(?:RUN|COPY|ADD) .*", image, re.MULTILINE)
    user, installed, entrypoint = layers
    assert re.match("RUN useradd .* && install -d [^&]* /knowledge$", user)
    assert installed == "COPY --from=build /opt/faqbot /opt/faqbot"
    assert entrypoint.endswith(" docs/deploy/entrypoint.sh /usr/local/bin/faqbot-entrypoint")
    # What only builds is taken out again: all that the group "build" brings, and pip.
    removed = re.search("pip uninstall --yes (.*)", build)
    assert removed
    assert set(removed[1].split()) == {*only_to_build(), "pip"}


def only_to_build() -> set[str]:
    """What the lock file has that faqbot does not need when it runs."""
    lock = (DEPLOY.parents[1] / "requirements.lock").read_text("utf-8")
    project = tomllib.loads((DEPLOY.parents[1] / "pyproject.toml").read_text("utf-8"))["project"]
    seen: set[str] = set()
    needed = {canonicalize_name(found.name) for found in needed_by(project["dependencies"], seen)}
    conditional = {"tzdata", "typing-extensions"}  # for some systems, or versions of Python
    return set(re.findall(r"^([a-z0-9-]+)==", lock, re.MULTILINE)) - needed - conditional


def needed_by(requirements: Sequence[str], seen: set[str]) -> Iterator[Distribution]:
    for line in requirements:
        requirement = Requirement(line)
        wanted = requirement.marker is None or requirement.marker.evaluate({"extra": ""})
        if wanted and requirement.name not in seen:
            seen.add(requirement.name)
            found = distribution(requirement.name)
            yield found
            yield from needed_by(found.requires or (), seen)


@pytest.mark.skipif(os.name == "nt", reason="needs a shell")
class TestTheContainer:
    @pytest.fixture
    def environment(self, tmp_path: Path) -> dict[str, str]:
        """As in the image, with stand-ins for what only root may do, which say that they ran."""
        programs = tmp_path / "bin"
        programs.mkdir()
        (programs / "faqbot").write_text(f'#!/bin/sh\nexec {shlex.join(COMMAND)} "$@"\n')
        (programs / "id").write_text("#!/bin/sh\necho ${AS:-0}\n")
        (programs / "chown").write_text('#!/bin/sh\necho "chown $*"\n')
        (programs / "setpriv").write_text(
            '#!/bin/sh\necho "setpriv $1"; export AS=10001; shift 3; exec "$@"\n'
        )
        for program in programs.iterdir():
            program.chmod(0o755)
        folder = tmp_path / "knowledge"
        (folder / "lost+found").mkdir(parents=True)
        return {
            "PATH": f"{programs}:{os.environ['PATH']}",
            "PORT": str(nginx.free_port()),
            "FAQBOT_KNOWLEDGE": str(folder),
            "FAQBOT_JOURNAL": "off",
            "PRACTICE_NAME": "Lake Side Spine",
            "PRACTICE_PHONE": "(646) 555-0142",
        }

    def test_serves_a_new_volume_at_the_port_that_a_platform_sets(
        self, environment: dict[str, str]
    ) -> None:
        command = ["sh", str(DEPLOY / "entrypoint.sh"), "serve"]
        with started(command, **environment) as server, closing(Client(server.port)) as client:
            assert str(server.port) == environment["PORT"]
            assert client.get("/api/practice")[1]["name"] == "Lake Side Spine"
            assert probe(environment) == 0
        with started(command, **{**environment, "PRACTICE_NAME": "Another"}) as server:
            assert "Lake Side Spine" in request_plainly(server.port, "/chat")
        assert probe(environment) != 0

    def test_gives_up_root_once_the_volume_is_faqbots(self, environment: dict[str, str]) -> None:
        command = ["sh", str(DEPLOY / "entrypoint.sh"), "check"]
        shown = subprocess.run(
            command, env={**os.environ, **environment}, capture_output=True, text=True
        ).stdout
        first, second = shown.splitlines()[:2]
        assert first == f"chown faqbot: {environment['FAQBOT_KNOWLEDGE']}"
        assert second == "setpriv --reuid=faqbot"


def probe(environment: dict[str, str]) -> int:
    """What the image's health check ends with."""
    text = (DEPLOY / "Dockerfile").read_text("utf-8")
    (line,) = re.findall(r'CMD \["python", "-c", "(.*)"\]', text)
    command = [sys.executable, "-c", line]
    return subprocess.run(
        command, env={**os.environ, **environment}, capture_output=True
    ).returncode


def request_plainly(port: int, path: str) -> str:
    with closing(Client(port)) as client:
        return str(client.get(path)[1])
