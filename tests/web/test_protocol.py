import json
from collections.abc import Iterator
from contextlib import suppress

import pytest

from billto.web import protocol
from tests.web.serving import LOOPS, MANY, PATIENCE, SHORT, Client, Serving, get, post


@pytest.fixture(scope="module", autouse=True)
def short_deadlines() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name in ("HEAD_SECONDS", "WRITE_SECONDS", "LINGER_SECONDS"):
            patch.setattr(protocol, name, SHORT)
        yield


@pytest.fixture(scope="module", params=LOOPS)
def serving(request: pytest.FixtureRequest) -> Iterator[Serving]:
    """A server for the tests of this file, on both event loops."""
    with Serving(request.param).running() as serving:
        yield serving


def assert_last_words(client: Client, status: int, code: str) -> None:
    given, headers, body = client.answer()
    assert (given, json.loads(body)["code"]) == (status, code)
    assert headers["content-type"] == "application/json"
    assert headers["connection"] == "close"
    assert client.is_at_end()


# Heads


def test_a_head_that_never_ends_is_closed(serving: Serving) -> None:
    with serving.client() as client:
        client.send(b"GET / HTTP/1.1\r\nHost: bil")
        assert_last_words(client, 408, "request_timeout")
        assert serving.lets_go(client)


def test_a_head_that_drips_is_closed(serving: Serving) -> None:
    with serving.client() as client:
        client.drip(get("/", "X-Long: " + "x" * 1000))
        assert_last_words(client, 408, "request_timeout")


def test_a_second_head_that_never_ends_is_closed(serving: Serving) -> None:
    with serving.client() as client:
        client.send(get("/a"))
        assert client.answer()[2] == b"/a"
        client.send(b"GET / HTTP")
        assert_last_words(client, 408, "request_timeout")


def test_a_client_that_says_nothing_is_closed_without_a_word(serving: Serving) -> None:
    with serving.client() as client:
        assert client.is_at_end()


def test_empty_lines_do_not_keep_a_connection_open(serving: Serving) -> None:
    with serving.client() as client:
        client.send(get("/a"))
        assert client.answer()[2] == b"/a"
        client.drip(b"\r\n" * 500)
        assert client.is_at_end()


@pytest.mark.parametrize(
    "head",
    [
        get("/", "X-Large: " + "x" * 40_000),
        get("/?" + "x" * 40_000),
        get("/", *[f"X-{number}: {number}" for number in range(101)]),
        get("/", "X-Large: " + "x" * 5_000_000),
        post("/echo", "X-Large: " + "x" * 40_000, "Content-Length: 5000000") + b"x" * 5_000_000,
    ],
    ids=["long header", "long address", "many headers", "endless header", "with a body"],
)
def test_a_head_that_is_too_large_is_refused(serving: Serving, head: bytes) -> None:
    with serving.client() as client:
        client.send(head)
        assert_last_words(client, 431, "headers_too_large")


def test_a_head_that_is_too_large_is_refused_before_its_end(serving: Serving) -> None:
    with serving.client() as client:
        client.send(b"GET / HTTP/1.1\r\nX-Large: " + b"x" * 40_000)
        assert_last_words(client, 431, "headers_too_large")


def test_a_head_of_legal_size_is_taken_whatever_comes_with_it(serving: Serving) -> None:
    large = "X-Large: " + "x" * 32_000
    body = b"y" * 300_000
    length = f"Content-Length: {len(body)}"
    with serving.client() as client:
        client.send(get("/a", large) + post("/patient", large, length) + body + get("/b", large))
        assert [client.answer()[2] for _ in range(3)] == [b"/a", body, b"/b"]
        client.send(post("/patient", "Content-Length: 40000") + b"y" * 40_000 + get("/a")[:-2])
        assert client.answer()[2] == b"y" * 40_000
        client.send(b"\r\n")
        assert client.answer()[2] == b"/a"


def test_what_is_not_http_gets_the_answer_of_uvicorn(serving: Serving) -> None:
    with serving.client() as client:
        client.send(b"HELO billto\r\n\r\n")
        status, headers, body = client.answer()
        assert (status, body) == (400, b"Invalid HTTP request received.")
        assert headers["connection"] == "close"
        assert client.is_at_end()


# Connections that go on


def test_a_connection_answers_one_request_after_another(serving: Serving) -> None:
    with serving.client() as client:
        for path in ("/a", "/slow", "/b", "/c"):
            client.send(get(path))
            status, headers, body = client.answer()
            assert (status, body) == (200, path.encode())
            assert "connection" not in headers


def test_requests_sent_at_once_are_answered_in_turn(serving: Serving) -> None:
    paths = ["/slow", *(f"/{number}" for number in range(100))]
    with serving.client() as client:
        client.send(b"".join(map(get, paths)))
        assert [client.answer()[2].decode() for _ in paths] == paths


def test_a_client_may_wait_for_its_answer_with_half_of_the_next_request(serving: Serving) -> None:
    following = get("/a")
    with serving.client() as client:
        client.send(get("/slow") + following[:10])
        assert client.answer()[2] == b"/slow"
        client.send(following[10:])
        assert client.answer()[2] == b"/a"


def test_more_requests_than_can_wait_close_the_connection(serving: Serving) -> None:
    with serving.client() as client:
        client.send(get("/slow") + get("/a") * 1000)
        assert client.is_at_end()


def test_a_body_that_comes_after_its_head_keeps_the_connection(serving: Serving) -> None:
    with serving.client() as client:
        for body in (b"first", b"second"):
            client.send(post("/patient", f"Content-Length: {len(body)}", "Expect: 100-continue"))
            assert client.answer()[0] == 100
            client.send(body)
            status, headers, echo = client.answer()
            assert (status, echo) == (200, body)
            assert "connection" not in headers


def test_a_connection_may_rest_between_requests(serving: Serving) -> None:
    with serving.client() as client:
        client.send(post("/patient", "Transfer-Encoding: chunked", "Expect: 100-continue"))
        assert client.answer()[0] == 100
        client.send(b"1\r\nx\r\n")
        client.send(b"0\r\n\r\n")
        assert client.answer()[2] == b"x"
        assert client.is_quiet(3 * SHORT)
        client.send(get("/a"))
        assert client.answer()[2] == b"/a"


def test_an_offer_of_another_protocol_is_passed_over(serving: Serving) -> None:
    with serving.client() as client:
        for path in ("/a", "/b"):
            client.send(get(path, "Connection: Upgrade", "Upgrade: h2c"))
            assert client.answer()[2] == path.encode()


def test_a_client_that_asks_for_the_end_gets_it(serving: Serving) -> None:
    with serving.client() as client:
        client.send(get("/a", "Connection: close"))
        assert client.answer()[1]["connection"] == "close"
        assert client.is_at_end()


@pytest.mark.parametrize("loop", LOOPS)
def test_a_server_that_stops_answers_what_it_has_begun(loop: str) -> None:
    with Serving(loop).running() as serving, serving.client() as client:
        client.send(post("/patient", "Content-Length: 3", "Expect: 100-continue"))
        assert client.answer()[0] == 100
        serving.server.should_exit = True
        assert serving.stopping.wait(PATIENCE)
        client.send(b"abc")
        status, headers, body = client.answer()
        assert (status, headers["connection"], body) == (200, "close", b"abc")
        assert client.is_at_end()


# Bodies


def test_a_body_that_drips_is_refused_and_closed(serving: Serving) -> None:
    with serving.client() as client:
        client.send(post("/echo", "Content-Length: 1000"))
        client.drip(b"x" * 1000)
        status, headers, body = client.answer()
        assert (status, headers["connection"], body) == (408, "close", b"timed_out")
        assert client.is_at_end()
        assert serving.lets_go(client)


def test_a_slow_client_is_closed_soon_after_its_body_was_refused(serving: Serving) -> None:
    with serving.client() as client:
        client.send(post("/echo", "Content-Length: 10000000"))
        status, headers, body = client.answer()
        assert (status, headers["connection"], body) == (413, "close", b"too_large")
        assert client.is_at_end()
        for _ in range(200):
            if serving.lets_go(client, SHORT / 10):
                return
            with suppress(OSError):
                client.send(b"x")
        pytest.fail("the server went on reading")


def test_a_client_that_sends_all_of_a_refused_body_still_learns_why(
    serving: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocol, "LINGER_SECONDS", 10 * PATIENCE)
    with serving.client() as client:
        client.send(post("/echo", "Content-Length: 20000000") + b"x" * 20_000_000)
        assert client.answer()[::2] == (413, b"too_large")
        assert client.is_at_end()


def test_an_answer_before_the_body_says_that_it_is_the_last(serving: Serving) -> None:
    with serving.client() as client:
        client.send(post("/a", "Content-Length: 5"))
        status, headers, body = client.answer()
        assert (status, headers["connection"], body) == (200, "close", b"/a")
        assert client.is_at_end()


def test_an_answer_begun_before_the_body_was_whole_is_the_last(serving: Serving) -> None:
    with serving.client() as client:
        client.send(post("/early", "Content-Length: 3"))
        assert client.answer()[1]["connection"] == "close"
        client.send(b"abc" + get("/a"))
        assert client.is_at_end()


def test_a_request_after_the_last_one_is_not_begun(
    serving: Serving, caplog: pytest.LogCaptureFixture
) -> None:
    with serving.client() as client:
        client.send(get("/last") + post("/a", "Content-Length: 5"))
        assert client.answer()[2] == b"/last"
        assert client.is_at_end()
        assert serving.lets_go(client)
    assert not caplog.records


CHUNKED = post("/headers", "Transfer-Encoding: chunked")


def test_trailers_are_no_headers(serving: Serving) -> None:
    with serving.client() as client:
        client.send(CHUNKED + b"1\r\nx\r\n0\r\nAuthorization: me\r\n\r\n" + get("/a"))
        assert client.answer()[2] == b"host,transfer-encoding"
        assert client.answer()[2] == b"/a"


@pytest.mark.parametrize("start", [b"0\r\nX-Large: ", b"0;", b"1\r\nx\r\n2;"])
def test_chunk_sizes_and_trailers_without_end_are_closed(serving: Serving, start: bytes) -> None:
    with serving.client() as client:
        client.send(CHUNKED + start)
        with suppress(OSError):
            client.send(b"x" * 5_000_000)
        assert client.is_at_end()


# Answers


def test_a_client_that_does_not_read_is_let_go(serving: Serving) -> None:
    with serving.client(receive_buffer=4096) as client:
        client.send(get("/many"))
        assert serving.lets_go(client)


def test_a_client_that_does_not_read_the_end_of_its_answer_is_let_go(serving: Serving) -> None:
    with serving.client(receive_buffer=4096) as client:
        client.send(get("/some", "Connection: close"))
        assert serving.lets_go(client)


def test_a_client_that_reads_slowly_gets_all_of_its_answer(
    serving: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Its small buffer makes it slow: the answer takes several times WRITE_SECONDS.
    monkeypatch.setattr(protocol, "WRITE_BYTES_MIN", 1)
    with serving.client(receive_buffer=4096) as client:
        client.send(get("/many", "Connection: close"))
        assert len(client.answer()[2]) == MANY


def test_a_client_that_does_not_read_does_not_hold_up_others(serving: Serving) -> None:
    with serving.client(receive_buffer=4096) as deaf, serving.client() as client:
        deaf.send(get("/many"))
        client.send(get("/a"))
        assert client.answer()[2] == b"/a"
