"""Work orders reach one of the workers, once or again, and what a dead one held is carried out by another."""

import threading
import time
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.engine import make_url

from newsletter import database, ordering
from newsletter.ordering import Board, Hands, place
from tests.postgres import empty_postgres


@pytest.fixture(scope="module")
def orders() -> Iterator[Engine]:
    """A database with the tables of orders, and no others."""
    with empty_postgres() as url:
        if url is None:
            pytest.skip("no PostgreSQL answers")
        engine = database.make_engine(url)
        ordering.prepare(engine)
        yield engine
        engine.dispose()


@pytest.fixture
def board(orders: Engine) -> Iterator[Board]:
    with orders.begin() as connection:
        connection.execute(text(f"TRUNCATE {place()}.procrastinate_jobs CASCADE"))
    with Board(orders.url) as board:
        yield board


class Work:
    """What there is to do: one that is done, one that fails; and who did it how often."""

    def __init__(self) -> None:
        self.done: list[str] = []

    def by(self, name: str) -> dict[str, Callable[[], None]]:
        return {"tick": lambda: self.done.append(name), "fails": self._fail}

    def _fail(self) -> None:
        self.done.append("failed")
        raise RuntimeError("the work itself")


def waiting(engine: Engine) -> list[tuple[str, str]]:
    query = f"SELECT task_name, status::text FROM {place()}.procrastinate_jobs ORDER BY id"
    with engine.connect() as connection:
        return [(name, status) for name, status in connection.execute(text(query))]


def wait_for(condition: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.01)


def test_an_order_is_carried_out_by_one_worker_and_leaves_nothing_behind(
    orders: Engine, board: Board
) -> None:
    work = Work()
    with (
        Hands(orders.url, work.by("one"), tell=print) as one,
        Hands(orders.url, work.by("two"), tell=print) as two,
    ):
        for times in range(1, 6):
            board.hand_out("tick")
            wait_for(lambda times=times: len(work.done) == times)
        board.hand_out("fails")
        board.hand_out("tick")
        wait_for(lambda: len(work.done) == 7)

    assert one.carried_out + two.carried_out == 6
    assert waiting(orders) == []


def test_of_each_kind_one_waits_at_most(orders: Engine, board: Board) -> None:
    for _ in range(3):
        board.hand_out("tick")

    assert [each for each in waiting(orders) if each[0] == "tick"] == [("tick", "todo")]


def in_a_dead_workers_hands(engine: Engine) -> None:
    """Leave all orders as a worker leaves them that others have given up."""
    _change(engine, "UPDATE procrastinate_jobs SET status = 'doing'")


def _change(engine: Engine, statement: str) -> None:
    with engine.begin() as connection:
        connection.execute(text(f"SET LOCAL search_path TO {place()}"))
        connection.execute(text(statement))


def test_what_a_dead_worker_held_is_carried_out_by_another(orders: Engine, board: Board) -> None:
    board.hand_out("tick")
    in_a_dead_workers_hands(orders)
    work = Work()

    with Board(orders.url) as next_leader, Hands(orders.url, work.by("another"), tell=print):
        next_leader.hand_out("fails")
        wait_for(lambda: "another" in work.done and waiting(orders) == [])

    assert work.done.count("another") == 1


def test_what_a_dead_worker_held_goes_where_another_of_its_kind_waits(orders: Engine, board: Board) -> None:
    board.hand_out("tick")
    in_a_dead_workers_hands(orders)
    board.hand_out("tick")
    _change(
        orders, "UPDATE procrastinate_jobs SET scheduled_at = now() + interval '1h' WHERE status = 'todo'"
    )
    work = Work()

    with Board(orders.url) as next_leader, Hands(orders.url, work.by("another"), tell=print):
        next_leader.hand_out("fails")
        wait_for(lambda: waiting(orders) == [("tick", "todo")])

    assert work.done == ["failed"]


def test_a_worker_whose_connections_are_dropped_goes_on(orders: Engine, board: Board) -> None:
    work, told = Work(), list[str]()
    with Hands(orders.url, work.by("one"), tell=told.append):
        board.hand_out("tick")
        wait_for(lambda: len(work.done) == 1)

        with orders.connect() as connection:
            others = "datname = current_database() AND pid <> pg_backend_pid()"
            ended = text(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}")
            assert connection.scalars(ended).all()
        handed_out_in_the_end(board)
        wait_for(lambda: len(work.done) == 2)

    assert len(told) <= 1


def handed_out_in_the_end(board: Board) -> None:
    """Hand out as the clock does: each second anew, whatever happens."""
    for _ in range(10):
        try:
            board.hand_out("tick")
        except Exception:
            time.sleep(0.2)
        else:
            return
    raise AssertionError("the board is closed")


def test_where_no_database_answers_it_is_told_once() -> None:
    told: list[str] = []

    with Hands(make_url("postgresql+psycopg://127.0.0.1:1/none"), {}, tell=told.append):
        time.sleep(0.1)

    assert told == []  # ending is no trouble


def test_two_machines_that_start_together_make_the_tables_once() -> None:
    with empty_postgres() as url:
        if url is None:
            pytest.skip("no PostgreSQL answers")
        engine = database.make_engine(url)
        failed: list[Exception] = []

        def prepare() -> None:
            try:
                ordering.prepare(engine)
            except Exception as error:
                failed.append(error)

        threads = [threading.Thread(target=prepare) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert failed == []
        assert schemas(engine) == [place()]
        another_version(engine, "old", last_heartbeat="now() - interval '2 hours'")
        another_version(engine, "used", last_heartbeat="now()")
        ordering.prepare(engine)
        assert schemas(engine) == sorted([place(), "rundbrev_orders_used"])
        engine.dispose()


def schemas(engine: Engine) -> list[str]:
    query = "SELECT nspname FROM pg_namespace WHERE nspname LIKE 'rundbrev%' ORDER BY nspname"
    with engine.connect() as connection:
        return list(connection.scalars(text(query)))


def another_version(engine: Engine, name: str, *, last_heartbeat: str) -> None:
    schema = f"rundbrev_orders_{name}"
    with engine.begin() as connection:
        connection.execute(text(f"CREATE SCHEMA {schema}"))
        columns = f"SELECT {last_heartbeat} AS last_heartbeat"
        connection.execute(text(f"CREATE TABLE {schema}.procrastinate_workers AS {columns}"))
