"""Every action writes down what it changed, or something that it calls does, or it stands below with the reason."""

import ast

from tests.source import product_trees

RECORD = "organizations.auditing.audit.record"
SILENT = {
    "networks.actions.outgoing.enqueue_outgoing": "the caller says what leaves and why",
    "networks.actions.outgoing.enqueue_chain": "the caller says what leaves and why",
    "networks.actions.outgoing.reschedule_outgoing": "the caller says what was moved",
    "networks.actions.outgoing.cancel_outgoing": "the caller says what was taken back",
    "networks.actions.backlog.settle_backlog": "whoever releases a pause says what became of what it kept",
    "inbox.actions.ingest.ingest_inbound": "what came in is its own record",
    "inbox.actions.message_changes.follow_changes": "what became of it on its network is its own record, with its times",
    "inbox.actions.reply_settlement.settle_reply": "the outbox's attempts are the record of a sending",
    "analytics.actions.own_counts.refresh_day": "numbers counted from rows that stay",
    "analytics.actions.measurement_planning.claim_measurements": "a lease of a worker",
    "analytics.actions.measurement_planning.postpone_measurements": "when a machine asks again is no change of anything",
    "analytics.actions.metric_storage.store_post_metrics": "what a network measured is its own record",
    "analytics.actions.metric_storage.store_profile_metrics": "what a network measured is its own record",
    "organizations.actions.notifications.read_notification": "having read something concerns nobody else",
    "organizations.actions.notifications.read_all_notifications": "having read something concerns nobody else",
    "organizations.actions.domains.claim_domains": "whoever sets the sign-on up says which domains it had and has",
    "teams.actions.reminders.send_task_reminder": "the notice that it sends is its own record",
}


def names_in(module: str, tree: ast.Module) -> dict[str, str]:
    """What a name means in the module, as a whole dotted name."""
    found = {node.name: f"{module}.{node.name}" for node in tree.body if isinstance(node, ast.FunctionDef)}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            found |= {(one.asname or one.name): f"{node.module}.{one.name}" for one in node.names}
        elif isinstance(node, ast.Import):
            found |= {(one.asname or one.name): one.name for one in node.names}
    return found


def calls(function: ast.FunctionDef, names: dict[str, str]) -> set[str]:
    """Whatever the function mentions by name: called, handed on, or an attribute of an imported module."""
    found = set()
    for node in ast.walk(function):
        if isinstance(node, ast.Name):
            found.add(names.get(node.id, node.id))
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            found.add(f"{names.get(node.value.id, node.value.id)}.{node.attr}")
    return found


def is_action(module: str, function: ast.FunctionDef) -> bool:
    atomic = any("transaction.atomic" in ast.unparse(one) for one in function.decorator_list)
    return ".actions." in module and atomic and not function.name.startswith("_")


def graph() -> tuple[dict[str, set[str]], set[str]]:
    edges, actions = {}, set()
    for module, tree in product_trees():
        names = names_in(module, tree)
        for node in tree.body:
            if isinstance(node, ast.FunctionDef):
                name = f"{module}.{node.name}"
                edges[name] = calls(node, names)
                actions |= {name} if is_action(module, node) else set()
    return edges, actions


def recording(edges: dict[str, set[str]]) -> set[str]:
    """Everything from which a way leads to `audit.record`."""
    found = {RECORD}
    while True:
        more = {name for name, called in edges.items() if name not in found and called & found}
        if not more:
            return found
        found |= more


def test_every_action_is_written_down() -> None:
    edges, actions = graph()
    assert len(actions) > 25
    missing = sorted(actions - recording(edges) - set(SILENT))
    assert not missing, (
        f"{missing}: call audit.record(actor, verb, thing, {{field: [before, after]}}) where something changes,"
        " or say in SILENT why this is no change that anybody would ask about."
    )


def test_nobody_is_excused_for_nothing() -> None:
    edges, actions = graph()
    needless = sorted(name for name in SILENT if name not in actions or name in recording(edges))
    assert not needless, f"Remove {needless} from SILENT: it is written down by now, or gone."


def test_only_the_audit_module_makes_entries() -> None:
    makers = {
        module
        for module, tree in product_trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and ast.unparse(node.func).startswith("AuditEntry")
        and "create" in ast.unparse(node.func)
    }
    assert makers == {"organizations.auditing.audit"}, (
        "Call audit.record, which names the actor and the address and masks secrets."
    )
