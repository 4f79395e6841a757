"""From a stranger's words on a network to our answer there, through real processes."""

import pytest

from tests.journeys.conftest import World, eventually

pytestmark = [pytest.mark.stack, pytest.mark.timeout(120)]


def conversation_with(world: World, text: str) -> dict | None:
    for found in world.call("GET", "conversations/")["results"]:
        messages = world.call("GET", f"conversations/{found['id']}/messages/")["results"]
        if any(message["text"] == text for message in messages):
            return found
    return None


@pytest.mark.parametrize("network", ["x", "facebook"])
def test_what_somebody_writes_is_answered_once(world: World, network: str) -> None:
    question, answer = f"Do you open on {network} Sunday?", f"Yes, at ten, says {network}."
    if network == "x":
        world.x.mention(question)
    else:
        post, _at = world.schedule("What would you like to know?", seconds=0.5, profiles=[world.page_id])
        eventually(lambda: world.settled(post))
        world.graph.comment(world.deliveries(post)[0]["remote_id"], question)

    found = eventually(lambda: conversation_with(world, question), within=10)
    assert found["state"] == "open"
    path = f"conversations/{found['id']}"
    world.call("POST", f"{path}/assign/", {"member": owner(world)})
    seen = found["last_message_id"]
    world.call("POST", f"{path}/reply/", {"text": answer, "seen": seen}, status=201)
    world.call("POST", f"{path}/reply/", {"text": "Me too!", "seen": seen}, status=409)

    def messages() -> list[dict]:
        return world.call("GET", f"{path}/messages/")["results"]

    eventually(lambda: [one for one in messages() if one["direction"] == "out" and one["state"] == "sent"])
    network_texts = (world.x if network == "x" else world.graph).published_texts()
    assert network_texts.count(answer) == 1
    assert "Me too!" not in network_texts
    # Two polls later our own echo has come back, and still there are the question and one answer.
    calls = len((world.x if network == "x" else world.graph).calls)
    eventually(lambda: len((world.x if network == "x" else world.graph).calls) > calls + 4)
    assert sorted(one["text"] for one in messages()) == sorted([question, answer])
    world.call("POST", f"{path}/close/")
    assert world.call("GET", f"{path}/")["state"] == "closed"


def owner(world: World) -> int:
    [(pk,)] = world.stack.sql("SELECT id FROM organizations_member")
    return int(pk)
