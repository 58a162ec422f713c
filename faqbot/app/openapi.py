"""The public API as a contract: an OpenAPI 3.1 document, made from the code that answers.

Paths and methods come from the app's routes, the shape of replies from their dataclasses, what is
limited from the limits; only what code cannot say is written here. The numbers and signs that a
request is held to are stated here once, and `app` holds it to them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, TypeAlias, get_args, get_origin, get_type_hints

from flask import Flask
from werkzeug.routing import Rule

from faqbot.bot import SUGGESTIONS, Bot
from faqbot.knowledge import Phone
from faqbot.reply import Caution, Part, Reply, Shown
from faqbot.service import QUESTION_LIMIT
from faqbot.serving.limits import ENDPOINTS as LIMITED

Schema: TypeAlias = dict[str, Any]

VERSION = "1.3.0"  # of the API: a field that goes or changes raises the first number
OPENAPI = "3.1.0"
BODY_LIMIT = 32_768  # bytes: two thousand characters of any script, and what was typed before
BEFORE_LIMIT = 3  # messages
CHOICES_LIMIT = 8
PATH_LIMIT = 2_000  # characters of a page's path
ID_LIMIT = 200  # characters; no entry has a longer id
CONTROL = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f"  # signs that no question holds
NAMES = {Phone: "Phone", Shown: "Entry"}  # of dataclasses' schemas
# What str.strip takes for white space.
WHITE = r"\u0009-\u000d\u001c-\u0020\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
KINDS = ("answer", "choices", "office", "emergency")

ABOUT = """\
Ask a medical practice's FAQ. Every reply is in the practice's own words, and every reply carries
its phone numbers; so do refusals, with the emergency number, wherever it is known whose they are.

Send JSON, as `application/json` or, to save a preflight request from another site, as
`text/plain`. A body may have {body} bytes. Keys that are not named here are ignored. Browsers of
other sites may read the replies where the practice names the site in its `practice.toml`."""

# Said of fields that their names leave open.
NOTES = {
    "Reply.kind": "answer; choices, “Did you mean…”; office, for the phone; emergency, call now",
    "Reply.message": "What to say besides the entries; may be empty",
    "Reply.entries": "The answers, or what to choose from, which has no answer yet",
    "Reply.related": "What people may also want to know",
    "Reply.emergency_numbers": "Whom to call now; only in an emergency",
    "Reply.urgency": "Of an emergency: call (now), emergency-room, or (be seen) today",
    "Reply.caution": "Above the reply, where the message may tell of danger, or nobody can say",
    "Reply.language": "Of an emergency's message, or of the caution",
    "Caution.numbers": "Whom to call if it is one",
    "Reply.parts": "The reply to each question, where there are two or three; `kind` and "
    "`entries` are those of the first that has an answer",
    "Reply.small_talk": "A hello or the like, not a question without an answer",
    "Shown.html": "The answer, safe to show; a link to `#id` leads to that entry",
    "Shown.text": "The answer without marks",
    "Shown.quotes": "Where the answer comes from: the practice's own page, word for word",
    "Shown.page": "The address of that page; may be empty",
    "Shown.score": "How sure it is that this is meant",
    "Phone.href": "A `tel:` or `sms:` link",
}


@dataclass(frozen=True, slots=True)
class Operation:
    """What the code of a route cannot say of it."""

    summary: str
    reply: str = ""  # the schema of what it replies; "" is nothing, with 204
    body: str = ""  # the schema of what it takes
    parameters: Mapping[str, Schema] = field(default_factory=dict)


def _question() -> Schema:
    """A text with something in it but white space, and without control characters."""
    sign = f"[^{_ecma(CONTROL)}]*"
    pattern = f"^{sign}[^{_ecma(CONTROL)}{WHITE}]{sign}$"
    return {"type": "string", "minLength": 1, "maxLength": QUESTION_LIMIT, "pattern": pattern}


def _ecma(signs: str) -> str:
    return re.sub(r"\\x(..)", r"\\u00\1", signs)


def _id() -> Schema:
    return {"type": "string", "maxLength": ID_LIMIT}


OPERATIONS = {
    ("faqbot.ask", "POST"): Operation("Ask a question", "Reply", "Question"),
    ("faqbot.entry", "GET"): Operation(
        "Show one entry, as when it is chosen", "Reply", parameters={"entry_id": _id()}
    ),
    ("faqbot.practice", "GET"): Operation("What there is to know before a question", "Practice"),
    ("faqbot.suggest", "GET"): Operation(
        "Questions that go on from what is typed so far",
        "Suggestions",
        parameters={"q": _question()},
    ),
    ("faqbot.suggest", "POST"): Operation(
        "The same, with what is typed in no log of addresses", "Suggestions", "Typed"
    ),
    ("faqbot.helpful", "POST"): Operation("Say whether an answer helped", body="Verdict"),
    ("faqbot.app.openapi", "GET"): Operation("This document", "Document"),
}


def document(app: Flask, bot: Bot, address: str = "") -> dict[str, Any]:
    """The document of the app's API, with examples from the bot's own practice.

    `address`: what stands before the paths where the app is not at the top of its host.
    """
    examples = _examples(bot)
    paths: dict[str, Schema] = {}
    for path, rule in _routes(app):
        paths.setdefault(path, {}).update(_operations(rule, examples))
    return {
        "openapi": OPENAPI,
        "info": {
            "title": "faqbot",
            "version": VERSION,
            "description": ABOUT.format(body=BODY_LIMIT),
        },
        **({"servers": [{"url": address}]} if address else {}),
        "paths": dict(sorted(paths.items())),
        "components": {"schemas": _schemas(), "responses": _refusals(examples)},
    }


# routes


def _routes(app: Flask) -> Iterator[tuple[str, Rule]]:
    """Those of the API, with their paths in OpenAPI's spelling."""
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("faqbot.")]
    top = next(rule.rule for rule in rules if rule.endpoint == "faqbot.demo")
    for rule in rules:
        path = f"/{rule.rule.removeprefix(top)}"
        if path.startswith("/api/"):
            yield re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", path), rule


def _operations(rule: Rule, examples: Mapping[str, Any]) -> Schema:
    methods = sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    return {
        method.lower(): _operation(rule.endpoint, OPERATIONS[rule.endpoint, method], examples)
        | {"operationId": f"{rule.endpoint.removeprefix('faqbot.')}_{method.lower()}"}
        for method in methods
    }


def _operation(endpoint: str, operation: Operation, examples: Mapping[str, Any]) -> Schema:
    described: Schema = {"summary": operation.summary}
    if operation.parameters:
        described["parameters"] = [
            _parameter(endpoint, name, schema, examples)
            for name, schema in operation.parameters.items()
        ]
    if operation.body:
        described["requestBody"] = {
            "required": True,
            "content": _json(operation.body, examples.get(operation.body)),
        }
    return described | {"responses": _responses(endpoint, operation, examples)}


def _parameter(endpoint: str, name: str, schema: Schema, examples: Mapping[str, Any]) -> Schema:
    place = "path" if endpoint == "faqbot.entry" else "query"
    return {
        "name": name,
        "in": place,
        "required": True,
        "schema": schema,
        "example": examples[name],
    }


def _responses(endpoint: str, operation: Operation, examples: Mapping[str, Any]) -> Schema:
    done = {"description": "Done"}
    if operation.reply:
        done["content"] = _json(operation.reply, examples.get(operation.reply))  # type: ignore[assignment]
    found: Schema = {"200" if operation.reply else "204": done}
    if operation.body or operation.parameters:
        found["400"] = _refusal("BadRequest")
    found["404"] = _refusal("NotFound")
    if operation.body:
        found["413"] = _refusal("TooLarge")
    if endpoint in LIMITED:
        found["429"] = _refusal("TooMany")
    return found | {"503": _refusal("Unavailable")}


def _refusal(name: str) -> Schema:
    return {"$ref": f"#/components/responses/{name}"}


def _json(name: str, example: object = None) -> Schema:
    content: Schema = {"schema": _ref(name)}
    if example is not None:
        content["example"] = example
    return {"application/json": content}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _refusals(examples: Mapping[str, Any]) -> Schema:
    """What is replied instead, by the name under which operations lead to it."""
    later = {
        "Retry-After": {
            "description": "Seconds after which to try again",
            "schema": {"type": "integer", "minimum": 1},
        }
    }
    phones = {"content": _json("Refusal", examples["Refusal"]), "headers": later}
    error = {"content": _json("Error")}
    return {
        "BadRequest": {
            "description": "The request is not as it must be; `error` says how",
            **error,
        },
        "NotFound": {"description": "There is no such entry, or no such practice", **error},
        "TooLarge": {"description": f"The body has more than {BODY_LIMIT} bytes", **error},
        "TooMany": {"description": "This address asks too much at a time", **phones},
        "Unavailable": {"description": "The practice cannot answer right now", **phones},
    }


# schemas


def _schemas() -> dict[str, Schema]:
    text = {"type": "string"}
    suggestion = _object(
        {"id": text, "question": text, "by_phone": {"type": "boolean"}}, ["by_phone"]
    )
    emergency = _object({"number": text, "href": text})
    phones = {"type": "array", "items": _ref("Phone")}
    return {
        "Question": _body(
            {
                "question": _question(),
                "after": _id() | {"type": ["string", "null"]},
                "before": {
                    "type": "array",
                    "maxItems": BEFORE_LIMIT,
                    "items": _question(),
                    "description": "What the visitor typed before, in which danger may have begun",
                },
                "page": {
                    "type": "string",
                    "maxLength": PATH_LIMIT,
                    "description": "The path of the page that the box is on: /balloon-kyphoplasty",
                },
                "choices": {
                    "type": "array",
                    "maxItems": CHOICES_LIMIT,
                    "items": _id(),
                    "description": "The choices shown last, which “the second one” picks from",
                },
                "not_emergency": {
                    "type": "boolean",
                    "description": "It is none, says the visitor: the usual reply, with a caution",
                },
            },
            ["question"],
        ),
        "Typed": _body({"q": _question()}, ["q"]),
        "Verdict": _body(
            {"id": _id(), "helpful": {"type": "boolean"}, "question": text}, ["id", "helpful"]
        ),
        "Reply": _reply(),
        "Entry": _of_fields(Shown) | {"title": "An entry as a reply shows it"},
        "Link": _object({"id": text, "question": text}),
        "Phone": _of_fields(Phone, href=text),
        "Caution": _of_fields(Caution),
        "Part": _of_fields(Part, entries={"type": "array", "items": _ref("Entry")}),
        "Emergency": emergency,
        "Practice": _practice(),
        "Suggestions": _object(
            {"suggestions": {"type": "array", "items": suggestion, "maxItems": SUGGESTIONS}}
        ),
        "Error": _object(
            {"error": text, "phones": phones, "emergency": _ref("Emergency")},
            ["phones", "emergency"],
        ),
        "Refusal": _object(
            {"error": text, "phones": phones, "emergency": _ref("Emergency")}, ["emergency"]
        ),
        "Document": {"type": "object", "title": "An OpenAPI document"},
    }


def _reply() -> Schema:
    schema = _of_fields(
        Reply,
        kind={"type": "string", "enum": list(KINDS)},
        language={"type": "string"},
        caution=_ref("Caution"),
        parts={"type": "array", "items": _ref("Part")},
        related={"type": "array", "items": _ref("Link")},
    )
    rarely = ("parts", "emergency_numbers", "urgency", "caution", "language", "small_talk")
    schema["required"] = [name for name in schema["required"] if name not in rarely]
    return schema


def _practice() -> Schema:
    text = {"type": "string"}
    moment = {"type": "string", "format": "date-time"}
    hours = _object({"open": {"type": "boolean"}, "until": moment, "zone": text})
    schedule = _object({"label": text, "url": text})
    return _object(
        {
            "name": text,
            "greeting": text,
            "phones": {"type": "array", "items": _ref("Phone")},
            "emergency": _ref("Emergency"),
            "starters": {"type": "array", "items": _ref("Link")},
            "schedule": {"anyOf": [schedule, {"type": "null"}]},
            "hours": {"anyOf": [hours, {"type": "null"}]},
        }
    )


def _object(properties: Mapping[str, Schema], optional: Sequence[str] = ()) -> Schema:
    """What is replied: these keys and no other."""
    required = [name for name in properties if name not in optional]
    return {
        "type": "object",
        "properties": dict(properties),
        "required": required,
        "additionalProperties": False,
    }


def _body(properties: Mapping[str, Schema], required: list[str]) -> Schema:
    """What is taken: other keys do no harm."""
    return {"type": "object", "properties": dict(properties), "required": required}


def _of_fields(kind: type, /, **others: Schema) -> Schema:
    """The schema of a dataclass as JSON, from the types of its fields.

    `others`: fields whose type says too little, and what is sent besides. Fields that are not
    compared are for the program's own use.
    """
    hints = get_type_hints(kind)
    sent = [f.name for f in fields(kind) if f.compare]
    properties = {name: others.get(name) or _of_type(hints[name]) for name in sent} | others
    for name, schema in properties.items():
        if note := NOTES.get(f"{kind.__name__}.{name}"):
            properties[name] = schema | {"description": note}
    return _object(properties)


def _of_type(kind: Any) -> Schema:
    plain = {str: "string", bool: "boolean", int: "integer", float: "number"}
    if kind in plain:
        return {"type": plain[kind]}
    if get_origin(kind) is tuple:
        return {"type": "array", "items": _of_type(get_args(kind)[0])}
    return _ref(NAMES[kind])


# examples


def _examples(bot: Bot) -> dict[str, Any]:
    """By the name of the schema or the parameter; all are true of this practice."""
    entries = bot.knowledge.entries
    entry = next((e for e in entries if bot.entry(e.id)), entries[0])
    link = {"id": entry.id, "question": entry.question}
    practice = bot.knowledge.practice
    return {
        "Question": {"question": entry.question},
        "Typed": {"q": entry.question},
        "Verdict": {"id": entry.id, "helpful": True, "question": entry.question},
        "Reply": bot.ask(entry.question).to_dict(),
        "Suggestions": {"suggestions": [link]},
        "Refusal": {
            "error": "Many people are asking at once. Please try again in a minute, or call us.",
            **practice.contacts(),
        },
        "entry_id": entry.id,
        "q": entry.question,
    }
