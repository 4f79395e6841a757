"""What the supervisor does about what ends, with processes that cost nothing."""

import errno
import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from socialops.running.procfile_process import NeedsShell, split_command
from socialops.running.servers import ServiceFailed
from socialops.running.supervisor import SupervisedThing, Supervisor
from tests.ops.eventually import eventually, gone

Supervise = Callable[..., Supervisor]
AN_HOUR = 3600.0


class Server:
    """Stands in for an embedded server that a test lets end, and keeps from starting."""

    name = "Server"

    def __init__(self) -> None:
        self.starts = 0
        self.how = ""
        self.broken: Exception | None = None

    def start(self) -> None:
        self.starts += 1
        if self.broken:
            raise self.broken
        self.how = ""

    def ended(self) -> str:
        return self.how

    def end(self) -> None:
        pass


@pytest.fixture
def supervise(tmp_path: Path) -> Iterator[Supervise]:
    made: list[Supervisor] = []

    def build(procfile: str, *servers: Server, ready: bool = True) -> Supervisor:
        (tmp_path / "Procfile").write_text(procfile)
        made.append(Supervisor(tmp_path / "Procfile", dict(os.environ), tmp_path, servers))
        made[-1].ready = ready
        return made[-1]

    yield build
    for supervisor in made:
        supervisor.stop()


@pytest.fixture
def usual_signals() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def test_the_wait_doubles_while_it_keeps_ending_soon() -> None:
    kept = SupervisedThing(Server(), now=0.0)
    waits = []
    for _ in range(7):
        waits.append(kept.put_off(kept.began + 5))
        kept.start(kept.began + 5)
    assert waits == [1, 2, 4, 8, 16, 30, 30]
    assert kept.put_off(kept.began + 60) == 1


def test_what_a_killed_leader_left_is_killed_before_it_is_started_again(
    supervise: Supervise, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    supervisor = supervise("worker: sh -c 'sleep 300 & echo $! > child; wait'")
    [process] = supervisor.processes
    process.start()
    eventually(lambda: (tmp_path / "child").exists() and (tmp_path / "child").read_text().endswith("\n"))
    child = psutil.Process(int((tmp_path / "child").read_text()))
    assert process.leader
    process.leader.kill()
    process.leader.wait()
    at = time.monotonic()
    assert supervisor.look(at) == ""
    assert "worker ended with status -9; it is started again in 1 s" in capsys.readouterr().out
    eventually(lambda: gone(child), within=5)
    supervisor.look(at + 0.9)
    assert process.leader is None
    supervisor.look(at + 1.0)
    assert process.leader is not None


def test_what_cannot_start_at_all_stops_everything(
    supervise: Supervise, usual_signals: None, capsys: pytest.CaptureFixture[str]
) -> None:
    supervisor = supervise("web: sh -c 'echo DEBUG: not a number; exit 3'\nbeat: sleep 300", ready=False)
    assert supervisor.run() == 1
    assert all(process.leader is None for process in supervisor.processes)
    said = capsys.readouterr().out
    assert "web ended with status 3 before SocialOps was ready, so everything stops" in said
    assert said.index("DEBUG: not a number") < said.index("so everything stops")


def test_what_ran_for_a_minute_is_started_again_although_nothing_was_ready(supervise: Supervise) -> None:
    server = Server()
    supervisor = supervise("beat: sleep 300", server, ready=False)
    server.how = "ended"
    assert supervisor.look(time.monotonic() + 61) == ""
    assert supervisor.look(time.monotonic() + 63) == ""
    server.how = "ended"
    assert supervisor.look(time.monotonic() + 64) == ""  # soon after its second start; it is known to be able to run


@pytest.mark.parametrize(
    "broken", [ServiceFailed("Server did not start (see its log)"), OSError(errno.ENOMEM, "see its log")]
)
def test_what_does_not_start_is_tried_again(
    supervise: Supervise, capsys: pytest.CaptureFixture[str], broken: Exception
) -> None:
    server = Server()
    supervisor = supervise("beat: sleep 300", server)
    server.how, server.broken = "ended with status -9", broken
    at = time.monotonic()
    supervisor.look(at)
    supervisor.look(at + 1)
    server.broken = None
    supervisor.look(at + 2)
    assert server.starts == 1
    supervisor.look(at + 3)
    assert server.starts == 2
    assert [line.split("| ")[1] for line in capsys.readouterr().out.splitlines()] == [
        "Server ended with status -9; it is started again in 1 s",
        "Server did not start (see its log); it is started again in 2 s",
    ]


def test_a_signal_stops_it_while_something_waits_to_be_started_again(supervise: Supervise, usual_signals: None) -> None:
    server = Server()
    supervisor = supervise("beat: sleep 300", server)
    server.how = "ended"
    supervisor.look(time.monotonic() + AN_HOUR)
    supervisor.stops.put(signal.SIGTERM)
    assert supervisor.run() == 0
    assert server.starts == 0
    assert supervisor.processes[0].leader is None


@pytest.mark.parametrize(
    "line",
    [
        "sleep 300; touch here", "sleep 300 && touch here", "sleep 300 | cat", "sleep 300 > here", "sleep $(touch here)",
        "sleep `touch here`", "sleep $HOME", "A=b sleep 300", "(sleep 300)", "sleep 300 &", "", "sleep 'open",
    ],
)  # fmt: skip
def test_a_line_that_wants_a_shell_is_refused(line: str) -> None:
    with pytest.raises(NeedsShell):
        split_command(line)


def test_what_would_mean_something_to_a_shell_is_an_argument(supervise: Supervise, tmp_path: Path) -> None:
    supervisor = supervise(
        """web: python -c "import sys, time; open('said', 'w').write(sys.argv[1] + '\\n'); time.sleep(300)" '*;touch here'"""
    )
    [process] = supervisor.processes
    process.start()
    eventually(lambda: (tmp_path / "said").exists() and (tmp_path / "said").read_text() == "*;touch here\n")
    assert process.leader
    assert psutil.Process(process.leader.pid).name().startswith("python")
    assert not (tmp_path / "here").exists()


def test_our_own_lines_need_none() -> None:
    for line in (Path(__file__).parents[2] / "Procfile").read_text().splitlines():
        assert split_command(line.partition(":")[2])
