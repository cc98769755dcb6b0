"""The job queue: order, places, stops, abandonment, whose job it is."""

from __future__ import annotations

import gc
import math
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Iterator

import pytest

from embedviz import jobs as jobs_module
from embedviz.errors import CancelledError, EmbedvizError, InvalidParameterError
from embedviz.jobs import Job, Jobs
from embedviz.progress import Progress, stop_if

# Only a hang lasts so long: no test of a busy machine comes near it.
LONG = 120.0


@pytest.fixture
def jobs() -> Iterator[Jobs]:
    """A queue that waits for an answer to a stop however busy the machine is."""
    runner = Jobs(stop_grace=LONG)
    yield runner
    runner.shutdown(0.0)


class Clock:
    """A time that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now

    time = monotonic


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The time of the queue and its jobs."""
    standing = Clock()
    monkeypatch.setattr(jobs_module, "time", standing)
    return standing


class Gate:
    """Work that runs until opened, or until stopped unless it is deaf."""

    def __init__(self, deaf: bool = False, result: object = "result") -> None:
        self.opened, self.entered = threading.Event(), threading.Event()
        self.left = threading.Event()
        self.deaf, self.result = deaf, result

    def __call__(self, on_progress, cancel):
        self.entered.set()
        on_progress(Progress(0.5, "half"))
        while not self.opened.wait(0.01):
            if not self.deaf:
                stop_if(cancel, "gate")
        on_progress(Progress(1.0, "through"))
        self.left.set()
        return self.result


def _until(condition) -> bool:
    deadline = time.monotonic() + LONG
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def test_a_job_reports_and_gives_its_result(jobs):
    gate = Gate(result={"answer": 42})
    job = jobs.submit(gate, "Mapping", "ann")
    assert gate.entered.wait(LONG)
    assert _until(lambda: job.progress == Progress(0.5, "half"))
    assert (job.state, job.alive, job.result, job.position) == ("running", True, None, 0)
    gate.opened.set()
    assert job.wait(LONG)
    assert (job.state, job.alive, job.result, job.error) == ("done", False, {"answer": 42}, None)
    assert job.progress == Progress(1.0, "through")
    assert job.submitted <= job.started <= job.finished
    assert job.title == "Mapping"


def test_the_work_is_not_done_in_the_callers_thread(jobs):
    job = jobs.submit(lambda *_: threading.current_thread(), "where", "ann")
    assert job.wait(LONG)
    assert job.result is not threading.current_thread()
    assert job.result.daemon


def test_one_at_a_time_in_order_and_everybody_sees_their_place(jobs):
    gates = [Gate(result=number) for number in range(4)]
    queue = [jobs.submit(gate, str(n), f"owner {n}") for n, gate in enumerate(gates)]
    assert gates[0].entered.wait(LONG)
    assert [job.position for job in queue] == [0, 1, 2, 3]
    assert [job.state for job in queue] == ["running", "queued", "queued", "queued"]
    queue[2].cancel()
    assert queue[2].state == "stopped"
    assert [job.position for job in queue] == [0, 1, 0, 2]
    for number in (0, 1, 3):
        assert gates[number].entered.wait(LONG)
        assert not any(gate.entered.is_set() for gate in gates[number + 1 :])
        gates[number].opened.set()
        assert queue[number].wait(LONG)
    assert [job.result for job in queue] == [0, 1, None, 3]
    assert not gates[2].entered.is_set()


def test_stop_reaches_the_work(jobs):
    gate = Gate()
    job = jobs.submit(gate, "stop me", "ann")
    assert gate.entered.wait(LONG)
    job.cancel()
    assert job.stopping
    assert job.wait(LONG)
    assert (job.state, job.detached, job.abandoned) == ("stopped", False, False)
    assert (job.result, job.error) == (None, None)


def test_work_may_answer_a_stop_with_what_it_has(jobs):
    jobs.stop_grace = 0.1

    def train(on_progress, cancel):
        cancel.wait(LONG)
        time.sleep(0.4)  # longer than the grace of others
        return "two epochs"

    job = jobs.submit(train, "train", "ann", stop_grace=math.inf)
    assert _until(lambda: job.state == "running")
    job.cancel()
    assert job.wait(LONG)
    assert (job.state, job.result, job.detached, job.stopping) == (
        "done",
        "two epochs",
        False,
        True,
    )


def test_deaf_work_is_detached_and_the_next_job_starts(jobs, clock):
    deaf, next_gate = Gate(deaf=True), Gate()
    job = jobs.submit(deaf, "deaf", "ann", stop_grace=1.0)
    waiting = jobs.submit(next_gate, "next", "ben")
    assert _until(lambda: job.progress.message == "half")
    job.cancel()
    clock.now += 0.9
    assert job.state == "running"
    clock.now += 0.2
    assert job.wait(LONG)
    assert (job.state, job.detached) == ("stopped", True)
    assert next_gate.entered.wait(LONG)
    deaf.opened.set()
    assert deaf.left.wait(LONG)
    next_gate.opened.set()
    assert waiting.wait(LONG)
    assert (job.state, job.result, job.progress.message) == ("stopped", None, "half")
    assert waiting.result == "result"


def test_deaf_work_that_ends_late_does_not_end_its_successor(jobs):
    deaf, next_gate = Gate(deaf=True), Gate()
    first = jobs.submit(deaf, "deaf", "ann", stop_grace=0.1)
    second = jobs.submit(next_gate, "next", "ben")
    third = jobs.submit(Gate(), "third", "cem")
    assert deaf.entered.wait(LONG)
    first.cancel()
    assert next_gate.entered.wait(LONG)
    deaf.opened.set()
    assert deaf.left.wait(LONG)
    time.sleep(0.2)  # a mistake would come at once
    assert (second.state, third.state, third.position) == ("running", "queued", 1)


def test_failures_keep_the_error_and_free_the_queue(jobs, caplog):
    def wrong(on_progress, cancel):
        raise InvalidParameterError("perplexity=90 does not fit.")

    def broken(on_progress, cancel):
        raise ZeroDivisionError("oops")

    def leaving(on_progress, cancel):
        raise SystemExit(3)

    queue = [jobs.submit(work, "work", "ann") for work in (wrong, broken, leaving)]
    last = jobs.submit(lambda *_: 7, "last", "ann")
    assert last.wait(LONG)
    assert [job.state for job in queue] == ["failed"] * 3
    assert [type(job.error) for job in queue] == [
        InvalidParameterError,
        ZeroDivisionError,
        SystemExit,
    ]
    assert str(queue[0].error) == "perplexity=90 does not fit."
    assert last.result == 7
    assert "oops" in caplog.text
    assert "perplexity" not in caplog.text


def test_cancelled_error_is_a_stop_not_a_failure(jobs):
    def gives_up(on_progress, cancel):
        raise CancelledError("stopped")

    job = jobs.submit(gives_up, "x", "ann")
    assert job.wait(LONG)
    assert (job.state, job.error) == ("stopped", None)


def test_same_owner_and_key_are_one_job_while_alive(jobs):
    gate = Gate()
    first = jobs.submit(gate, "map", "ann", key="k")
    assert jobs.submit(gate, "map", "ann", key="k") is first
    queued = jobs.submit(gate, "map", "ann", key="other")
    assert jobs.submit(gate, "map", "ann", key="other") is queued
    assert jobs.submit(gate, "map", "ben", key="k") is not first
    assert jobs.submit(gate, "map", "ann") is not jobs.submit(gate, "map", "ann")
    gate.opened.set()
    assert first.wait(LONG)
    assert jobs.submit(gate, "map", "ann", key="k") is not first


def test_a_stopping_job_is_not_given_again(jobs):
    deaf = Gate(deaf=True)
    first = jobs.submit(deaf, "map", "ann", key="k")
    assert deaf.entered.wait(LONG)
    first.cancel()
    assert jobs.submit(Gate(), "map", "ann", key="k") is not first
    deaf.opened.set()


def test_owners_see_their_own_only(jobs):
    gate = Gate()
    job = jobs.submit(gate, "secret", "ann")
    assert jobs.get(job.id, "ann") is job
    assert jobs.get(job.id, "ben") is None
    assert jobs.get("nonsense", "ann") is None
    assert jobs.of("ann") == [job]
    assert jobs.of("ben") == []


def test_a_job_that_nobody_asks_about_is_stopped(jobs, clock):
    left, kept, queued = Gate(), Gate(), Gate()
    job = jobs.submit(left, "left", "ann")
    waited_for = jobs.submit(kept, "kept", "ben")
    never_run = jobs.submit(queued, "left in the queue", "ann")
    assert left.entered.wait(LONG)
    for _ in range(2):
        clock.now += jobs.abandon_after * 0.75
        assert jobs.get(waited_for.id, "ben") is waited_for
        jobs.get(job.id, "ben")  # somebody else's question does not count
    assert job.wait(LONG)
    assert (job.state, job.abandoned) == ("stopped", True)
    assert never_run.wait(LONG)
    assert (never_run.state, never_run.abandoned) == ("stopped", True)
    assert not queued.entered.is_set()
    assert kept.entered.wait(LONG)
    for _ in range(3):
        clock.now += jobs.abandon_after * 0.75
        waited_for.touch()
    assert (waited_for.state, waited_for.abandoned) == ("running", False)
    clock.now += jobs.abandon_after * 1.25
    assert waited_for.wait(LONG)
    assert (waited_for.state, waited_for.abandoned) == ("stopped", True)


def test_ended_jobs_are_bounded_in_number():
    jobs = Jobs(keep_finished=3)
    queue = [jobs.submit(lambda *_: 1, str(n), "ann") for n in range(6)]
    assert queue[-1].wait(LONG)
    assert [job.title for job in jobs.of("ann")] == ["3", "4", "5"]
    assert jobs.get(queue[0].id, "ann") is None
    jobs.shutdown()


def test_ended_jobs_are_forgotten_after_a_while_and_their_results_freed(jobs, clock):
    class Result:
        pass

    job = jobs.submit(lambda *_: Result(), "x", "ann")
    assert job.wait(LONG)
    alive = weakref.ref(job.result)
    job_id = job.id
    del job
    clock.now += jobs.keep_seconds * 0.9
    assert jobs.get(job_id, "ann") is not None
    clock.now += jobs.keep_seconds * 0.2
    assert jobs.get(job_id, "ann") is None
    assert _until(lambda: gc.collect() >= 0 and alive() is None)


def test_ended_work_holds_no_memory(jobs):
    class Space:
        pass

    space = Space()
    held = weakref.ref(space)

    def fails(on_progress, cancel, space=space):
        raise InvalidParameterError("no")

    job = jobs.submit(fails, "x", "ann")
    assert job.wait(LONG)
    del space, fails
    assert _until(lambda: gc.collect() >= 0 and held() is None)
    assert job.error is not None


def test_forget_stops_and_drops_one_owners_jobs(jobs):
    gate, other = Gate(), Gate()
    mine = jobs.submit(gate, "mine", "ann")
    theirs = jobs.submit(other, "theirs", "ben")
    assert gate.entered.wait(LONG)
    jobs.forget("ann")
    assert mine.wait(LONG)
    assert jobs.of("ann") == []
    assert jobs.get(mine.id, "ann") is None
    assert other.entered.wait(LONG)
    assert theirs.state == "running"


def test_stopping_what_has_ended_changes_nothing(jobs):
    job = jobs.submit(lambda *_: 5, "x", "ann")
    assert job.wait(LONG)
    job.cancel()
    assert (job.state, job.result, job.stopping) == ("done", 5, False)


def test_shutdown_stops_all_and_takes_no_more(jobs):
    gate = Gate()
    running, queued = jobs.submit(gate, "a", "ann"), jobs.submit(Gate(), "b", "ann")
    assert gate.entered.wait(LONG)
    jobs.shutdown(LONG)
    assert (running.state, queued.state) == ("stopped", "stopped")
    with pytest.raises(EmbedvizError, match="ending"):
        jobs.submit(gate, "c", "ann")


def test_many_threads_submit_and_each_gets_its_own_result(jobs):
    found: dict[int, Job] = {}

    def client(number: int) -> None:
        found[number] = jobs.submit(lambda *_: number * number, str(number), f"owner {number}")

    threads = [threading.Thread(target=client, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(job.wait(LONG) for job in found.values())
    assert {n: job.result for n, job in found.items()} == {n: n * n for n in range(20)}


def test_a_program_ends_though_a_job_does_not():
    code = (
        "import time\nfrom embedviz.jobs import Jobs\n"
        "job = Jobs().submit(lambda *_: time.sleep(6000), 'x', 'ann')\n"
        "while job.state == 'queued':\n    time.sleep(0.01)\n"
        "print(job.state, 'streamlit' in __import__('sys').modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=LONG, check=True
    )
    assert done.stdout.split() == ["running", "False"]
