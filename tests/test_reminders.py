"""An operator's notes: which words bring which, and what is said of a file that is wrong."""

import os
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import switchboard
from switchboard.errors import BadInput
from switchboard.reminders import NOTE_CHARACTERS, NOTES, Reminders

BELTS = '[[rule]]\nwords = ["belt", "Gürtel", "seat cover"]\nnote = "Belts are not sold."\n'
CASES = '[[rule]]\nwords = ["case", "baby", "bus"]\nnote = "Cases are sold."\n'


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "notes.toml"


def loaded(file: Path, text: str) -> Reminders:
    file.write_text(text, encoding="utf-8")
    return Reminders.load(file)


@pytest.mark.parametrize(
    "message",
    [
        "Do you sell a belt?",
        "BELTS!",
        "the belt's colour",
        "Ein gurtel, bitte",
        "GÜRTEL",
        "two seat  covers",
        "seat-cover",
    ],
)
def test_a_word_brings_its_note_in_any_case_accent_and_number(file, message):
    assert loaded(file, BELTS).notes(message) == ("Belts are not sold.",)


@pytest.mark.parametrize(
    "message", ["", "bell", "belted", "seatbelt", "belated", "seat", "cover a seat", "seats", "melt"]
)
def test_other_words_do_not(file, message):
    assert loaded(file, BELTS).notes(message) == ()


@pytest.mark.parametrize("message", ["case", "cases", "Babies", "baby", "bus", "buses"])
def test_plurals_of_many_kinds_are_known(file, message):
    assert loaded(file, CASES).notes(message) == ("Cases are sold.",)


def test_notes_come_once_each_in_the_order_of_the_file_and_not_too_many(file):
    rules = "".join(f'[[rule]]\nwords = ["w{n}", "x{n}"]\nnote = "note {n}"\n' for n in range(NOTES + 3))
    reminders = loaded(file, rules)
    assert reminders.notes("x2 w1 w2 w1") == ("note 1", "note 2")
    everything = " ".join(f"w{n}" for n in reversed(range(NOTES + 3)))
    assert reminders.notes(everything) == tuple(f"note {n}" for n in range(NOTES))


def test_a_note_is_one_line(file):
    assert loaded(file, "[[rule]]\nwords = ['a']\nnote = '''\none\n\n two'''").notes("a") == ("one two",)


@pytest.mark.parametrize(
    ("text", "place", "fix"),
    [
        ('[[rule]]\nwords = ["belt"\nnote = "x"', "line 3", "[[rule]]"),
        ('[rule]\nwords = ["belt"]\nnote = "x"', "[rule]", "Double its brackets"),
        (BELTS + '[[rule]]\nnote = "x"', "Rule 2 of notes.toml has no list of words", "words = ["),
        (BELTS + "[[rule]]\nwords = []\nnote = 'x'", "Rule 2", "words = ["),
        (BELTS + "[[rule]]\nwords = ['a', 2]\nnote = 'x'", "Rule 2", "words = ["),
        (BELTS + "[[rule]]\nwords = ['...']\nnote = 'x'", "Rule 2 of notes.toml has '...'", "letters"),
        (BELTS + "[[rule]]\nwords = ['a']", "Rule 2 of notes.toml has no note", "note = "),
        (f"[[rule]]\nwords = ['a']\nnote = '{'x' * 601}'", "601", str(NOTE_CHARACTERS)),
        ("[[rule]]\nword = ['a']\nnote = 'x'", "'word'", "words and a note"),
        ("belt = 'x'", "'belt' outside a rule", "[[rule]]"),
        ("rule = ['a']", "Rule 1 of notes.toml is no table", "[[rule]]"),
        ("# " + "x" * 300_000, "larger", "out"),
    ],
)
def test_a_wrong_file_is_refused_with_the_place_and_the_fix(file, text, place, fix):
    with pytest.raises(BadInput) as refused:
        loaded(file, text)
    assert place in refused.value.what
    assert fix in refused.value.fix
    assert str(file.parent) not in str(refused.value)


def test_a_file_that_is_missing_or_in_another_encoding_is_refused(file):
    with pytest.raises(BadInput, match=r"notes\.toml cannot be read"):
        Reminders.load(file)
    file.write_bytes(b"# one\n# G\xfcrtel\n")
    with pytest.raises(BadInput, match="line 2"):
        Reminders.load(file)


def test_a_changed_file_is_read_again(file):
    reminders = loaded(file, BELTS)
    file.write_text(BELTS.replace("not sold", "sold out"), encoding="utf-8")
    assert reminders.notes("belt") == ("Belts are sold out.",)
    file.write_text(BELTS, encoding="utf-8")
    os.utime(file, ns=(0, time.time_ns()))
    assert reminders.notes("belt") == ("Belts are not sold.",)


def test_a_file_changed_for_the_worse_or_removed_leaves_the_rules_and_is_reported_once(file, caplog):
    reminders = loaded(file, BELTS)
    file.write_text("[[rule", encoding="utf-8")
    for _ in range(3):
        assert reminders.notes("belt") == ("Belts are not sold.",)
    file.unlink()
    for _ in range(3):
        assert reminders.notes("belt") == ("Belts are not sold.",)
    assert ["no TOML" in caplog.messages[0], "cannot be read" in caplog.messages[1]] == [True, True]
    assert len(caplog.messages) == 2
    file.write_text(CASES, encoding="utf-8")
    assert reminders.notes("a case") == ("Cases are sold.",)


@given(st.text())
def test_any_message_is_looked_at_without_failing(text):
    notes = Reminders.load(Path(switchboard.__file__).parent / "airline" / "notes.toml").notes(text)
    assert len(notes) <= NOTES


def test_many_rules_and_a_long_message_take_no_time(file):
    rules = "".join(f'[[rule]]\nwords = ["word{n}", "two words{n}"]\nnote = "note {n}"\n' for n in range(500))
    reminders = loaded(file, rules)
    began = time.perf_counter()
    assert len(reminders.notes("two words7 " * 2_000)) == 1
    assert time.perf_counter() - began < 0.25


@pytest.mark.parametrize(
    ("message", "part"),
    [
        ("Can I bring my two cats?", "animals"),
        ("flying with a baby", "10 %"),
        ("I use a wheelchair", "48 hours"),
        ("how about an upgrade", "every passenger"),
        ("Which lounges may I use?", "Mumbai, Delhi and Dubai"),
        ("are power banks allowed", "100 Wh"),
        ("You lost my bag! My lost luggage", "arrivals hall"),
        ("is there a strike", "status of the flight"),
    ],
)
def test_the_airlines_own_notes_are_found(message, part):
    reminders = Reminders.load(Path(switchboard.__file__).parent / "airline" / "notes.toml")
    (note,) = reminders.notes(message)
    assert part in note


@pytest.mark.parametrize(
    "message", ["I want to book a flight from Delhi to Mumbai", "cancel K2P9QX", "hello"]
)
def test_an_ordinary_request_brings_no_note(message):
    reminders = Reminders.load(Path(switchboard.__file__).parent / "airline" / "notes.toml")
    assert reminders.notes(message) == ()
