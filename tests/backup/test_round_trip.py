"""Saved while posts leave, brought back: nothing twice, nothing missing, and of everything it is known what became."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils.timezone import now

from tests.backup.conftest import House, plain_dump, plain_restore, soon
from tests.ops.eventually import eventually
from tests.stack import running

pytestmark = [pytest.mark.stack, pytest.mark.timeout(600)]
APART = timedelta(seconds=0.3)


def settled(house: House) -> bool:
    return not {state for text, state in house.states().items() if not text.startswith("Much later")} - {"sent"}


def test_brought_back_where_it_was_and_where_nothing_was(lived_in: House, tmp_path: Path) -> None:
    archive, stack = tmp_path / "backup.tar", lived_in.stack
    picture, began = lived_in.upload(), now()
    by_hand = lived_in.post("Much later, and then sent by hand", at=soon(7200), media=[picture])
    lived_in.post("Much later", at=soon(7200))
    before = lived_in.plan_many("Before", 12, first=soon(1), apart=timedelta(seconds=0.8))
    wait = 6 + 4 * (now() - began).total_seconds()  # as long as this machine takes to plan these, and to begin a backup
    after = lived_in.plan_many("After", 6, first=soon(wait), apart=APART)
    lived_in.post("Thread", at=soon(wait), thread=["Thread 2", "Thread 3"])
    eventually(lambda: bool(lived_in.network.own))
    saved = json.loads(stack.run_command("backup", str(archive)).stdout)  # while they leave
    unsent = {*after, "Thread"} - set(lived_in.network.published_texts())
    assert unsent, "they left before the backup was made: plan them for later"
    assert saved["files"] == 1
    assert [path.name for path in tmp_path.iterdir()] == ["backup.tar"]
    assert stack.env["SECRET_KEY"].encode() not in archive.read_bytes()

    lived_in.wait_until_left(*before, *after, "Thread 3")
    lived_in.send_now(by_hand)
    lived_in.post("Written since")  # which no backup knows
    lived_in.wait_until_left("Much later, and then sent by hand", "Written since")
    there = {*before, *after, "Thread", "Thread 2", "Thread 3", "Much later, and then sent by hand", "Written since"}
    lived_in.assert_each_is_there_once(there)

    refused = stack.run_command("restore", str(archive), check=False)
    assert refused.returncode == 1
    assert refused.stderr.startswith("CommandError: SocialOps is running here"), refused.stderr
    lived_in.stop()
    refused = stack.run_command("restore", str(archive), check=False)
    assert "Something is here already: 1 organizations" in refused.stderr
    assert "Written since" in lived_in.states()

    done = json.loads(stack.run_command("restore", str(archive), "--yes").stdout)
    assert done["looked_for_first"] >= len(unsent)
    assert "Written since" not in lived_in.states()
    stack.redis().flushdb()
    lived_in.start()
    eventually(lambda: settled(lived_in), 60)
    lived_in.assert_each_is_there_once(there)
    assert lived_in.states()["Much later"] == "waiting"
    stack.sql(
        "UPDATE networks_outgoing SET planned_at = now(), due_at = now() "
        "WHERE draft->>'text' = 'Much later, and then sent by hand' RETURNING 1"
    )
    eventually(lambda: lived_in.states()["Much later, and then sent by hand"] == "sent", 20)
    lived_in.assert_each_is_there_once(there)

    with running(only=(), **moved(lived_in, tmp_path / "elsewhere")) as other:
        done = json.loads(other.run_command("restore", str(archive)).stdout)
        assert (done["new_files"], done["posts"]) == (
            1,
            lived_in.stack.sql("SELECT count(*) FROM publishing_post")[0][0],
        )
        assert len(list((tmp_path / "elsewhere").rglob("*.png"))) == 1
        again = lived_in.moved_to(other)
        for name in ("worker", "beat"):
            other.start(name)
        eventually(lambda: settled(again), 60)
        again.assert_each_is_there_once(there)


def moved(house: House, media: Path) -> dict[str, str]:
    names = ("X_API_URL", "OUTBOX_WAITS_PERCENT", "INBOUND_POLL_SECONDS")
    return {**{name: house.stack.env[name] for name in names}, "MEDIA_STORAGE_URL": media.as_uri()}


def test_a_plain_restore_behind_our_back_while_everything_runs(lived_in: House, tmp_path: Path) -> None:
    stack, dump = lived_in.stack, tmp_path / "dump"
    there = set(lived_in.network.published_texts())
    texts = lived_in.plan_many("Plain", 5, first=soon(5), apart=APART)
    plain_dump(stack, dump)
    lived_in.wait_until_left(*texts)
    plain_restore(stack, dump)
    eventually(lambda: ("copy",) in stack.sql("SELECT how FROM networks_restoration"), 20)
    eventually(lambda: settled(lived_in), 60)
    lived_in.assert_each_is_there_once(there | set(texts))
    fresh = lived_in.post("Fresh after the plain restore")
    assert fresh
    lived_in.wait_until_left("Fresh after the plain restore")
