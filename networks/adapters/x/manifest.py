"""What names X."""

from pathlib import Path

from networks.manifest import CredentialFields, DemoProfile, Manifest, NetworkPermission, NetworkSetting

MANIFEST = Manifest(
    network="x",
    label="X",
    place=10,
    mark=Path(__file__).with_name("mark.svg"),
    colour="#000000",
    adapter="networks.adapters.x.adapter.XAdapter",
    dialect="networks.sandbox.dialects.x.dialect.XDialect",
    address=NetworkSetting(variable="X_API_URL", default="https://api.x.com", means="base address of every call to X"),
    settings=(
        NetworkSetting(
            key="client_id",
            variable="X_CLIENT_ID",
            means="the X app: its OAuth 2.0 client id, with which sign-ins are renewed",
            needed=True,
        ),
        NetworkSetting(key="client_secret", variable="X_CLIENT_SECRET", means="the secret of that", needed=True),
        NetworkSetting(
            key="consumer_key",
            variable="X_CONSUMER_KEY",
            means="the X app: its API key, for profiles that were connected by OAuth 1.0a",
        ),
        NetworkSetting(
            key="consumer_secret",
            variable="X_CONSUMER_SECRET",
            means="the secret of that, which signs what X pushes too",
        ),
    ),
    credentials=(
        CredentialFields(needed=("access_token",), optional=("refresh_token", "expires_at")),
        CredentialFields(needed=("oauth_token", "oauth_token_secret")),
    ),
    scopes=(
        NetworkPermission("tweet.read", "to read posts, and find what was sent"),
        NetworkPermission("users.read", "to know whose profile it is"),
        NetworkPermission("tweet.write", "to publish, answer and delete"),
        NetworkPermission("media.write", "to bring pictures and videos"),
        NetworkPermission("offline.access", "to renew the sign-in without asking again"),
    ),
    push_secret="consumer_secret",  # noqa: S106  the name of one
    loggers=("tweepy",),
    demo=(
        DemoProfile(
            organization="northwind",
            handle="northwind",
            name="Northwind Outdoors",
            place=10,
            teams=("Brand", "Care"),
        ),
        DemoProfile(
            organization="northwind", handle="northwind_help", name="Northwind Help", place=30, teams=("Care",)
        ),
        DemoProfile(organization="globex", handle="globex", name="Globex", place=10),
    ),
)
