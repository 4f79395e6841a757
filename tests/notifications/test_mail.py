"""An e-mail leaves once: retried when it certainly did not leave, never when that cannot be known."""

from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from django.utils.timezone import now
from PIL import Image

from organizations.actions.notifications import read_all_notifications
from organizations.models import Mail, Notification
from organizations.notifications.mails import claim_mail, send_claimed_mail
from organizations.tenancy import scope
from publishing.actions.assets import upload_asset
from publishing.actions.review import submit_post
from teams.actions.grants import set_grants
from teams.actions.tasks import create_task
from tests import media
from tests.posts import create_post


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


def test_the_task_mail_says_until_when(cast, in_acme, leave):
    due = datetime(2027, 3, 1, 16, 0, tzinfo=UTC)
    create_task(cast.lena, title="Bake", text="Rye", member=cast.ed, due_at=due, due_zone="Europe/Madrid")
    [message] = leave()
    assert "Due Mon 1 Mar, 17:00 Europe/Madrid. Rye" in message.body
    [(html, _kind)] = message.alternatives
    assert "Due Mon 1 Mar, 17:00 Europe/Madrid." in html


@pytest.fixture
def asked(cast, in_acme, settings, tmp_path):
    """A post with a picture that waits for Ava's approval."""
    settings.MEDIA_ROOT = tmp_path
    picture = upload_asset(cast.ed, BytesIO(media.picture(size=(1600, 1200))), alt_text="A loaf")
    text, more = "Fresh rye. " * 40, {"variants": {"x": "Rye!"}, "media": [picture.pk]}
    at = datetime(2027, 3, 1, 8, 0, tzinfo=UTC)
    post = create_post(cast.ed, text=text, profiles=[cast.x.pk, cast.page.pk], planned_at=at, **more)
    return submit_post(cast.ed, post)


def mail_to(messages, name: str):
    return next(one for one in messages if one.to == [f"{name}@acme.example"])


def test_the_approval_mail_shows_the_post(cast, asked, leave):
    message = mail_to(leave(), "ava")
    assert ("Fresh rye. " * 40).strip() in message.body  # all of it, not only its beginning
    assert "Only on X:\nRye!" in message.body
    assert "Planned for Mon 1 Mar, 09:00 Europe/Madrid." in message.body
    [(html, _kind)] = message.alternatives
    [picture] = message.attachments
    name = picture["Content-ID"].strip("<>")
    assert f'src="cid:{name}" alt="A loaf"' in html
    with Image.open(BytesIO(picture.get_payload(decode=True))) as image:
        assert (image.format, image.size) == ("JPEG", (520, 390))
    assert "multipart/related" in message.message().as_string()


def test_who_may_not_see_the_post_any_more_is_not_shown_it(cast, asked, leave):
    for profile in (cast.x, cast.page):
        set_grants(cast.olive, profile, members={cast.ava.pk: []})
    message = mail_to(leave(), "ava")
    assert "Only on X" not in message.body
    assert message.attachments == []


def test_a_picture_that_is_gone_from_the_disk_stops_no_mail(cast, asked, leave):
    asked.revision.attachments.get().asset.file.delete(save=False)
    assert mail_to(leave(), "ava").attachments == []


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
    assert claim_mail(now()) is not None
    assert claim_mail(now()) is None


def test_a_slow_server_holds_only_two_workers(cast, tell):
    for number in range(3):
        tell(cast.ed, f"cause-{number}")
    assert [claim_mail(now()) is not None for _ in range(3)] == [True, True, False]


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
    mail = claim_mail(now())
    with scope(mail.organization_id):
        send_claimed_mail(mail)
    assert mailoutbox[0].extra_headers["Message-ID"].startswith(f"<mail-{mail.pk}@")
    assert Notification.objects.count() == 1
