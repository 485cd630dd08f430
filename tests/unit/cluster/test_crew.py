"""Work that is handed to other processes, and what becomes of it."""

import os
import time
from pathlib import Path

import dask
import pytest

from impasto.cluster import Answer, Hands, Order, WorkerReport, hiring
from impasto.cluster.parcel import Files
from impasto.cluster.worker import Unpacked
from impasto.errors import ImpastoError, PictureError, SettingsError, UsageError
from tests.support import errands


@pytest.fixture(scope="module")
def two():
    with Hands.of(2, None).hired(0, 9) as workers:
        yield workers


def answers(workers, call, *orders, **more):
    found = [each for each in workers.each(call, orders, **more) if isinstance(each, Answer)]
    return {answer.order.name: answer for answer in found}


def test_workers_have_the_files_that_an_order_names(two, tmp_path):
    one, other = tmp_path / "one.txt", tmp_path / "other.txt"
    one.write_text("first")
    other.write_text("second")
    orders = [Order(f"{n}", n, (str(one), str(other)) if n % 2 else (str(one),)) for n in range(9)]
    found = answers(two, errands.contents, *orders)
    assert len(found) == 9
    for n, order in enumerate(orders):
        texts = {str(one): b"first", str(other): b"second"}
        assert found[order.name].value == (n, {path: texts[path] for path in order.files})
        assert set(found[order.name].files) == set(order.files)
    assert two.size == 2


def test_files_keep_their_names_there(two, tmp_path):
    for name in ("cat.jpg", "Ein schönes Bild.png"):
        (tmp_path / name).write_bytes(b"same")
    paths = tuple(sorted(map(str, tmp_path.iterdir())))
    assert answers(two, errands.names, Order("a", None, paths))["a"].value == [
        Path(path).name for path in paths
    ]


def test_what_fails_is_an_answer_and_stops_nothing(two, tmp_path):
    found = answers(two, errands.fail, Order("a", ValueError("no")), Order("b", KeyError("x")))
    assert isinstance(found["a"].error, ValueError)
    assert isinstance(found["b"].error, KeyError)
    gone = Order("gone", 1, (str(tmp_path / "gone.png"),))
    found = answers(two, errands.contents, gone, Order("there", 1))
    assert isinstance(found["gone"].error, PictureError)
    assert "gone.png' cannot be read (No such file" in str(found["gone"].error)
    assert found["there"].value == (1, {})


def test_an_order_outlives_its_worker(two, tmp_path):
    orders = [Order(f"{n}", str(tmp_path / f"{n}")) for n in range(3)]
    found = answers(two, errands.die_once, *orders)
    assert {answer.value for answer in found.values()} == {"done"}
    assert len(list(tmp_path.iterdir())) == 3


def test_an_order_that_ends_every_worker_is_given_up(two):
    found = answers(two, errands.die, Order("deadly", None))
    assert isinstance(found["deadly"].error, ImpastoError)
    assert "3 workers ended over it" in str(found["deadly"].error)
    assert answers(two, errands.contents, Order("after", 1))["after"].value == (1, {})


def test_workers_that_do_not_come_back_are_replaced(two):
    cluster = two.client.cluster
    before = set(two.client.nthreads())
    with dask.config.set({"distributed.deploy.lost-worker-timeout": "0.1s"}):
        for nanny in tuple(cluster.workers.values()):
            two.client.sync(nanny.close)
        assert answers(two, errands.contents, Order("after", 1))["after"].value == (1, {})
    assert not before & set(two.client.nthreads())


def test_workers_report_and_hear_that_nobody_waits_any_more(two, tmp_path):
    marks, reports = [tmp_path / "one", tmp_path / "other"], []
    for event in two.each(errands.wait, [Order(m.name, str(m)) for m in marks],
                          stop=lambda: {r.order for r in reports} == {"one", "other"}):  # fmt: skip
        reports.append(event)
    assert all(isinstance(report, WorkerReport) and report.share == 0.5 for report in reports)
    end = time.monotonic() + 60
    while not all(mark.exists() for mark in marks):
        assert time.monotonic() < end
        time.sleep(0.1)


def test_the_longest_is_begun_first(two, monkeypatch):
    monkeypatch.setattr(two, "ahead", 0)
    found = answers(two, errands.contents, *(Order(f"{n}", n, seconds=n) for n in (1, 3, 2)))
    assert list(found) == ["3", "2", "1"]


def test_a_file_travels_once_and_must_stay_what_it_was(tmp_path):
    path, files = tmp_path / "a.png", Files()
    path.write_bytes(b"one")
    assert files.read([str(path)], again=False) == {str(path): b"one"}
    assert files.read([str(path)], again=False) == {}
    assert files.read([str(path)], again=True) == {str(path): b"one"}
    path.write_bytes(b"two")
    with pytest.raises(PictureError, match="has changed since the work began"):
        files.read([str(path)], again=True)


def test_a_worker_keeps_the_files_that_were_used_last(tmp_path):
    unpacked = Unpacked(tmp_path, most=10)
    for at, name in enumerate("abc"):
        (place,) = unpacked.take({name: f"hash of {name}"}, {name: b"12345678"}).values()
        old = time.time() - 100 + at
        os.utime(place, (old, old))
    assert unpacked.take({"a": "hash of a"}, {}) == {}
    assert list(unpacked.take({"c": "hash of c"}, {})) == ["c"]


def test_a_file_that_comes_with_other_contents_takes_its_old_place(tmp_path):
    unpacked = Unpacked(tmp_path)
    before = unpacked.take({"in/a.py": "one"}, {"in/a.py": b"1"})
    assert unpacked.take({"in/a.py": "two"}, {}) == {}
    assert unpacked.take({"in/a.py": "two"}, {"in/a.py": b"2"}) == before
    assert Path(before["in/a.py"]).read_bytes() == b"2"
    # the same file under two names is two files
    assert len(set(unpacked.take({"x/m.png": "m", "y/m.png": "m"},
                                 {"x/m.png": b"m", "y/m.png": b"m"}).values())) == 2  # fmt: skip


def test_when_the_scheduler_goes_every_order_gets_an_answer(two, monkeypatch):
    def gone():
        raise OSError("Timed out trying to connect")

    monkeypatch.setattr(two.client, "nthreads", gone)
    found = answers(two, errands.contents, *(Order(f"{n}", n) for n in range(40)))
    assert len(found) == 40
    assert {str(each.error) for each in found.values()} == {
        "the scheduler has gone: the same command goes on with another one."
    }


def test_a_cluster_is_hired_by_its_address_and_let_go(two):
    with Hands.of(None, two.client.scheduler.address).hired(0, 9) as others:
        assert others.size == 2
        assert answers(others, errands.contents, Order("a", 1))["a"].value == (1, {})
        for _ in others.each(errands.wait, [Order(f"{n}", "/dev/null") for n in range(6)]):
            break
        others.client.close()
    end = time.monotonic() + 60
    while any(two.client.processing().values()):
        assert time.monotonic() < end
        time.sleep(0.1)


@pytest.mark.parametrize(
    ("workers", "cluster", "words"),
    [
        (0, None, "workers is 0: it must be a number, or auto"),
        ("some", None, "workers is some"),
        (-2, None, "workers is -2"),
        (2, "tcp://host:1", "exclude each other"),
    ],
)
def test_wrong_hands_are_one_sentence(workers, cluster, words):
    with pytest.raises(SettingsError, match=words):
        Hands.of(workers, cluster)


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "nonsense://x"])
def test_a_scheduler_that_is_not_there_is_one_sentence(address, monkeypatch):
    monkeypatch.setattr(hiring, "FIRST_ANSWER", 0.2)
    with (
        pytest.raises(UsageError, match="there is no Dask scheduler at"),
        Hands.of(None, address).hired(0, 9),
    ):
        pass


def test_as_many_processes_as_there_is_memory_for(monkeypatch):
    monkeypatch.setattr(hiring, "memory_each", lambda workers, own: 8e9 / workers)
    monkeypatch.setattr(hiring.psutil.Process, "cpu_affinity", lambda self: range(16))
    assert hiring.most_here(1e9) == 5  # of 8 GB, .7 may be used
    assert hiring.most_here(1e6) == 16
    assert hiring.most_here(1e12) == 1
