import asyncio
import json
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from starlette.types import Message

from billto.domain.problems import Problem, Refused
from billto.web import bodies


def refusal(work: Callable[[], object]) -> tuple[Problem, ...]:
    with pytest.raises(Refused) as caught:
        work()
    return caught.value.problems


def refused(body: bytes | str) -> tuple[Problem, ...]:
    return refusal(lambda: bodies.parse_json(body.encode() if isinstance(body, str) else body))


# Taking a body


def sent(*messages: Message) -> Callable[[], Any]:
    """A client that sends these messages, and then nothing more."""
    waiting = list(messages)

    async def receive() -> Message:
        if not waiting:
            await asyncio.Event().wait()
        return waiting.pop(0)

    return receive


def pieces(parts: Iterable[bytes]) -> list[Message]:
    return [{"type": "http.request", "body": part, "more_body": True} for part in parts]


LAST: Message = {"type": "http.request", "body": b"", "more_body": False}


def read(*messages: Message, length: str | None = None, **limits: Any) -> bytes:
    headers = {} if length is None else {"content-length": length}
    return asyncio.run(bodies.read(sent(*messages), headers, **limits))


def test_a_body_in_pieces_is_one_body() -> None:
    assert read(*pieces([b"ab", b"", b"c"]), LAST) == b"abc"
    assert read(LAST) == b""
    assert read({"type": "http.request"}) == b""


def test_a_body_may_be_exactly_as_long_as_the_limit() -> None:
    assert read(*pieces([b"abc"]), LAST, length="3", bytes_max=3) == b"abc"


@pytest.mark.parametrize("length", ["4", "0004", "9" * 5000])
def test_a_body_that_announces_too_much_is_refused_unread(length: str) -> None:
    problems = refusal(lambda: read(length=length, bytes_max=3))
    assert problems == (Problem("too_large", ("body",), "3"),)


def test_a_body_that_grows_too_long_is_refused_while_it_comes() -> None:
    taken: list[bytes] = []

    async def receive() -> Message:
        taken.append(b"x" * 1000)
        return pieces(taken[-1:])[0]

    problems = refusal(lambda: asyncio.run(bodies.read(receive, {}, bytes_max=10_500)))
    assert problems == (Problem("too_large", ("body",), "10500"),)
    assert len(taken) == 11


@pytest.mark.parametrize("length", ["", "-1", "1_0", "²", "many"])
def test_a_length_that_is_no_number_does_not_replace_counting(length: str) -> None:
    assert read(*pieces([b"ab"]), LAST, length=length, bytes_max=2) == b"ab"
    assert refusal(lambda: read(*pieces([b"abc"]), length=length, bytes_max=2))[0].code == "too_large"


def test_a_body_that_never_ends_is_cut() -> None:
    problems = refusal(lambda: read(*pieces([b"ab"]), seconds_max=0.05))
    assert problems == (Problem("timed_out", ("body",)),)


def test_a_body_that_drips_has_one_deadline_for_all_of_it() -> None:
    async def receive() -> Message:
        await asyncio.sleep(0.01)
        return pieces([b"x"])[0]

    problems = refusal(lambda: asyncio.run(bodies.read(receive, {}, seconds_max=0.1)))
    assert problems[0].code == "timed_out"


def test_a_client_that_leaves_gets_no_answer() -> None:
    with pytest.raises(bodies.Disconnected):
        read(*pieces([b"ab"]), {"type": "http.disconnect"})


# What kind of body


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "application/json",
        "Application/JSON; charset=UTF-8",
        'application/json ;charset="utf-8"; version=1',
        "application/merge-patch+json; charset=utf8",
    ],
)
def test_json_and_nothing_said_are_taken(header: str | None) -> None:
    bodies.require_json({} if header is None else {"content-type": header})


@pytest.mark.parametrize(
    "header",
    [
        "text/plain",
        "text/json",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=json",
        "application/jsonx",
        "text/x+json",
        "application/json; charset=latin-1",
        "application/json; charset",
        "; charset=utf-16",
    ],
)
def test_another_kind_of_body_is_refused_by_name_of_what_is_taken(header: str) -> None:
    problems = refusal(lambda: bodies.require_json({"content-type": header}))
    assert problems == (Problem("unsupported_media_type", ("Content-Type",), "application/json in UTF-8"),)


def test_a_media_type_is_told_without_its_parameters() -> None:
    assert bodies.content_type({"content-type": " Text/CSV ; header=present"}) == "text/csv"
    assert bodies.content_type({}) == ""


# The JSON door: what it takes


def test_a_tree_is_read() -> None:
    tree = bodies.parse_json(
        '\ufeff {"a": [1, -2, 1.50, "é\\n\\u00e9😀", true, false, null, {}]} \n'.encode()
    )
    assert tree == {"a": [1, -2, Decimal("1.50"), "é\né😀", True, False, None, {}]}


@pytest.mark.parametrize(
    "literal", ["0.1", "-0.0", "1.10", "1e5", "2.5E-3", "1e308", "5e-324", "0." + "1" * 62]
)
def test_a_fraction_keeps_every_digit(literal: str) -> None:
    value = bodies.parse_json(literal.encode())
    assert isinstance(value, Decimal)
    assert str(value) == str(Decimal(literal))


@pytest.mark.parametrize("sign", ["", "-"])
def test_whole_numbers_go_as_far_as_doubles_are_exact(sign: str) -> None:
    assert abs(bodies.parse_json(f"{sign}{2**53}".encode())) == 2**53
    (problem,) = refused(f'{{"a": "{2**53 + 1}",\n "b": [{sign}{2**53 + 1}]}}')
    assert problem == Problem(
        "malformed", detail="the body holds a whole number beyond 2^53 at line 2, column 8"
    )


@pytest.mark.parametrize("literal", ["1.0017371684122232e16", "-9007199254740993e0", "90071992547409.93E2"])
def test_a_long_whole_number_written_as_a_fraction_stays_one(literal: str) -> None:
    value = bodies.parse_json(literal.encode())
    assert value == Decimal(literal)
    assert str(bodies.parse_json(str(value).encode())) == str(value)


def test_text_values_survive_with_nul_and_halves_of_pairs() -> None:
    assert bodies.parse_json(b'["\\u0000", "\\ud800"]') == ["\0", "\ud800"]


def test_escaped_pairs_in_keys_are_text() -> None:
    assert bodies.parse_json(b'{"\\ud83d\\ude00": "\\ud83d", "\\\\u0000": 1}') == {
        "😀": "\ud83d",
        "\\u0000": 1,
    }


def test_brackets_in_texts_are_text() -> None:
    text = '[{"' * 100 + "\\"
    assert bodies.parse_json(json.dumps([text, {text: text}]).encode()) == [text, {text: text}]


def test_a_full_object_and_a_full_body_are_taken() -> None:
    keys = {str(number): number for number in range(bodies.KEYS_MAX)}
    assert bodies.parse_json(json.dumps(keys).encode()) == keys
    values = [[], {}, ["["]] * 2 + [0] * (bodies.VALUES_MAX - 9)
    assert bodies.parse_json(json.dumps(values).encode()) == values


# The JSON door: what it refuses


@pytest.mark.parametrize("body", [b"", b" \r\n\t", b"\xef\xbb\xbf"])
def test_an_empty_body_is_told_so(body: bytes) -> None:
    assert refused(body) == (Problem("malformed", detail="a JSON body is needed, and this one is empty"),)


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        ('{"a": 1,\n "b" 2}', "the body is not JSON: expecting ':' delimiter at line 2, column 6"),
        ('{"é": "a\nb"}', "the body is not JSON: invalid control character at line 1, column 9"),
        ('{"a": "', "the body is not JSON: unterminated string starting at line 1, column 7"),
        ("{} {}", "the body is not JSON: extra data at line 1, column 4"),
        ('{"é":\nNaN}', "the body holds NaN, which JSON does not have, at line 2, column 1"),
        (
            '["-Infinity", -Infinity]',
            "the body holds -Infinity, which JSON does not have, at line 1, column 15",
        ),
        (
            "[1e5, 1e999999999]",
            "the body holds a number with too many digits or too large an exponent at line 1, column 7",
        ),
    ],
)
def test_a_fault_is_told_with_its_place(body: str, detail: str) -> None:
    assert refused(body) == (Problem("malformed", detail=detail),)


def test_a_body_in_another_encoding_is_told_with_the_place_of_the_first_wrong_byte() -> None:
    (problem,) = refused('{"é":\n "'.encode() + b'\xe9"}')
    assert problem == Problem("malformed", detail="the body is not UTF-8 at line 2, column 3")
    assert refused('{"a": 1}'.encode("utf-16"))[0].code == "malformed"
    assert refused(b'"\xed\xa0\x80"')[0].code == "malformed"  # half of a pair as bytes


@pytest.mark.parametrize(
    "literal",
    ["9" * 5000, "-" + "9" * 5000, "1e99999999999999999999", "1e-325", "1" * 5000 + ".5", "1E+0000000325"],
)
def test_numbers_without_measure_are_refused(literal: str) -> None:
    (problem,) = refused(f'["{literal}", {literal}]')
    assert problem.code == "malformed"
    assert problem.detail.endswith(f"at line 1, column {len(literal) + 6}")


def test_keys_that_stand_twice_are_named_with_their_path() -> None:
    body = '{"a": 1, "list": [0, {"x": 1, "y": {"z": 1, "\\u007a": 1}, "x": 2}], "a": 3, "a": 4}'
    assert refused(body) == (
        Problem("duplicate_key", ("a",)),
        Problem("duplicate_key", ("list", 1, "x")),
        Problem("duplicate_key", ("list", 1, "y", "z")),
    )


def test_keys_that_text_cannot_hold_are_named_so_that_an_answer_can_carry_them() -> None:
    assert refused('[{"a\\u0000": {"\\uD800b": 1}}]') == (
        Problem("invalid_text", (0, "a\\u0000")),
        Problem("invalid_text", (0, "a\\u0000", "\\ud800b")),
    )


def test_a_long_key_is_not_repeated_in_full() -> None:
    (problem,) = refused(json.dumps({"k" * 100_000: 0})[:-1] + ', "' + "k" * 100_000 + '": 1}')
    assert problem == Problem("duplicate_key", ("k" * bodies.KEY_SHOWN_MAX + "…",))


def test_not_every_one_of_thousands_of_faults_is_told() -> None:
    body = "[" + ",".join(['{"a": 1, "a": 2}'] * 3000) + "]"
    assert len(refused(body)) == bodies.PROBLEMS_MAX


def test_an_object_with_too_many_keys_is_refused_with_its_path() -> None:
    crowd = json.dumps({str(number): 0 for number in range(bodies.KEYS_MAX + 1)})
    assert refused(f'{{"metadata": {crowd}}}') == (
        Problem("malformed", ("metadata",), "has more than 1000 keys"),
    )
    assert refused(crowd)[0].path == ("body",)


@pytest.mark.parametrize(
    "body",
    [
        "[" + ",".join(["0"] * bodies.VALUES_MAX) + "]",
        "[" + ",".join(["[]"] * bodies.VALUES_MAX) + "]",
        "[" + ",".join(['["]"]'] * (bodies.VALUES_MAX // 2)) + "]",
    ],
)
def test_a_body_with_too_many_values_is_refused(body: str) -> None:
    assert refused(body) == (Problem("malformed", detail="the body holds more than 10000 values"),)


@pytest.mark.parametrize("opening", ["[", '{"a":', '[{"]":'])
def test_depth_is_bounded_before_anything_is_built(opening: str) -> None:
    assert refused(opening * 100_000) == (Problem("too_deep", ("body",), "32"),)


def test_a_tree_may_be_exactly_as_deep_as_the_limit() -> None:
    side = ', "]", {"\\"]": "\\\\"}, []'
    tree = "[" * 31 + "{}" + side * 10 + (side + "]") * 31
    assert bodies.parse_json(tree.encode()) == json.loads(tree)
    assert refused("[" + tree + "]")[0].code == "too_deep"


@pytest.mark.parametrize(
    "body",
    [
        b'"' + b'\\"' * 499_000,
        b"[" * 40 + b'"' + b'\\"[' * 330_000,
        b'{"a":' * 20 + b"[" * 20 + b"\\" * 999_000,
        b"[]" * 500_000,
        b"[" + b"1e" * 500_000,
        b"[" + b'"' * 999_000,
        b'{"a": 1, "a": ' + b"[1," * 300_000,
        b'["' + b'\\"' * 499_000 + b'", NaN]',
    ],
)
def test_a_megabyte_of_nonsense_is_refused(body: bytes) -> None:
    assert {problem.code for problem in refused(body)} <= {"malformed", "too_deep"}


# The JSON door, against the parser of the standard library

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
) | TEXTS
TREES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=40) | st.dictionaries(TEXTS.filter(lambda key: "\0" not in key), inner)
    ),
)
SHARDS = st.sampled_from(
    [
        *'[]{},:"\\1- \n\0é\ufeff',
        '\\"',
        '"a"',
        '"\\u0000"',
        "\\ud800",
        '{"a":',
        "[[[[[[[[",
        "null",
        "0.5",
        "1e9999",
        "9" * 20,
        "NaN",
        "-Infinity",
    ]
)


@settings(deadline=None)
@given(TREES, st.booleans(), st.sampled_from([None, 1]))
def test_what_is_json_reads_as_the_standard_library_reads_it(
    tree: Any, ascii_only: bool, indent: Any
) -> None:
    text = json.dumps(tree, ensure_ascii=ascii_only, indent=indent)
    assert bodies.parse_json(text.encode()) == json.loads(text, parse_float=Decimal)


@settings(deadline=None)
@given(st.binary() | st.lists(SHARDS, max_size=60).map(lambda shards: "".join(shards).encode()))
@example(b'{"a":1,"a":NaN}')
@example(b'{"a":1,"a":2}]')
def test_bytes_of_any_kind_are_read_rightly_or_refused(body: bytes) -> None:
    try:
        tree = bodies.parse_json(body)
    except Refused as refused:
        problems = refused.problems
    else:
        assert tree == json.loads(body.decode("utf-8-sig"), parse_float=Decimal)
        return
    assert problems
    assert all("".join([*map(str, problem.path), problem.sentence]).encode() for problem in problems)


@settings(deadline=None)
@given(st.integers(25, 40), TEXTS, st.lists(st.sampled_from(["[", "{"]), min_size=40, max_size=40))
def test_depth_is_counted_exactly(depth: int, text: str, kinds: list[str]) -> None:
    tree: Any = text
    for kind in kinds[:depth]:
        tree = [text, tree, []] if kind == "[" else {"]": text, "[": tree}
    body = json.dumps(tree).encode()
    # An empty list beside the tree is one level more than its place.
    deepest = depth + 1 if kinds[0] == "[" else depth
    if deepest > bodies.DEPTH_MAX:
        assert refused(body) == (Problem("too_deep", ("body",), "32"),)
    else:
        assert bodies.parse_json(body) == tree
