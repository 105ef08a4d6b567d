"""Being told to stop: also by a signal that comes in the middle of waiting."""

import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from newsletter.stopping import Stop, told_by_signals


def test_nobody_has_said_anything_yet() -> None:
    stop = Stop()

    assert not stop.is_set()
    assert not stop.wait(0.01)


def test_what_is_said_stays_said_for_all_who_wait() -> None:
    stop, through = Stop(), []
    waiting = [threading.Thread(target=lambda: through.append(stop.wait(10))) for _ in range(3)]
    for thread in waiting:
        thread.start()

    stop.set()
    stop.set()
    for thread in waiting:
        thread.join(10)

    assert through == [True, True, True]
    assert stop.is_set()
    assert stop.wait()
    assert stop.wait(0)


def test_no_time_at_all_is_no_time_for_ever() -> None:
    for _ in range(1000):
        assert not Stop().wait(1e-9)


def test_as_many_can_be_made_as_one_likes_and_said_as_often() -> None:
    for _ in range(3000):  # more than there are open files
        Stop().set()
    stop = Stop()
    for _ in range(100_000):  # more than a pipe holds
        stop.set()

    assert stop.wait(0)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_wakes_who_waits_and_the_old_handlers_come_back(number: signal.Signals) -> None:
    before = signal.getsignal(number)
    with told_by_signals() as stop:
        threading.Timer(0.05, os.kill, (os.getpid(), number)).start()
        begun = time.monotonic()

        assert stop.wait(30)
        assert time.monotonic() - begun < 20

    assert signal.getsignal(number) == before


#: A signal at some moment of each of many short waits; ``threading.Event`` comes to a stand in a second.
_STORM = """
import random, signal, time
from newsletter.stopping import Stop

heard, over = 0, time.monotonic() + 2

def hear(*_):
    global heard
    heard += 1
    stop.set()

stop = Stop()
signal.signal(signal.SIGALRM, hear)
while time.monotonic() < over:
    stop = Stop()
    signal.setitimer(signal.ITIMER_REAL, random.uniform(1e-6, 2e-4))
    stop.wait(1e-4)
    signal.setitimer(signal.ITIMER_REAL, 0)
print(heard > 100)
"""


def test_a_signal_at_any_moment_of_a_wait_never_brings_it_to_a_stand() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _STORM], capture_output=True, text=True, timeout=60, check=True
    )

    assert done.stdout == "True\n"


def test_a_signal_that_another_thread_gets_is_heard_too() -> None:
    """Its handler runs in this thread, when this one is awake: nothing wakes it for that."""
    began = time.monotonic()
    with told_by_signals() as stop:

        def send() -> None:
            time.sleep(0.3)
            signal.pthread_kill(threading.get_ident(), signal.SIGTERM)
            time.sleep(6)
            stop.set()  # so that a failure is no hang

        threading.Thread(target=send, daemon=True).start()
        assert stop.wait()

    assert time.monotonic() - began < 5
