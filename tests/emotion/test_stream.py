"""`balm read`: one answer a line, in order, whatever stands in the line."""

from __future__ import annotations

import json
import os
from io import BytesIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from balm.emotion.stream import read_lines

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)
RECORD = st.fixed_dictionaries({}, optional={"text": JSON, "context": JSON, "lang": JSON, "other": JSON})


def answers(*lines: object) -> list[dict]:
    raw = [line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines]
    return [json.loads(answer.line) for answer in read_lines(BytesIO(b"\n".join(raw)))]


def test_readings_come_in_order_with_the_language():
    first, second, third = answers({"text": "太谢谢了"}, {"text": "hello", "lang": "en"}, {"text": "😡"})
    assert (first["language"], second["language"], third["language"]) == ("zh", "en", None)
    assert first["name"] == "joy"


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        (b"nonsense", "it is not JSON"),
        (b"\xff\xfe", "it is not JSON"),
        (b"[" * 100_000, "nested too deeply"),
        ([], 'not a JSON object with a "text"'),
        ({"txt": "a"}, 'not a JSON object with a "text"'),
        ({"text": 1}, '"text" is not a string'),
        ({"text": "a", "lang": "fr"}, "\"lang\" is 'fr'. Allowed: en, zh"),
        ({"text": "a", "context": 3}, '"context" is no list of earlier turns'),
        ({"text": "a", "context": [{"role": "boss", "text": "b"}]}, '"context" is no list of earlier turns'),
    ],
)
def test_a_wrong_line_is_named_and_the_next_is_read(line, complaint):
    wrong, right = answers(line, {"text": "thanks"})
    assert wrong["error"].startswith("line 1: ") and complaint in wrong["error"]
    assert "error" not in right


def test_a_fragment_is_read_with_the_turns_before_it():
    bad = [{"role": "customer", "text": "my parcel is late"}, {"role": "agent", "text": "Please wait."}]
    alone, after = answers({"text": "again"}, {"text": "again", "context": bad})
    assert alone["ranking"] != after["ranking"]
    as_texts = answers({"text": "again", "context": [f"{turn['role']}: {turn['text']}" for turn in bad]})
    assert as_texts == [after]


def test_a_message_that_speaks_for_itself_does_not_lean_on_the_turns_before():
    text = "The blue kettle arrived this morning and it works, thank you all so much for the quick help!"
    alone, after = answers({"text": text}, {"text": text, "context": ["agent: You are a liar."]})
    assert alone == after


@given(st.lists(RECORD | JSON, max_size=4))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_every_line_gets_one_answer(records):
    found = answers(*records)
    assert len(found) == len(records)
    assert all(("name" in answer) != ("error" in answer) for answer in found)


def test_a_line_is_answered_before_the_next_has_come():
    reading, writing = os.pipe()
    with open(reading, "rb") as stream, open(writing, "wb", buffering=0) as customer:
        customer.write(b'{"text": "thanks"}\n{"text": ')
        answers = read_lines(stream)
        assert json.loads(next(answers).line)["name"] == "joy"
        customer.write(b'"where is it"}')
        customer.close()
        assert [json.loads(answer.line)["language"] for answer in answers] == ["en"]


@pytest.mark.parametrize("ending", [b"", b"\n", b"\r\n"])
def test_lines_longer_than_a_part_are_read_whole(ending):
    lines = [json.dumps({"text": "thanks " * 20_000, "lang": "en"}).encode(), b'{"text": "", "lang": "zh"}']
    found = [json.loads(answer.line) for answer in read_lines(BytesIO(b"\n".join(lines) + ending))]
    assert [one["language"] for one in found] == ["en", "zh"]


def test_a_wrong_line_keeps_its_number_beyond_the_first_batch():
    found = answers(*[{"text": "ok"}] * 70, b"nonsense")
    assert len(found) == 71 and found[-1]["error"].startswith("line 71: ")
