"""The API is what its document says, whatever is sent to it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from schemathesis.config import SchemathesisConfig

from faqbot.app import blueprint, create_app
from faqbot.assets import bundled
from faqbot.bot import MAX_SUGGESTIONS, Bot
from faqbot.practices import Practices
from faqbot.reply import Caution, PartialReply, Reply, Shown
from tests.servers import serving
from tests.waiting import PATIENCE

HERE = Path(__file__).parent.parent
ADDRESS = "/api/openapi.json"
CONTRACT = bundled("web") / "openapi.json"
CONFIG = HERE / "schemathesis.toml"
SCHEMAS = "#/components/schemas"
Document = dict[str, Any]


@pytest.fixture(scope="module")
def schema(app: Flask) -> schemathesis.BaseSchema:
    config = SchemathesisConfig.from_path(CONFIG)
    return schemathesis.openapi.from_wsgi(ADDRESS, app, config=config)


@pytest.fixture(scope="module")
def app(bot: Bot) -> Flask:
    return create_app(bot)


@pytest.fixture(scope="module")
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture(scope="module")
def document(client: FlaskClient) -> Document:
    return client.get(ADDRESS).get_json()


def fits(document: Document, name: str, value: object) -> bool:
    schema = {"$ref": f"{SCHEMAS}/{name}", "components": document["components"]}
    return Draft202012Validator(schema).is_valid(value)


def operations(document: Document) -> Iterator[tuple[str, str, Document]]:
    for path, item in document["paths"].items():
        for method, operation in item.items():
            yield path, method.upper(), operation


class TestTheDocument:
    def test_is_openapi(self, schema: schemathesis.BaseSchema) -> None:
        schema.validate()

    def test_describes_every_route_of_the_api_and_no_other(
        self, app: Flask, document: Document
    ) -> None:
        described = {(path, method) for path, method, _ in operations(document)}
        routes = {
            (rule.rule.replace("<", "{").replace(">", "}"), method)
            for rule in app.url_map.iter_rules()
            for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
            if rule.rule.startswith("/api/")
        }
        assert described == routes == set(OPERATIONS)

    def test_is_the_contract_that_others_rely_on(self, document: Document) -> None:
        contract = json.loads(CONTRACT.read_text("utf-8"))
        assert without_examples(contract) == without_examples(document)

    @pytest.mark.parametrize(
        ("kind", "name"),
        [(Reply, "Reply"), (Shown, "Entry"), (PartialReply, "Part"), (Caution, "Caution")],
    )
    def test_describes_every_field_of_a_reply(
        self, document: Document, kind: type, name: str
    ) -> None:
        sent = {field.name for field in fields(kind) if field.compare}
        assert sent == set(document["components"]["schemas"][name]["properties"])

    def test_says_how_many_suggestions_there_are(self, document: Document) -> None:
        suggestions = document["components"]["schemas"]["Suggestions"]["properties"]["suggestions"]
        assert suggestions["maxItems"] == MAX_SUGGESTIONS

    def test_says_how_long_a_body_may_be(self, client: FlaskClient, document: Document) -> None:
        refusal = document["components"]["responses"]["TooLarge"]["description"]
        limit = int(re.findall(r"\d+", refusal)[0])
        assert str(limit) in document["info"]["description"]
        for size, status in ((limit, 200), (limit + 1, 413)):
            body = json.dumps({"question": "hi"}).ljust(size)
            assert client.post("/api/ask", data=body).status_code == status

    @pytest.mark.parametrize("prefix", ["", "/questions", "/a/b"])
    def test_says_where_it_is_mounted(self, bot: Bot, prefix: str) -> None:
        app = Flask(__name__)
        app.register_blueprint(blueprint(bot), url_prefix=prefix)
        document = app.test_client().get(f"{prefix}{ADDRESS}").get_json()
        assert document.get("servers", [{"url": ""}]) == [{"url": prefix}]
        assert "/api/ask" in document["paths"]

    def test_says_so_for_one_practice_of_many(self, practice: Path) -> None:
        practices = Practices(practice.parent, patience=PATIENCE)
        app = create_app(practices)
        document = app.test_client().get(f"/p/practice{ADDRESS}").get_json()
        practices.close()
        assert document["servers"] == [{"url": "/p/practice"}]

    def test_names_the_refusals_of_what_is_limited(
        self, bot: Bot, document: Document, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("FAQBOT_RATE_LIMIT", "1 per minute")
        client = create_app(bot).test_client()
        for number, (path, method, operation) in enumerate(operations(document)):
            visitor = {"REMOTE_ADDR": f"192.0.2.{number}"}
            first, second = (
                client.open(path, method=method, environ_base=visitor) for _ in range(2)
            )
            assert first.status_code != 429
            assert (second.status_code == 429) == ("429" in operation["responses"]), path


OPERATIONS = [
    ("/api/ask", "POST"),
    ("/api/entries/{entry_id}", "GET"),
    ("/api/helpful", "POST"),
    ("/api/openapi.json", "GET"),
    ("/api/practice", "GET"),
    ("/api/suggest", "GET"),
    ("/api/suggest", "POST"),
]
NOTHING_TO_GET_WRONG = ("/api/openapi.json", "/api/practice")
TRIED = [
    (path, method, mode)
    for path, method in OPERATIONS
    for mode in schemathesis.GenerationMode
    if mode is schemathesis.GenerationMode.POSITIVE or path not in NOTHING_TO_GET_WRONG
]


def without_examples(document: Any) -> Any:
    """What does not depend on the practice."""
    if isinstance(document, dict):
        return {k: without_examples(v) for k, v in document.items() if k != "example"}
    return [without_examples(v) for v in document] if isinstance(document, list) else document


class TestAReply:
    @pytest.mark.parametrize(
        ("question", "kind"),
        [
            ("how long does it take", "answer"),
            ("how long does it take and how big are the cuts?", "answer"),
            ("do you take my insurance", "office"),
            ("hello", "office"),
            ("i cant feel my legs", "emergency"),
            ("no siento las piernas", "emergency"),
        ],
    )
    def test_is_as_described(
        self, client: FlaskClient, document: Document, question: str, kind: str
    ) -> None:
        reply = client.post("/api/ask", json={"question": question}).get_json()
        assert reply["kind"] == kind
        assert fits(document, "Reply", reply)

    def test_with_a_key_too_many_or_too_few_is_not(
        self, client: FlaskClient, document: Document
    ) -> None:
        reply = client.post("/api/ask", json={"question": "hello"}).get_json()
        assert not fits(document, "Reply", reply | {"why": "because"})
        assert not fits(document, "Reply", reply | {"kind": "guess"})
        del reply["phones"]
        assert not fits(document, "Reply", reply)

    def test_where_an_answer_did_not_help_is_as_described(
        self, client: FlaskClient, document: Document
    ) -> None:
        body = {"id": "duration", "helpful": False}
        assert fits(document, "Reply", client.post("/api/helpful", json=body).get_json())

    def test_of_the_practice_is_as_described(self, client: FlaskClient, document: Document) -> None:
        assert fits(document, "Practice", client.get("/api/practice").get_json())

    def test_that_refuses_is_as_described(
        self, practice: Path, document: Document, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("FAQBOT_RATE_LIMIT", "2 per minute")
        practices = Practices(practice.parent, patience=PATIENCE)
        app = create_app(practices)
        client = app.test_client()
        for _ in range(3):
            response = client.post("/p/practice/api/ask", json={"question": "hello"})
        assert response.status_code == 429
        assert fits(document, "Refusal", response.get_json())
        practices.close()

    def test_of_a_practice_that_is_not_available_is_too(
        self, practice: Path, document: Document
    ) -> None:
        (practice / "procedure.md").unlink()
        practices = Practices(practice.parent, patience=PATIENCE)
        app = create_app(practices)
        response = app.test_client().get("/p/practice/api/practice")
        practices.close()
        assert response.status_code == 503
        assert fits(document, "Refusal", response.get_json())


class TestAnExample:
    def test_is_as_described(self, document: Document) -> None:
        for _, _, operation in operations(document):
            contents = [response.get("content", {}) for response in operation["responses"].values()]
            contents.append(operation.get("requestBody", {}).get("content", {}))
            for content in contents:
                for body in content.values():
                    name = body["schema"]["$ref"].rpartition("/")[2]
                    assert "example" not in body or fits(document, name, body["example"])

    def test_of_a_request_gets_the_example_of_a_reply(
        self, client: FlaskClient, document: Document
    ) -> None:
        ask = document["paths"]["/api/ask"]["post"]
        asked = ask["requestBody"]["content"]["application/json"]["example"]
        replied = ask["responses"]["200"]["content"]["application/json"]["example"]
        assert client.post("/api/ask", json=asked).get_json() == replied

    def test_stands_with_everything_that_must_be_sent(self, document: Document) -> None:
        for path, method, operation in operations(document):
            sent = operation.get("parameters", [])
            sent += operation.get("requestBody", {}).get("content", {}).values()
            assert all("example" in one for one in sent), (path, method)


@settings(
    max_examples=3 * settings.default.max_examples,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    st.text(st.characters(codec="utf-8", categories=None), max_size=8)
    | st.text(st.sampled_from("a \t\n\x85\xa0\u3000\u2028\x1f\x00\x7f\ufeff🙂"), max_size=4)
    | st.integers(1998, 2002).map(lambda size: "a" * size)
)
@example("\ufeff")
@example("")
@example("🙂" * 2000)
@example("🙂" * 2001)
def test_a_question_is_taken_where_it_is_as_described_and_only_there(
    client: FlaskClient, document: Document, question: str
) -> None:
    body = {"question": question}
    response = client.post("/api/ask", data=json.dumps(body, ensure_ascii=False))
    assert (response.status_code == 200) == fits(document, "Question", body), response.get_json()


def test_white_space_alone_is_none(client: FlaskClient, document: Document) -> None:
    for blank in filter(str.isspace, map(chr, range(sys.maxunicode + 1))):
        assert not fits(document, "Question", {"question": blank})
        assert client.post("/api/ask", json={"question": blank}).status_code == 400


@pytest.mark.parametrize(
    "body",
    [
        {"question": "hi", "after": None},
        {"question": "hi", "after": "duration"},
        {"question": "hi", "after": "x" * 200},
        {"question": "hi", "after": "x" * 201},
        {"question": "hi", "after": 5},
        {"question": "hi", "before": ["a", "b", "c"]},
        {"question": "hi", "before": ["a", "b", "c", "d"]},
        {"question": "hi", "before": [" "]},
        {"question": "hi", "choices": ["x" * 200] * 8},
        {"question": "hi", "choices": ["x"] * 9},
        {"question": "hi", "choices": ["x" * 201]},
        {"question": "hi", "page": "/" * 2000},
        {"question": "hi", "page": "/" * 2001},
        {"question": "hi", "not_emergency": True},
        {"question": "hi", "not_emergency": None},
        {"question": "hi", "more": {"keys": []}},
        {"question": ["hi"]},
        {"after": "duration"},
    ],
)
def test_so_is_the_rest_of_what_is_asked(
    client: FlaskClient, document: Document, body: dict[str, object]
) -> None:
    response = client.post("/api/ask", json=body)
    assert (response.status_code == 200) == fits(document, "Question", body)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"id": "duration", "helpful": True}, 204),
        ({"id": "duration", "helpful": False, "question": "how long"}, 200),
        ({"id": "nothing", "helpful": True}, 404),
        ({"id": "x" * 201, "helpful": True}, 400),
        ({"id": "duration", "helpful": "yes"}, 400),
        ({"id": "duration", "helpful": True, "question": None}, 400),
        ({"helpful": True}, 400),
    ],
)
def test_so_is_a_verdict(
    client: FlaskClient, document: Document, body: dict[str, object], status: int
) -> None:
    assert client.post("/api/helpful", json=body).status_code == status
    assert fits(document, "Verdict", body) == (status != 400)


@pytest.mark.parametrize(("path", "method", "mode"), TRIED)
def test_schemathesis_finds_no_fault(
    schema: schemathesis.BaseSchema, path: str, method: str, mode: schemathesis.GenerationMode
) -> None:
    """With what fits the document ("positive") and with what does not."""

    @settings(max_examples=30, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(case=schema[path][method].as_strategy(generation_mode=mode))
    def send(case: schemathesis.Case) -> None:
        case.call_and_validate()

    send()


@pytest.mark.long
def test_schemathesis_finds_none_in_a_real_server(practice: Path, tmp_path: Path) -> None:
    """As long as you like, against a server with FAQBOT_RATE_LIMIT=off:

    schemathesis --config-file tests/schemathesis.toml run ADDRESS/api/openapi.json --max-time 600
    """
    with serving("--knowledge", str(practice), FAQBOT_RATE_LIMIT="off") as server:
        address = f"http://127.0.0.1:{server.port}{ADDRESS}"
        options = f"--config-file {CONFIG} run {address} --checks all --max-examples 5 --seed 1"
        command = [sys.executable, "-m", "schemathesis.cli", *options.split()]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stdout[-4000:]
