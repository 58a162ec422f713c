"""A private Caddy on loopback with the configuration that the docs offer, in front of one server.

Needs Debian's `caddy`. It makes its certificate itself, where outside it would ask for one.
"""

from __future__ import annotations

import os
import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.nginx import free_port
from tests.waiting import PATIENCE, wait_until

OFFERED = Path(__file__).parent.parent / "docs" / "deploy" / "Caddyfile"
COMMAND = shutil.which("caddy") or ""
HERE = """{{
	local_certs
	skip_install_trust
	default_bind 127.0.0.1
	default_sni chat.example.org
	http_port {http}
	https_port {https}
"""


@contextmanager
def in_front_of(server: int, folder: Path) -> Iterator[int]:
    """A Caddy that passes on to this port, until the block ends; its own port."""
    port = free_port()
    text = OFFERED.read_text("utf-8").replace("faqbot:8000", f"127.0.0.1:{server}")
    text = text.replace("{\n", HERE.format(http=free_port(), https=port), 1)
    (folder / "Caddyfile").write_text(text)
    homes = {name: str(folder) for name in ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME")}
    command = [COMMAND, "run", "--config", f"{folder}/Caddyfile", "--adapter", "caddyfile"]
    process = subprocess.Popen(
        command,
        env={**os.environ, **homes, "SITE": "chat.example.org"},
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_until(lambda: _has_certificate(port))
        yield port
    finally:
        process.terminate()
        process.wait(timeout=PATIENCE)


def _has_certificate(port: int) -> bool:
    """It listens before it has made one."""
    context = ssl._create_unverified_context()  # noqa: S323
    try:
        with socket.create_connection(("127.0.0.1", port), PATIENCE) as connection:
            context.wrap_socket(connection).close()
    except OSError:
        return False
    return True
