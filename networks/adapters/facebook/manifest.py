"""What names Facebook, whose Pages are the profiles."""

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from foundation.env import parse_version
from networks.contract import InboundKind
from networks.manifest import (
    CredentialFields,
    DemoProfile,
    Manifest,
    NetworkPermission,
    NetworkSetting,
    last_number_in_path,
)


def id_in(permalink: str, page_id: str) -> str:
    """A post's id begins with the Page's, a comment's with the post's."""
    last = last_number_in_path(permalink)
    comment = parse_qs(urlsplit(permalink).query).get("comment_id", [""])[0]
    if last and comment.isdecimal():
        return f"{last.rpartition('_')[2]}_{comment}"
    return f"{page_id}_{last}" if last and "_" not in last else last


MANIFEST = Manifest(
    network="facebook",
    label="Facebook",
    place=20,
    mark=Path(__file__).with_name("mark.svg"),
    colour="#0866ff",
    adapter="networks.adapters.facebook.adapter.FacebookAdapter",
    dialect="networks.sandbox.dialects.facebook.dialect.FacebookDialect",
    address=NetworkSetting(
        variable="GRAPH_API_URL",
        default="https://graph.facebook.com",
        means="base address of every call to Facebook",
    ),
    settings=(
        NetworkSetting(
            key="app_id",
            variable="META_APP_ID",
            means="the Meta app",
            needed=True,
        ),
        NetworkSetting(
            key="app_secret",
            variable="META_APP_SECRET",
            means="the secret of that, which signs what Facebook pushes too",
            needed=True,
        ),
        NetworkSetting(
            key="verify_token",
            variable="META_VERIFY_TOKEN",
            means="what Meta is told to say when it asks whether its pushes are wanted",
            needed=True,
        ),
        NetworkSetting(
            key="api_version",
            variable="GRAPH_API_VERSION",
            default="v25.0",
            means="version of every call to Facebook",
            parse=parse_version,
            expected="v and a number, such as v25.0",
        ),
    ),
    credentials=(CredentialFields(needed=("page_id", "access_token")),),
    id_field="page_id",
    scopes=(
        NetworkPermission("pages_show_list", "to know which Pages there are"),
        NetworkPermission("pages_manage_posts", "to publish and delete"),
        NetworkPermission("pages_read_engagement", "to read posts, and find what was sent"),
        NetworkPermission("pages_read_user_content", "to read what others write"),
        NetworkPermission("pages_manage_engagement", "to answer"),
        NetworkPermission("pages_manage_metadata", "to be told of what is new"),
        NetworkPermission("read_insights", "to read numbers"),
    ),
    push_secret="app_secret",  # noqa: S106  the name of one
    id_in=id_in,
    default_inbound_kind=InboundKind.COMMENT,
    counted={"likes": "reactions of every kind"},
    demo=(
        DemoProfile(
            organization="northwind",
            handle="northwind.outdoors",
            name="Northwind Outdoors",
            place=20,
            teams=("Brand", "Care"),
        ),
    ),
)
