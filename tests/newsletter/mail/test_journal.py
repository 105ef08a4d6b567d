"""A sender's journal: whole lines, a lock that dies with the sender, and nothing left when all is settled."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from newsletter.core import journals
from newsletter.core.replies import NoReply, Reply
from newsletter.mail import journal
from newsletter.mail.journal import Alive, Journal, abandoned

OK = Reply.of(250, "2.0.0 Ok: queued as 4F1")


def begun(living: Journal, *numbers: int) -> None:
    living.write([journals.begun(number, 1) for number in numbers])


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_what_a_sender_writes_is_read_after_its_death(tmp_path: Path) -> None:
    living = Journal.open(tmp_path, "a~1")
    living.write([journals.begun(7, 1)])
    living.write([journals.replied(7, 1, OK), journals.begun(8, 2), journals.begun(9, 1)])
    living.write([journals.lost(9, 1)])
    living.close(settled=False)

    with abandoned(tmp_path, "a~1") as found:
        assert found is not None
        assert found.boot_id == journal.boot_id()
        assert not found.damaged
        assert found.tries[7, 1] == OK
        assert found.tries[8, 2] is None
        assert isinstance(found.tries[9, 1], NoReply)

    assert files(tmp_path) == []


def test_a_living_senders_journal_is_left_alone(tmp_path: Path) -> None:
    living = Journal.open(tmp_path, "a~1")

    with pytest.raises(Alive), abandoned(tmp_path, "a~1"):
        pass

    living.close(settled=False)
    with abandoned(tmp_path, "a~1") as found:
        assert found == journals.Journal(journal.boot_id(), {}, False)


def test_only_one_recovers_at_a_time(tmp_path: Path) -> None:
    Journal.open(tmp_path, "a~1").close(settled=False)

    with abandoned(tmp_path, "a~1"), pytest.raises(Alive), abandoned(tmp_path, "a~1"):
        pass


def test_a_recovery_that_fails_leaves_the_journal_for_the_next(tmp_path: Path) -> None:
    Journal.open(tmp_path, "a~1").close(settled=False)

    with pytest.raises(RuntimeError), abandoned(tmp_path, "a~1"):
        raise RuntimeError("the database is gone")

    assert files(tmp_path) == ["a~1.log"]


def test_a_missing_journal_is_none(tmp_path: Path) -> None:
    with abandoned(tmp_path, "a~1") as found:
        assert found is None


def test_a_sender_that_has_settled_everything_leaves_nothing(tmp_path: Path) -> None:
    living = Journal.open(tmp_path, "a~1")
    assert files(tmp_path) == ["a~1.log"]

    living.close(settled=True)

    assert files(tmp_path) == []


def test_the_lock_dies_with_a_killed_process(tmp_path: Path) -> None:
    program = (
        "import os, sys, pathlib; from newsletter.mail.journal import Journal;"
        "j = Journal.open(pathlib.Path(sys.argv[1]), 'a~1'); j.write(['> 7 1\\n']);"
        "print('ready', flush=True); os.kill(os.getpid(), 9)"
    )
    died = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert (died.returncode, died.stdout) == (-9, "ready\n")

    with abandoned(tmp_path, "a~1") as found:
        assert found is not None
        assert found.tries == {(7, 1): None}


def test_a_full_disk_is_an_error_before_the_message_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    living = Journal.open(tmp_path, "a~1")
    begun(living, 7)
    real_write = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, data: real_write(descriptor, data[:9]))
    with pytest.raises(OSError, match="No space left"):
        begun(living, 8, 10)
    monkeypatch.undo()
    begun(living, 9)
    living.close(settled=False)

    with abandoned(tmp_path, "a~1") as found:
        assert found is not None
        assert not found.damaged  # the half line was taken back
        assert found.tries == {(7, 1): None, (9, 1): None}


def test_a_large_journal_begins_anew_when_nothing_is_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "_LARGE", 120)
    living = Journal.open(tmp_path, "a~1")
    begun(living, *range(20))
    assert living.is_large
    living.all_settled()
    begun(living, 99)
    assert not living.is_large
    living.all_settled()  # small: kept
    living.close(settled=False)

    with abandoned(tmp_path, "a~1") as found:
        assert found is not None
        assert found.boot_id == journal.boot_id()
        assert found.tries == {(99, 1): None}


def test_names_tell_the_machine_and_the_data_directory(tmp_path: Path) -> None:
    first, second = journal.new_sender(tmp_path / "a"), journal.new_sender(tmp_path / "a")

    assert first != second
    assert len(first) <= 80
    place = first.partition("~")[0]
    assert second.startswith(f"{place}~")
    assert not journal.new_sender(tmp_path / "b").startswith(f"{place}~")


def test_journals_are_found_by_their_senders_names(tmp_path: Path) -> None:
    for name in ("b~2", "a~1"):
        Journal.open(tmp_path, name).close(settled=False)

    assert journal.found(tmp_path) == ["a~1", "b~2"]
