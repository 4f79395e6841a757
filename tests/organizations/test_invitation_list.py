"""Inviting a list of people: first what is wrong with which line, then the others are invited."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from foundation.errors import Invalid
from organizations.actions.invitations import invite_member
from organizations.actions.inviting_many import check_invitation_list, invite_people
from organizations.models import Invitation
from organizations.people.invitation_list import parse_invitation_list
from tests.cast import Cast

PAGE = "/o/acme/settings/people/invite/list/"
LIST = """email,role,teams
nia@acme.example,,Care
oli@acme.example,viewer,
"""


def problems(cast: Cast, text: str) -> dict[int, list[str]]:
    return {line.number: line.problems for line in check_invitation_list(cast.olive, text) if line.problems}


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_lists_of_every_spreadsheet_are_read(delimiter: str, end: str) -> None:
    text = "\ufeff" + LIST.replace(",", delimiter).replace("\n", end)
    lines = parse_invitation_list(text)
    assert [(line.email, line.role, line.team_names) for line in lines] == [
        ("nia@acme.example", "member", ("Care",)),
        ("oli@acme.example", "viewer", ()),
    ]


@pytest.mark.parametrize(
    "text", ["", "nia@acme.example\n", "email\n", "email\n,,\n", "a,b\n\0", 'email\n"' + "a" * 200_000]
)
def test_what_is_no_list(text: str) -> None:
    with pytest.raises(Invalid) as error:
        parse_invitation_list(text)
    assert list(error.value.fields) == ["people"]


def test_at_most_a_thousand() -> None:
    text = "email\n" + "".join(f"n{number}@acme.example\n" for number in range(1001))
    with pytest.raises(Invalid, match="1,000"):
        parse_invitation_list(text)


def test_each_line_says_what_is_wrong(cast: Cast, in_acme) -> None:
    invite_member(cast.olive, email="in@acme.example")
    text = (
        "E-mail,Role,Team\nnia@,member,\nED@acme.example,,\nin@acme.example,,\n"
        "a@acme.example,king,\nb@acme.example,,Nowhere|care\nc@acme.example\nc@acme.example,viewer\n"
    )
    found = problems(cast, text)
    assert {line: texts[0].split()[0] for line, texts in found.items()} == {
        2: "Give", 3: "This", 4: "This", 5: "Choose", 6: "There", 8: "This",
    }  # fmt: skip
    assert Invitation.objects.count() == 1


def test_the_good_ones_are_invited(cast: Cast, in_acme) -> None:
    invite_people(cast.olive, LIST + "nobody\n")
    assert dict(Invitation.objects.values_list("email", "role")) == {
        "nia@acme.example": "member",
        "oli@acme.example": "viewer",
    }
    assert Invitation.objects.get(email="nia@acme.example").team_ids == [cast.team.pk]
    assert [line.problems for line in invite_people(cast.olive, LIST)] == [["This person is invited already."]] * 2


def test_a_thousand_lines(cast: Cast, in_acme, sign_in, django_assert_max_num_queries) -> None:
    text = "email,role,teams\n" + "".join(f"n{number}@acme.example,member,Care\n" for number in range(1000))
    client = sign_in(cast.olive)
    with django_assert_max_num_queries(14):
        checked = client.post(PAGE, {"people": text})
    assert "Invite 1,000 people" in checked.content.decode()
    assert Invitation.objects.count() == 0
    assert client.post(PAGE, {"people": text, "confirm": "1"}).status_code == 302
    assert Invitation.objects.count() == 1000


def test_a_file_is_shown_before_anything_is_sent(cast: Cast, in_acme, sign_in) -> None:
    client = sign_in(cast.olive)
    file = SimpleUploadedFile("people.csv", (LIST + "<b>x,,\n").encode())
    page = client.post(PAGE, {"file": file}).content.decode()
    assert "Invite 2 people" in page
    assert "&lt;b&gt;x" in page
    assert "Give a whole e-mail address." in page


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"", b"hello"])
def test_a_file_that_is_no_list_is_refused_beside_the_field(cast: Cast, sign_in, content: bytes) -> None:
    answer = sign_in(cast.olive).post(PAGE, {"file": SimpleUploadedFile("people.csv", content)})
    assert answer.status_code == 422
    assert "field__error" in answer.content.decode()
