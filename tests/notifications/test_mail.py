"""An e-mail leaves once: retried when it certainly did not leave, never when that cannot be known."""

from datetime import timedelta

import pytest
from django.utils.timezone import now

from organizations.actions.notifications import read_all_notifications
from organizations.mail import claim, send
from organizations.models import Mail, Notification
from organizations.tenancy import scope


def test_it_says_what_and_where_in_text_and_html(cast, tell, leave, settings):
    settings.PUBLIC_URL = "https://ops.example"
    tell(cast.ed, title="Lena gave you <b>bread</b>", about="By nine", url="/o/acme/tasks/7/")
    [message] = leave()
    assert message.to == ["ed@acme.example"]
    assert message.subject == "Lena gave you <b>bread</b> · Acme"
    assert "https://ops.example/o/acme/tasks/7/" in message.body
    assert "Lena gave you <b>bread</b>" in message.body
    [(html, kind)] = message.alternatives
    assert kind == "text/html"
    assert "Lena gave you &lt;b&gt;bread" in html
    assert 'href="https://ops.example/o/acme/tasks/7/"' in html
    assert "style=" not in html


def test_it_leaves_once(cast, tell, leave):
    tell(cast.ed)
    leave()
    tell(cast.ed)
    assert len(leave()) == 1
    assert Mail.objects.get().state == "sent"


@pytest.mark.parametrize("how", ["away", "later"])
def test_what_the_server_did_not_take_is_tried_again(cast, tell, leave, server, how):
    server(how)
    tell(cast.ed)
    assert leave() == []
    row = Mail.objects.get()
    assert (row.state, row.tries) == ("waiting", 1)
    Mail.objects.update(due_at=now())
    assert len(leave()) == 1


def test_an_address_that_is_refused_is_not_tried_for_ever(cast, tell, leave, server):
    server("refused")
    tell(cast.ed)
    leave()
    assert Mail.objects.get().state == "failed"


def test_where_nobody_knows_it_is_not_sent_again(cast, tell, leave, server):
    server("cut off")
    tell(cast.ed)
    leave()
    assert Mail.objects.get().state == "unknown"
    assert leave(now() + timedelta(days=1)) == []


def test_it_leaves_once_although_the_worker_dies_after_sending(cast, tell, leave, server):
    server("killed")
    tell(cast.ed)
    with pytest.raises(KeyboardInterrupt):
        leave()
    assert Mail.objects.get().state == "sending"
    assert len(leave(now() + timedelta(hours=1))) == 1
    assert Mail.objects.get().state == "unknown"


def test_the_next_worker_does_not_take_what_one_has_begun(cast, tell):
    tell(cast.ed)
    assert claim(now()) is not None
    assert claim(now()) is None


def test_a_slow_server_holds_only_two_workers(cast, tell):
    for number in range(3):
        tell(cast.ed, f"cause-{number}")
    assert [claim(now()) is not None for _ in range(3)] == [True, True, False]


def test_what_was_read_meanwhile_is_not_mailed(cast, tell, leave):
    tell(cast.ed)
    read_all_notifications(cast.ed)
    assert leave() == []
    assert Mail.objects.get().state == "dropped"


def test_whoever_cannot_sign_in_any_more_gets_none(cast, tell, leave):
    tell(cast.ed)
    cast.ed.user.is_active = False
    cast.ed.user.save()
    assert leave() == []


def test_a_second_try_is_the_same_message(cast, tell, leave, mailoutbox):
    tell(cast.ed)
    mail = claim(now())
    with scope(mail.organization_id):
        send(mail)
    assert mailoutbox[0].extra_headers["Message-ID"].startswith(f"<mail-{mail.pk}@")
    assert Notification.objects.count() == 1
