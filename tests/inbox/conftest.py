"""A question that came in, and its answer."""

import pytest

from inbox.actions.ingest import ingest_inbound
from inbox.actions.reply import reply_to_conversation
from inbox.models import Message
from tests.cast import Cast
from tests.inbox.talk import only_conversation, says


@pytest.fixture
def question(cast: Cast) -> Message:
    return ingest_inbound(cast.x, [says("Where is it?", remote_id="1")])[0]


@pytest.fixture
def answer(cast: Cast, question: Message) -> Message:
    return reply_to_conversation(cast.cole, only_conversation(), text="Coming", seen=question.pk)
