from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from faqbot import assets
from faqbot.app import create_app, widget
from faqbot.app.widget import minify_css, minify_js
from faqbot.assets import bundled
from faqbot.bot import Bot

DOCS = (Path(__file__).parents[2] / "docs" / "put-it-on-your-site.md").read_text("utf-8")
PRACTICE = {"name": "Ours", "phones": []}
SERVER = "https://chat.test/"


@pytest.mark.parametrize(
    ("code", "smaller"),
    [
        ("  // a reason\n  const a = 1;\n\n  let b = 2;", "const a=1;let b=2;"),
        ("/**\n * Why.\n */\nf();", "f();"),
        ('say("// no comment,  { } ");', 'say("// no comment,  { } ");'),
        ("say('a  =  b');", "say('a  =  b');"),
        ("say(`a  =  ${b}`);", "say(`a  =  ${b}`);"),
        ("x.match(/[/ ,]  = \\/ /g);", "x.match(/[/ ,]  = \\/ /g);"),
        ("a = b / 2 + c / 2;", "a=b/2+c/2;"),
        ("f('a,)', `b;}`, /,]/);", "f('a,)',`b;}`,/,]/);"),
        ("this.#say = 1;\nthis.#say;\nthis.#ask;", "this.#a=1;this.#a;this.#b;"),
        ('this.#say;\nfind("#suggestions");', 'this.#a;find("#suggestions");'),
    ],
)
def test_smaller_code_means_the_same(code: str, smaller: str) -> None:
    assert minify_js(code) == smaller


@pytest.mark.parametrize(
    ("css", "smaller"),
    [
        ("/* why */\na {\n  color: red;\n}\n", "a{color:red}"),
        ("a > b,\nc :focus {\n  margin: 0 0.5em;\n}", "a>b,c :focus{margin:0 0.5em}"),
        (
            "@media (a: b) and (c: d) { e { f: calc(1px + 10.5em) !important } }",
            "@media (a:b) and (c:d){e{f:calc(1px + 10.5em)!important}}",
        ),
        (
            "a {\n  --ink: var(--faq-ink, red);\n  color: var(--ink);\n  top: var(--view-top);\n}",
            "a{--a:var(--faq-ink,red);color:var(--a);top:var(--view-top)}",
        ),
    ],
)
def test_smaller_styles_mean_the_same(css: str, smaller: str) -> None:
    assert minify_css(css) == [smaller]


def test_the_same_practice_gives_the_same_bytes_and_another_does_not() -> None:
    ours, again = widget.script(PRACTICE, SERVER), widget.script(dict(PRACTICE), SERVER)
    other = widget.script({**PRACTICE, "name": "Theirs"}, SERVER)
    assert ours == again
    assert ours.etag != other.etag
    assert b"Theirs" in other.plain


def test_what_the_practice_says_cannot_end_the_script() -> None:
    name = '"};alert(1);//\u2028\\ </script>'
    plain = widget.script({"name": name}, SERVER).plain.decode()
    bundle, _ = json.JSONDecoder().raw_decode(plain[plain.index('{"css"') :])
    assert bundle["practice"]["name"] == name


def test_every_property_and_word_is_in_the_docs() -> None:
    css = (bundled("web") / "widget.css").read_text("utf-8")
    code = (bundled("web") / "widget.js").read_text("utf-8")
    properties = set(re.findall(r"--faq-[a-z-]+", css))
    assert properties == set(re.findall(r"--faq-[a-z-]+", DOCS))
    assert not [word for word in assets.ui_texts() if f"`{word}`" not in DOCS]
    for part in re.findall(r'part: "(\w+)"', code):
        assert f"::part({part})" in DOCS


def test_every_word_is_sent_once_and_both_scripts_name_properties_alike() -> None:
    scripts = [widget.script(PRACTICE, SERVER), widget.tools_script()]
    decode = json.JSONDecoder().raw_decode
    bundles = [decode(one.plain.decode(), one.plain.index(b'{"css"'))[0] for one in scripts]
    core, rest = [bundle["words"] for bundle in bundles]
    assert {**core, **rest} == assets.ui_texts()
    assert not core.keys() & rest.keys()
    defined, used = (re.findall(r"--(\w+)", bundle["css"]) for bundle in bundles)
    assert set(used) <= set(defined)


def test_what_is_loaded_on_opening_leaves_the_whole_within_its_weight() -> None:
    whole = len(widget.script(PRACTICE, SERVER).gzipped) + len(widget.tools_script().gzipped)
    assert whole <= 20 * 1024


def test_every_word_is_used() -> None:
    web = bundled("web")
    files = [web / "widget.js", web / "tools.js", *(web / "templates").rglob("*.html")]
    used = "".join(file.read_text("utf-8") for file in files)
    words = assets.ui_texts().keys() - {"es"}  # the words of one language, within it
    assert not [word for word in words if not re.search(rf"\b{word}\b", used)]


def test_the_types_have_what_the_box_has() -> None:
    types = (bundled("web") / "widget.d.ts").read_text("utf-8")
    code = (bundled("web") / "widget.js").read_text("utf-8")
    element = types.partition("interface FaqChat extends")[2].partition("\n}")[0]
    members = re.findall(r"^ {4}(?:get )?(\w+)\(.*\{$", code, re.MULTILINE)
    callbacks = {"connectedCallback", "disconnectedCallback", "if", "for"}
    assert set(re.findall(r"(\w+)(?:\(.*\))?: ", element)) - {"text"} == set(members) - callbacks
    events = {f"faq-{name}" for name in re.findall(r'#emit\("(\w+)"', code)}
    assert set(re.findall(r'"(faq-(?!chat)\w+)"', types)) == events
    for name in (*(set(members) - callbacks), *events):
        assert f"`{name}" in DOCS or f".{name}(" in DOCS, name
    attributes = types.partition("interface FaqChatAttributes")[2].partition("\n}")[0]
    for name in re.findall(r"^  (\w+)\?:", attributes, re.MULTILINE):
        assert f"| `{name}` |" in DOCS


def test_the_types_are_served(bot: Bot) -> None:
    response = create_app(bot).test_client().get("/widget.d.ts")
    assert response.text == (bundled("web") / "widget.d.ts").read_text("utf-8")
    assert response.mimetype == "text/plain"


def test_the_scripts_know_where_they_came_from_and_may_be_read_from_anywhere(bot: Bot) -> None:
    client = create_app(bot).test_client()
    for address, server in (("http://chat.test", "http://chat.test/"), ("https://a.test", None)):
        response = client.get("/widget.js", base_url=address)
        assert f'"server":"{server or address + "/"}"' in response.text
        assert response.headers["Access-Control-Allow-Origin"] == "*"
        version = re.search(r"widget-(\w+)\.js", client.get("/", base_url=address).text)
        assert version
        named = client.get(f"/{version[0]}", base_url=address)
        assert named.cache_control.immutable
        assert named.data == response.data
    host = 'x"},alert(1)//'
    plain = client.get("/widget.js", headers={"Host": host}).text
    bundle, _ = json.JSONDecoder().raw_decode(plain[plain.index('{"css"') :])
    assert bundle["practice"]["name"] == "Hill Street Spine"
