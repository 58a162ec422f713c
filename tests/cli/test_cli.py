"""The `faqbot` command: what it prints, how it ends, and how its messages tell to go on."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from faqbot import knowledge
from faqbot.cli import main
from faqbot.editing.workspace import Workspace
from faqbot.staff.password import set_password

ROOT = Path(__file__).parent.parent.parent
PRACTICE = ROOT / "tests" / "practice"
START = [sys.executable, "-c", "from faqbot.cli import main; main()"]
PHONES = "Front desk (646) 555-0142 · Nurse line (212) 555-0188"


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder in which the command is called."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def run(*arguments: str | Path, typed: str | bytes = "") -> Result:
    """Call the command as from a terminal."""
    return CliRunner().invoke(main, [str(argument) for argument in arguments], input=typed)


def run_here(*arguments: str | Path, typed: str | bytes = "") -> Result:
    """The same, with the small practice."""
    command, *rest = arguments
    return run(command, "--knowledge", PRACTICE, *rest, typed=typed)


def environment() -> dict[str, str]:
    paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    return os.environ | {"PYTHONPATH": os.pathsep.join(paths)}


def lines_of(result: Result) -> list[dict[str, object]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


# which knowledge


@pytest.mark.parametrize(
    "command",
    [["ask", "hello"], ["explain", "hello"], ["check"], ["serve"], ["ask", "--json"]],
    ids=" ".join,
)
def test_without_a_folder_it_says_what_to_do_and_never_takes_the_sample(
    command: list[str],
) -> None:
    result = run(*command)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert "There is no folder “knowledge” here" in result.stderr
    for way_on in ("faqbot new knowledge", "--knowledge FOLDER", "FAQBOT_KNOWLEDGE", "--demo"):
        assert way_on in result.stderr
    assert "916-3962" not in result.output


def test_it_takes_the_folder_that_is_here(elsewhere: Path) -> None:
    (elsewhere / "knowledge").symlink_to(PRACTICE)
    assert PHONES in run("ask", "hello there").stdout


def test_it_takes_the_folder_that_the_variable_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAQBOT_KNOWLEDGE", str(PRACTICE))
    assert PHONES in run("ask", "hello there").stdout
    assert "no problems" in run("check").stdout


def test_the_option_goes_before_the_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAQBOT_KNOWLEDGE", "nowhere")
    assert PHONES in run_here("ask", "hello there").stdout


def test_a_folder_that_is_not_there_is_told() -> None:
    result = run("ask", "--knowledge", "nowhere", "hello")
    assert result.exit_code == 1
    assert "nowhere" in result.stderr
    assert "There is no such folder" in result.stderr or "not" in result.stderr


def test_every_problem_of_a_folder_is_told(practice: Path) -> None:
    (practice / "practice.toml").write_text("name = Hill Street\n")
    (practice / "small-talk.md").write_text("## Hello {#hello}\n")
    result = run("ask", "--knowledge", practice, "hello")
    assert result.exit_code == 1
    assert "The knowledge folder cannot be used" in result.stderr
    assert "practice.toml:1: " in result.stderr
    assert "small-talk.md:1: " in result.stderr


def test_a_misspelt_variable_ends_it_with_the_nearest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAQBOT_KNOWLEGE", str(PRACTICE))
    result = run("ask", "hello")
    assert result.exit_code == 1
    assert "FAQBOT_KNOWLEGE. Did you mean FAQBOT_KNOWLEDGE?" in result.stderr


# help


def test_help_lists_every_command() -> None:
    for flag in ("-h", "--help"):
        result = run(flag)
        assert result.exit_code == 0
        for command in ("serve", "ask", "check", "explain", "evaluate", "new"):
            assert re.search(rf"^  {command}  +[A-Z]", result.stdout, re.MULTILINE)


@pytest.mark.parametrize("command", ["serve", "ask", "check", "explain", "evaluate"])
def test_every_command_that_needs_knowledge_takes_it(command: str) -> None:
    assert "--knowledge" in run(command, "--help").stdout


def test_an_unknown_command_is_refused() -> None:
    result = run("answer")
    assert result.exit_code == 2
    assert "No such command 'answer'" in result.stderr


# ask


def test_ask_prints_the_answer_its_quote_what_it_leads_to_and_the_phones() -> None:
    result = run_here("ask", "how", "long", "does", "it", "take")
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "About one hour for each fracture level treated. See also staying overnight.",
        "  From our page: “The procedure takes about one hour per fracture level treated”",
        "See also: Do I have to stay in the hospital overnight?",
        PHONES,
    ]


def test_ask_prints_whom_to_call_in_an_emergency_first() -> None:
    last = run_here("ask", "i cant feel my legs").stdout.splitlines()[-1]
    assert last == f"Emergency 911 · {PHONES}"


def test_ask_prints_a_message_where_there_is_no_answer() -> None:
    assert run_here("ask", "hi").stdout.splitlines() == [
        "Hello! What would you like to know?",
        PHONES,
    ]


def test_ask_converses_until_an_empty_line() -> None:
    result = run_here("ask", typed="hi\nhow long does it take\n\nprice\n")
    assert result.exit_code == 0
    assert "Hill Street Spine. Hello! Ask me about your procedure." in result.stdout
    assert result.stdout.index("What would you like") < result.stdout.index("About one hour")
    assert result.stdout.count(PHONES) == 2


def test_ask_ends_quietly_where_the_input_ends() -> None:
    result = run_here("ask", typed="hi\n")
    assert "What would you like" in result.stdout
    assert "Traceback" not in result.output


# lines of JSON


def test_ask_writes_a_reply_a_line_empty_lines_included() -> None:
    replies = lines_of(run_here("ask", "--json", typed="how long does it take\n\nprice\n   \n"))
    assert [reply["kind"] for reply in replies] == ["answer", "office", "office", "office"]
    for reply in replies:
        assert set(reply) == {"kind", "entries", "message", "related", "phones"}


def test_ask_needs_no_line_end_at_the_end() -> None:
    assert len(lines_of(run_here("ask", "--json", typed="price\nhi"))) == 2
    assert lines_of(run_here("ask", "--json", typed="")) == []


def test_ask_takes_line_ends_of_windows() -> None:
    unix = run_here("explain", "--json", typed="price\nhi\n").stdout
    assert run_here("explain", "--json", typed="price\r\nhi\r\n").stdout == unix


def test_ask_takes_one_question_as_json_too() -> None:
    (reply,) = lines_of(run_here("ask", "--json", "i", "cant", "feel", "my", "legs"))
    assert reply["kind"] == "emergency"
    assert reply["emergency_numbers"] == [
        {"label": "Emergency", "number": "911", "href": "tel:911"}
    ]


ODD = b"how long does it take\n\xff\xfe\xf0\n\n\xe6\x89\x8b\xe8\xa1\x93\n\x00\x07\nprice \x85 it\n"


def test_what_is_not_utf8_gets_a_reply_like_any() -> None:
    replies = lines_of(run_here("ask", "--json", typed=ODD))
    assert len(replies) == 6
    assert replies[0]["kind"] == "answer"


def test_a_real_process_keeps_to_the_lines() -> None:
    """Also where the terminal's encoding is not UTF-8."""
    process = subprocess.run(
        [*START, "explain", "--json", "--knowledge", str(PRACTICE)],
        input=ODD,
        env=environment() | {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"},
        capture_output=True,
    )
    assert process.returncode == 0, process.stderr.decode()
    rows = [json.loads(line) for line in process.stdout.splitlines()]
    assert [row["question"] for row in rows][::3] == ["how long does it take", "手術"]
    assert len(rows) == 6


# explain


def test_explain_tells_the_words_that_met_and_why() -> None:
    result = run_here("explain", "how long is the surgry going to take")
    assert result.exit_code == 0
    first, read_as, *rest = result.stdout.splitlines()
    assert re.match(r"Reply: (answer|choices), because .+\.$", first)
    assert read_as.startswith("Read as: how long is the surgery")
    text = "\n".join(rest)
    assert "duration: How long does the procedure take?" in text
    assert re.search(r"nearest phrasing: “.+”", text)
    assert "words in common: how, long" in text


@pytest.mark.parametrize("question", ["qwxz", "?!"])
def test_explain_says_that_nothing_is_alike(question: str) -> None:
    result = run_here("explain", question)
    assert result.exit_code == 0
    assert "No entry is similar." in result.stdout


def test_explain_tells_an_emergency() -> None:
    assert run_here("explain", "i cant feel my legs").stdout.startswith("Reply: emergency, ")


def test_explain_needs_a_question() -> None:
    result = run_here("explain")
    assert result.exit_code == 2
    assert "--json" in result.stderr


def test_explain_writes_the_matches_a_line_best_first() -> None:
    typed = "how long is the stay in the hospital\n\ni cant feel my legs\nasdf\n"
    rows = lines_of(run_here("explain", "--json", typed=typed))
    assert [row["question"] for row in rows] == typed.split("\n")[:-1]
    for row in rows:
        assert set(row) == {"question", "matches"}
        keys = {"id", "score", "probability", "phrasing"}
        assert all(set(match) == keys for match in row["matches"])
        sure = [match["probability"] for match in row["matches"]]
        assert sure == sorted(sure, reverse=True)
        assert len(sure) <= 5
    assert rows[0]["matches"][0]["id"] in ("duration", "overnight-stay")
    assert rows[1]["matches"] == []


# check


def test_check_finds_nothing_wrong_with_a_sound_folder() -> None:
    for arguments in (["check", PRACTICE], ["check", "--knowledge", PRACTICE]):
        result = run(*arguments)
        assert result.exit_code == 0, result.output
        assert re.search(r": no problems\. 10 entries, \d+ ways to ask\.$", result.stdout.strip())


def test_check_tells_every_problem_with_its_place_and_ends_with_1(practice: Path) -> None:
    text = (practice / "procedure.md").read_text("utf-8")
    text = text.replace("(#overnight-stay)", "(#over-night)").replace("two small inc", "ten inc")
    (practice / "procedure.md").write_text(text, "utf-8")
    result = run("check", practice)
    assert result.exit_code == 1
    assert len(result.stdout.splitlines()) >= 2
    for line in result.stdout.splitlines():
        assert re.match(r"procedure\.md:\d+: .+\. .+", line)
    assert re.search(r"^\d+ problems found\.$", result.stderr, re.MULTILINE)


def test_check_tells_of_a_journal_that_counts_as_off(practice: Path) -> None:
    file = practice / "practice.toml"
    file.write_text('journal = "on"\n' + file.read_text("utf-8"), "utf-8")
    result = run("check", practice)
    assert result.exit_code == 1
    assert re.match(r"practice\.toml:1: “on” is not .+ Write \"off\"", result.stdout)


def test_check_tells_what_no_entry_quotes(practice: Path) -> None:
    source = practice / "sources" / "procedure.txt"
    text = source.read_text("utf-8").replace(
        "It may require", "Bring a list of all your medicines with you. It may require"
    )
    source.write_text(text, "utf-8")
    result = run("check", practice)
    assert result.exit_code == 0
    assert "To do: sources/procedure.txt:" in result.stdout
    assert "Bring a list of all your medicines" in result.stdout


def test_check_tells_phrasings_that_cannot_be_told_apart(practice: Path) -> None:
    path = practice / "call-the-office.md"
    text = path.read_text("utf-8").replace("- price\n", "- price\n- the size of scars\n")
    path.write_text(text.replace("the size of scars", "size of the scars"), "utf-8")
    result = run("check", practice)
    assert result.exit_code == 1
    assert "asks the same as" in result.stdout


def test_check_of_no_folder_is_told() -> None:
    result = run("check", "nowhere")
    assert result.exit_code == 1
    assert "nowhere" in result.stdout


# evaluate


@pytest.fixture
def asked(tmp_path: Path) -> Path:
    rows = [
        {"question": "how long does it take", "accept": ["duration"], "style": "terse"},
        {"question": "how many hours is the surgery", "accept": ["cost"]},
        {"question": "i cant feel my legs", "accept": ["emergency"]},
    ]
    path = tmp_path / "questions.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)) + "\n\n", "utf-8")
    return path


def test_evaluate_prints_a_table_by_style(asked: Path) -> None:
    result = run_here("evaluate", asked)
    assert result.exit_code == 0
    rows = [re.split(r"  +", line) for line in result.stdout.splitlines()]
    assert rows[0][1:] == ["all", "plain", "terse"]
    assert rows[1:] == [
        ["questions", "3", "2", "1"],
        ["right directly", "50.0", "0.0", "100.0"],
        ["… or among the choices", "50.0", "0.0", "100.0"],
        ["wrong answers", "50.0", "100.0", "0.0"],
        ["false answers out of scope", "-", "-", "-"],
        ["emergencies found", "100.0", "100.0", "-"],
        ["false alarms", "0.0", "0.0", "0.0"],
    ]


def test_evaluate_lists_what_went_wrong_if_asked(asked: Path) -> None:
    result = run_here("evaluate", "--wrong", asked)
    assert result.stdout.splitlines()[0] == "wrong: 'how many hours is the surgery' got duration"


def test_evaluate_takes_a_byte_order_mark(asked: Path) -> None:
    asked.write_bytes(b"\xef\xbb\xbf" + asked.read_bytes())
    assert run_here("evaluate", asked).exit_code == 0


def test_evaluate_names_the_line_that_is_of_another_form(asked: Path) -> None:
    asked.write_text(asked.read_text("utf-8").replace('"accept": ["cost"]', '"right": "cost"'))
    result = run_here("evaluate", asked)
    assert result.exit_code == 1
    assert "questions.jsonl: line 2: “right” is not known" in result.stderr
    assert "question, accept, style" in result.stderr


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"PK\x03\x04\xff\xd8"])
def test_evaluate_says_that_a_file_is_no_text(asked: Path, content: bytes) -> None:
    asked.write_bytes(content)
    result = run_here("evaluate", asked)
    assert result.exit_code == 1
    assert str(asked.name) in result.stderr
    assert "Traceback" not in result.output


def test_evaluate_of_no_file_is_told() -> None:
    result = run_here("evaluate", "nothing.jsonl")
    assert result.exit_code == 2
    assert "nothing.jsonl" in result.stderr


# new


OURS = ("--name", "Lake Side Spine", "--phone", "(718) 555-0101")


def test_new_makes_a_folder_of_the_practice_s_own(elsewhere: Path) -> None:
    result = run("new", "knowledge", *OURS)
    assert result.exit_code == 0
    assert "It answers from practice.toml" in result.stdout
    names = {path.name for path in (elsewhere / "knowledge").iterdir()}
    assert names == {"practice.toml", "office.md", "our-page.md"}


def test_check_of_a_new_folder_tells_what_is_still_to_do(elsewhere: Path) -> None:
    run("new", "knowledge", *OURS)
    checked = run("check")
    assert checked.exit_code == 0
    for told in (
        "To do: our-page.md: This page has no questions yet.",
        "“Where can I park?” has no answer; visitors get the phone numbers.",
        "To do: practice.toml: It does not say the office's hours.",
        "knowledge: no problems.",
    ):
        assert told in checked.stdout


def test_a_new_folder_answers_what_it_says_already(elsewhere: Path) -> None:
    run("new", "knowledge", *OURS)
    assert "(718) 555-0101" in run("ask", "what is your phone number").stdout
    assert "“Where can I park?”" in run("ask", "where can I park").stdout
    practice = elsewhere / "knowledge" / "practice.toml"
    said = practice.read_text().replace('#address = "12', 'address = "12')
    practice.write_text(said)
    assert "12 Example Street" in run("ask", "where is your office").stdout


def test_topics_are_listed_with_all_words_in_them() -> None:
    assert "parking" in run("topics").stdout
    listed = run("topics", "drive", "after").stdout.splitlines()
    assert [line.split()[0] for line in listed] == ["driving-after"]
    assert "(pack: kyphoplasty)" in run("topics", "cement-leak").stdout


def test_new_is_done_once_there_is_an_answer(elsewhere: Path) -> None:
    run("new", "knowledge", *OURS)
    (elsewhere / "knowledge" / "sources").mkdir()
    (elsewhere / "knowledge" / "sources" / "our-page.txt").write_text("We mend gadgets.")
    page = "## What do you mend?\n\nWe mend **gadgets**.\n\n> We mend gadgets.\n"
    (elsewhere / "knowledge" / "our-page.md").write_text(page)
    assert "no problems" in run("check").stdout
    assert "We mend gadgets." in run("ask", "what do you mend").stdout


def test_new_puts_the_practice_s_own_name_and_numbers_in(elsewhere: Path) -> None:
    name, phones = 'Lake "Side" $pine', ["(646) 555-0199", "+44 20 7946 0000"]
    given = [word for phone in phones for word in ("--phone", phone)]
    assert run("new", "knowledge", "--name", name, *given).exit_code == 0
    practice = knowledge.load(elsewhere / "knowledge").practice
    assert practice.name == name
    assert [phone.number for phone in practice.phones] == phones


@pytest.mark.parametrize("given", [[], OURS[:2], OURS[2:], ["--name", " ", *OURS[2:]]])
def test_new_makes_nothing_without_a_name_and_a_number(elsewhere: Path, given: list[str]) -> None:
    result = run("new", "knowledge", *given)
    assert result.exit_code == 2
    assert 'faqbot new knowledge --name "Lake Side Spine" --phone' in result.stderr
    assert not (elsewhere / "knowledge").exists()


def test_new_asks_for_them_at_a_terminal(elsewhere: Path) -> None:
    ours, theirs = pytest.importorskip("pty").openpty()
    os.write(ours, b"Lake Side Spine\ncall us\n(718) 555-0101\n")
    told = subprocess.run(
        [*START, "new", "knowledge"], env=environment(), stdin=theirs, capture_output=True
    )
    os.close(ours)
    os.close(theirs)
    assert told.returncode == 0, told.stderr
    practice = knowledge.load(elsewhere / "knowledge").practice
    assert practice.name == "Lake Side Spine"
    assert [phone.number for phone in practice.phones] == ["(718) 555-0101"]


def test_new_takes_no_number_that_cannot_be_dialled(elsewhere: Path) -> None:
    result = run("new", "knowledge", "--name", "Lake Side Spine", "--phone", "call us")
    assert result.exit_code == 2
    assert "is not a phone number" in result.stderr
    assert not (elsewhere / "knowledge").exists()


def test_new_takes_an_empty_folder(elsewhere: Path) -> None:
    (elsewhere / "knowledge").mkdir()
    assert run("new", "knowledge", *OURS).exit_code == 0


def test_new_takes_a_new_volume(elsewhere: Path) -> None:
    (elsewhere / "volume" / "lost+found").mkdir(parents=True)
    assert run("new", "volume", *OURS).exit_code == 0


def test_new_writes_over_nothing(elsewhere: Path) -> None:
    (elsewhere / "knowledge").mkdir()
    (elsewhere / "knowledge" / "ours.md").write_text("ours")
    (elsewhere / "file").write_text("a file")
    for name in ("knowledge", "file"):
        result = run("new", name, *OURS)
        assert result.exit_code == 1
        assert f"{name} is already there. Choose another name." in result.stderr
    assert [path.name for path in (elsewhere / "knowledge").iterdir()] == ["ours.md"]


# test


def add_example(folder: Path, question: str, *accept: str) -> None:
    with (folder / "examples.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps({"question": question, "accept": accept}) + "\n")


def test_test_ends_well_where_every_example_gets_what_it_must() -> None:
    result = run_here("test")
    assert result.exit_code == 0
    assert result.stdout == "1 of 1 examples get the expected reply.\n"
    assert "Asking" in result.stderr


def test_test_tells_in_a_table_which_examples_do_not(practice: Path) -> None:
    add_example(practice, "do u take medicare", "duration")
    result = run("test", "--knowledge", practice)
    assert result.exit_code == 1
    head, row, *_ = result.stdout.splitlines()
    assert head.split() == ["question", "expected", "got"]
    assert row.startswith("do u take medicare")
    assert "1 of 2 examples get the expected reply." in result.stdout


def test_test_against_an_earlier_folder_tells_only_what_got_worse(
    practice: Path, tmp_path: Path
) -> None:
    add_example(practice, "do u take medicare", "duration")
    before = shutil.copytree(practice, tmp_path / "before")
    assert run("test", "--knowledge", practice, "--against", before).exit_code == 0
    path = practice / "procedure.md"
    text = path.read_text("utf-8").replace("- how long does it take\n", "")
    path.write_text(text.replace("- size of the scar", "- how long does it take"), "utf-8")
    result = run("test", "--knowledge", practice, "--against", before)
    assert result.exit_code == 1
    assert "how long does it take" in result.stdout
    assert "medicare" not in result.stdout
    assert "0 got better, 1 got worse." in result.stdout


def test_test_without_examples_says_how_to_write_one(practice: Path) -> None:
    (practice / "examples.jsonl").unlink()
    result = run("test", "--knowledge", practice)
    assert result.exit_code == 1
    assert "examples.jsonl" in result.stderr


# serve


@pytest.fixture
def taken() -> Iterator[int]:
    """A port at which another program serves."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        yield other.getsockname()[1]


def test_serve_says_that_a_port_is_taken_and_takes_it_from_the_variable(taken: int) -> None:
    served = subprocess.run(
        [*START, "serve", "--knowledge", str(PRACTICE)],
        env=environment() | {"FAQBOT_PORT": str(taken)},
        capture_output=True,
        encoding="utf-8",
    )
    assert served.returncode == 1
    assert f"cannot serve at 127.0.0.1:{taken}" in served.stderr
    assert "--port 0" in served.stderr


@pytest.mark.parametrize("port", ["65536", "-1", "http"])
def test_serve_refuses_what_is_no_port(port: str) -> None:
    assert run_here("serve", "--port", port).exit_code == 2


@pytest.mark.parametrize("open_", [True, False])
def test_serve_says_which_folder_it_took_and_where_it_serves(practice: Path, open_: bool) -> None:
    if open_:
        set_password(Workspace(practice), "three plain words")
    command = [*START, "serve", "--port", "0", "--knowledge", str(practice)]
    with subprocess.Popen(command, env=environment(), stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            assert server.stdout.readline() == f"Answering from {practice}\n"
            about_desk = server.stdout.readline()
            assert ("open, at /staff" if open_ else "`faqbot staff-password` opens") in about_desk
            address = server.stdout.readline().removeprefix("Serving at ").strip()
            with urllib.request.urlopen(f"{address}/healthz") as reply:  # noqa: S310
                assert reply.status == 200
        finally:
            server.terminate()
