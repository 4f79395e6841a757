"""What names Toynet."""

from pathlib import Path

from networks.manifest import CredentialFields, DemoProfile, Manifest, NetworkPermission, NetworkSetting

MANIFEST = Manifest(
    network="toynet",
    label="Toynet",
    place=90,
    mark=Path(__file__).with_name("mark.svg"),
    colour="#c0ffee",
    adapter="tests.toynet.adapter.ToynetAdapter",
    dialect="tests.toynet.dialect.ToynetDialect",
    address=NetworkSetting(
        variable="TOYNET_URL", default="https://toynet.example", means="base address of every call to Toynet"
    ),
    settings=(NetworkSetting(key="app_key", variable="TOYNET_APP_KEY", means="the Toynet app", needed=True),),
    credentials=(CredentialFields(needed=("toy_id", "access_token"), optional=("expires_at",)),),
    id_field="toy_id",
    scopes=(NetworkPermission("play", "to publish"),),
    push_secret="app_key",
    id_in=lambda permalink, remote_id: permalink.rpartition("/toys/")[2],
    counted={"likes": "hugs"},
    demo=(
        DemoProfile(
            organization="northwind",
            handle="northwind_toys",
            name="Northwind Toys",
            teams=("Care",),
            posts=((3, 11, "We sell toys by now."),),
        ),
    ),
)
