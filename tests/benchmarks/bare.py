"""A bare Flask route that returns the same JSON as faqbot, on the same server: what is dear?"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from flask import Flask, Response, jsonify, request

from faqbot.serving import server


def bare_app(replies: list[dict[str, Any]]) -> Flask:
    """The route reads the request as faqbot does, and returns the reply of the number in it."""
    app = Flask("bare", static_folder=None, template_folder=None)
    app.json.ensure_ascii = False  # type: ignore[attr-defined]

    @app.post("/api/ask")
    def ask() -> Response:
        return jsonify(replies[json.loads(request.stream.read(4097))["reply"]])

    return app


def main() -> None:
    """Serve the replies of a file, a JSON list."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("replies", type=Path)
    options = parser.parse_args()
    server.serve(bare_app(json.loads(options.replies.read_text("utf-8"))), port=0)


if __name__ == "__main__":
    main()
