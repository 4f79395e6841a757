"""What is mutated, in groups that share a run, and the tests that are asked: those of the folders, where they reach a line."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Group:
    modules: tuple[str, ...]
    tests: tuple[str, ...]


OUTBOX = (
    "chains circuits claims deleting failed_calls files former_drafts too_late_rows rate_limits reconciling outcomes pulse"
    " reach doubted_rows sending settling twins uploading"
)
GROUPS = {
    "outbox": Group(
        tuple(f"networks.outbox.{name}" for name in OUTBOX.split()),
        tuple(
            f"outbox/test_{name}.py"
            for name in (
                "meanings circuit_rules limit_rules held_files order_rules settling taking older_state files restored"
                " sending unknown"
            ).split()
        ),
    ),
    "adapters": Group(
        tuple(f"networks.adapters.{network}.{name}" for network in ("x", "facebook") for name in ("errors", "parse")),
        tuple(
            f"networks/test_{name}.py" for name in "graph_table x_answers shapes retrying unknown recognised".split()
        ),
    ),
    "rights": Group(
        ("teams.actions.grants", "teams.rights.grant_policy", "teams.access", "networks.actions.policy"),
        ("teams/test_giving.py", "teams/test_viewers.py", "teams/test_why.py"),
    ),
    "sign_in": Group(
        (
            "organizations.sign_in.admission",
            "organizations.sign_in.session_bounds",
            "organizations.access",
            "organizations.tenancy",
            "organizations.sign_in.sessions",
            "organizations.actions.admitting",
            "organizations.actions.sign_on",
            "organizations.sign_in.oidc",
        ),
        tuple(
            f"organizations/test_{name}.py" for name in "entry admitting oidc setting_sign_on tenancy bounds".split()
        ),
    ),
    "publishing": Group(
        (
            *(
                f"publishing.actions.{name}"
                for name in "compose content deliveries next_steps post_handover delivery_times".split()
            ),
            *(
                f"publishing.actions.{name}"
                for name in "assets attachments review post_outbox schedule fallback_plans".split()
            ),
            "publishing.planning.planned_times",
            "publishing.limits",
            "publishing.composing.threads",
        ),
        (
            *(
                f"publishing/test_{name}.py"
                for name in "judged writing planning deciding copies putting_forward handing_over kept_files approval compose late media deletion scheduling threads wordless".split()
            ),
            "outbox/test_fallback.py",
            "outbox/test_plans.py",
            "outbox/test_standing_in.py",
            "organizations/test_waiting_approvals.py",
        ),
    ),
    "inbox": Group(
        (
            *(
                f"inbox.actions.{name}"
                for name in "assign contacts echoes conversation_handover ingest conversation_joining".split()
            ),
            *(f"inbox.actions.{name}" for name in "reply unsent_replies reply_settlement triage".split()),
            "inbox.conversation_counts",
        ),
        tuple(
            f"inbox/test_{name}.py"
            for name in "tally coming_in giving answers assign ingest reply threads clocks echo".split()
        ),
    ),
    "numbers": Group(
        ("analytics.derive", "analytics.actions.metric_storage"),
        ("analytics/test_derive.py", "analytics/test_measuring.py"),
    ),
    "states": Group(
        ("foundation.states", "foundation.crypto"),
        ("ops/test_machine.py", "ops/test_rotation.py", "tasks/test_life.py", "outbox/test_looking.py"),
    ),
}
