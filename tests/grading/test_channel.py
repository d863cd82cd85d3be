"""Messages over two pipes, from a program that may do anything with them."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator

import pytest

from workbench.grading.channel import TICK, Broken, Channel, Endless, Gone


@pytest.fixture
def channel() -> Iterator[Channel]:
    made = Channel()
    yield made
    made.close()


def idle(waited: float) -> None:
    """Watch without minding."""


def impatient(waited: float) -> None:
    if waited > 0.5:
        raise Endless


def echo(channel: Channel, size: int) -> None:
    """Be the program that answers with what it was asked, from a thread."""
    theirs_in, theirs_out = channel.inside
    data = b""
    while len(data) < size:
        data += os.read(theirs_in, size)
    while data:
        data = data[os.write(theirs_out, data) :]


def test_a_message_larger_than_a_pipe_goes_and_comes(channel: Channel) -> None:
    message = os.urandom(3 * 2**20)
    thread = threading.Thread(target=echo, args=(channel, len(message) + 8))
    thread.start()
    channel.send(message, idle)
    assert channel.receive(2**22, idle) == message
    thread.join()


def test_a_message_is_refused_by_the_size_that_it_announces(channel: Channel) -> None:
    os.write(channel.inside[1], (2**62).to_bytes(8, "big"))
    with pytest.raises(Broken, match="too much output: 4611686018427387904 bytes"):
        channel.receive(2**20, idle)


def test_whoever_has_gone_is_noticed(channel: Channel) -> None:
    os.write(channel.inside[1], b"abc")
    channel.let_go()
    with pytest.raises(Gone):
        channel.receive(100, idle)
    with pytest.raises(Gone):
        channel.send(b"question", idle)


def test_silence_and_deafness_end_when_the_watch_says_so(channel: Channel) -> None:
    with pytest.raises(Endless):
        channel.receive(100, impatient)
    with pytest.raises(Endless):
        channel.send(b"x" * 2**20, impatient)


def test_a_trickle_of_bytes_is_watched_like_silence(channel: Channel) -> None:
    ended = threading.Event()

    def trickle() -> None:
        os.write(channel.inside[1], (2**20).to_bytes(8, "big"))
        while not ended.is_set():
            os.write(channel.inside[1], b"x")
            time.sleep(TICK / 20)

    thread = threading.Thread(target=trickle)
    thread.start()
    try:
        with pytest.raises(Endless):
            channel.receive(2**21, impatient)
    finally:
        ended.set()
        thread.join()
