"""How the service is, for those who run it."""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint, Response, g, jsonify

from faqbot.serving.metrics import is_local


def add(room: Blueprint) -> None:
    """Add its routes."""

    @room.get("/readyz")
    def readyz() -> tuple[Response, int]:
        """For a balancer: whether to send visitors here."""
        answers = bool(g.bot.ask(g.bot.knowledge.entries[0].question).phones)
        journal = g.service.journal
        checks = {"answers": answers, "journal": journal is None or journal.working()}
        ready = all(checks.values())
        return jsonify(
            {"status": "ready" if ready else "not ready", **checks}
        ), 200 if ready else 503

    @room.get("/healthz")
    def healthz() -> Response:
        status = g.service.live.status()
        return jsonify(
            {
                "status": "degraded" if status.problems else "ok",
                "entries": status.entries,
                "knowledge": status.digest,
                "loaded": status.loaded.isoformat(timespec="seconds"),
                "problems": [
                    # Texts that are not published, and paths, are for this machine alone.
                    str(problem) if is_local() else f"{Path(problem.file).name}:{problem.line}"
                    for problem in status.problems
                ],
                "paused": g.service.paused is not None,
            }
        )
