"""From the composer's REST call to the network and back, through real processes, also when they die on the way."""

import time

import pytest

from tests.journeys.conftest import World, eventually

pytestmark = [pytest.mark.stack, pytest.mark.timeout(300)]


def test_a_scheduled_post_leaves_once_per_profile_within_a_second_of_its_time(world: World) -> None:
    post, at = world.schedule("On time")
    assert {delivery["state"] for delivery in post["deliveries"]} == {"waiting"}
    assert world.creates("On time") == []
    eventually(lambda: world.settled(post))
    arrived = world.creates("On time")
    assert len(arrived) == 2
    for moment in arrived:
        assert 0 <= moment - at.timestamp() < 1
    for delivery in world.deliveries(post):
        assert delivery["remote_id"]
        assert delivery["permalink"].startswith("https://")
        assert delivery["attempts"] == 1


def test_publish_now_leaves_at_once(world: World) -> None:
    began = time.time()
    body = {"text": "Right now", "profiles": [world.x_id], "publish_now": True}
    post = world.call("POST", "posts/", body, status=201)
    eventually(lambda: world.settled(post), within=5)
    [arrived] = world.creates("Right now")
    assert arrived - began < 2


def test_cancelled_it_never_leaves(world: World) -> None:
    post, _at = world.schedule("Never", seconds=2)
    world.call("DELETE", f"posts/{post['id']}/")
    time.sleep(3)
    assert world.creates("Never") == []
    assert world.settled(post, "cancelled")


def test_an_answer_that_never_came_is_looked_for_and_found(world: World) -> None:
    world.x.fail_next("cut_after")
    post, _at = world.schedule("Did it arrive?", seconds=1, profiles=[world.x_id])
    eventually(lambda: world.settled(post), within=30)
    [delivery] = world.deliveries(post)
    attempts = world.call("GET", f"deliveries/{delivery['id']}/")["attempts"]
    assert [attempt["outcome"] for attempt in attempts] == ["unknown", "sent"]
    assert len(world.creates("Did it arrive?")) == 1


def test_killed_workers_and_an_emptied_redis_lose_nothing_and_send_nothing_twice(world: World) -> None:
    texts = [f"Through the storm {number}" for number in range(12)]
    posts = [world.schedule(text, seconds=1 + number * 0.5)[0] for number, text in enumerate(texts)]
    for _ in range(4):
        time.sleep(1.6)
        world.stack.kill("worker")
        world.stack.redis().flushdb()
        world.stack.start("worker")
    world.stack.wait_until_ready()
    eventually(lambda: all(world.settled(post) for post in posts), within=120)
    for text in texts:
        assert len(world.creates(text)) == 2, text
    assert "Traceback" not in world.stack.log("web")
