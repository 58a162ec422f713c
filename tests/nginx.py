"""A private nginx on loopback with the configuration that the docs offer, in front of instances.

Needs Debian's `nginx`. Nothing of the system's nginx is read or touched.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import zip_longest
from pathlib import Path

from tests.waiting import PATIENCE, wait_until

OFFERED = Path(__file__).parent.parent / "docs" / "deploy" / "nginx.conf"
COMMAND = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin") or ""
FRAME = """
daemon off; pid {folder}/pid; error_log {folder}/errors warn; {user}
events {{ worker_connections 512; }}
http {{ {paths} include {folder}/faqbot.conf; }}
"""
TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
PORTS = (8000, 8001, 8002)  # of the instances in what is offered; the first has the staff desk


@contextmanager
def in_front_of(servers: Sequence[int], folder: Path, tls: bool = False) -> Iterator[int]:
    """An nginx that passes on to at most three ports, until the block ends; its own port.

    `tls`: with a certificate of its own, as the file is; else the same without.
    """
    port = free_port()
    if tls:
        _make_certificate(folder)
    text = _on_loopback(OFFERED.read_text("utf-8"), port, servers, folder)
    (folder / "faqbot.conf").write_text(text if tls else _without_tls(text))
    (folder / "nginx.conf").write_text(_frame(folder))
    process = subprocess.Popen(_command(folder))
    try:
        wait_until(lambda: _listens(port))
        yield port
    finally:
        process.terminate()
        process.wait(timeout=PATIENCE)


def _on_loopback(text: str, port: int, servers: Sequence[int], folder: Path) -> str:
    """What is offered, with other addresses and paths."""
    text = re.sub(r"^ *listen \[::\].*\n", "", text, flags=re.MULTILINE)
    text = text.replace("listen 80;", f"listen 127.0.0.1:{free_port()};")
    text = text.replace("listen 443 ", f"listen 127.0.0.1:{port} ")
    assert len(servers) <= len(PORTS)
    for offered, server in zip_longest(PORTS, servers):
        line = rf"^( *server 127\.0\.0\.1:){offered}\b(.*\n)"
        text = re.sub(line, rf"\g<1>{server}\2" if server else "", text, flags=re.MULTILINE)
    text = text.replace("/var/log/nginx", str(folder))
    return text.replace("/etc/letsencrypt/live/chat.example.org", str(folder))


def _without_tls(text: str) -> str:
    return re.sub(r"^ *ssl_.*\n", "", text, flags=re.MULTILINE).replace(" ssl http2;", ";")


def _frame(folder: Path) -> str:
    paths = " ".join(f"{name}_temp_path {folder}/{name};" for name in TEMPORARY)
    return FRAME.format(folder=folder, paths=paths, user="user root;" * (os.geteuid() == 0))


def _command(folder: Path) -> list[str]:
    return [COMMAND, "-p", str(folder), "-e", f"{folder}/errors", "-c", f"{folder}/nginx.conf"]


def _make_certificate(folder: Path) -> None:
    files = ["-keyout", f"{folder}/privkey.pem", "-out", f"{folder}/fullchain.pem"]
    subject = ["-subj", "/CN=chat.example.org", "-days", "2"]
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    subprocess.run([*command, "-nodes", *files, *subject], check=True, capture_output=True)


def free_port() -> int:
    """A port where nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=PATIENCE).close()
    except OSError:
        return False
    return True
