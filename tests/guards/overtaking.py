"""Every address that changes something: how it is safe from overwriting what somebody else changed meanwhile."""

GUARDED = "the mark of what was seen goes along and is compared under the lock"

# What carries a mark of the whole thing: pages as the field `seen`, REST as If-Match.
MARKED = frozenset(
    """
    POST posts/<int:pk>/edit/
    POST posts/<int:pk>/submit/
    POST posts/<int:pk>/approve/
    POST posts/<int:pk>/unapprove/
    POST posts/<int:pk>/reject/
    POST posts/<int:pk>/schedule/
    POST posts/<int:pk>/publish/
    POST posts/<int:pk>/withdraw/
    POST posts/<int:pk>/cancel/
    POST posts/<int:pk>/delete/
    POST calendar/<int:pk>/move/
    POST deliveries/<int:pk>/retry/
    POST deliveries/<int:pk>/resolve/
    POST deliveries/<int:pk>/cancel/
    POST deliveries/<int:pk>/send/
    POST deliveries/<int:pk>/move/
    POST inbox/<int:pk>/messages/<int:message>/retry/
    POST inbox/<int:pk>/messages/<int:message>/resolve/
    POST inbox/<int:pk>/messages/<int:message>/withdraw/
    POST inbox/<int:pk>/assign/
    POST inbox/<int:pk>/close/
    POST inbox/<int:pk>/reopen/
    POST tasks/<int:pk>/accept/
    POST tasks/<int:pk>/done/
    POST tasks/<int:pk>/hand-over/
    POST tasks/<int:pk>/cancel/
    POST tasks/<int:pk>/reopen/
    POST teams/levels/<int:pk>/
    POST teams/levels/<int:pk>/delete/
    POST teams/<int:pk>/dissolve/
    POST pauses/<int:pk>/release/
    POST settings/organization/
    POST settings/logo/
    POST settings/logo/remove/
    POST settings/fallback/plan/
    POST settings/fallback/remove/
    POST settings/hours/week/
    POST settings/people/<int:pk>/role/
    POST settings/security/mfa/
    POST settings/security/sessions/
    POST settings/security/sign-on/
    POST settings/security/sign-on/remove/
    PUT api/v1/profiles/(pk)/grants/
    PATCH api/v1/members/(pk)/
    PATCH api/v1/levels/(pk)/
    DELETE api/v1/levels/(pk)/
    PATCH api/v1/teams/(pk)/
    DELETE api/v1/teams/(pk)/
    PATCH api/v1/media/(pk)/
    PATCH api/v1/posts/(pk)/
    DELETE api/v1/posts/(pk)/
    POST api/v1/posts/(pk)/approve/
    POST api/v1/posts/(pk)/reject/
    POST api/v1/posts/(pk)/unapprove/
    POST api/v1/posts/(pk)/schedule/
    POST api/v1/posts/(pk)/submit/
    POST api/v1/deliveries/(pk)/cancel/
    POST api/v1/deliveries/(pk)/resolve/
    POST api/v1/deliveries/(pk)/retry/
    POST api/v1/deliveries/(pk)/schedule/
    POST api/v1/pauses/(pk)/release/
    POST api/v1/conversations/(pk)/assign/
    POST api/v1/conversations/(pk)/close/
    POST api/v1/conversations/(pk)/reopen/
    POST api/v1/tasks/(pk)/accept/
    POST api/v1/tasks/(pk)/cancel/
    POST api/v1/tasks/(pk)/done/
    POST api/v1/tasks/(pk)/hand_over/
    POST api/v1/tasks/(pk)/reopen/
    """.strip().split("\n    ")
)

# What says in another way what it was made from, finer than the whole thing. Each has its own tests.
FINER = {
    "POST inbox/<int:pk>/reply/": "the last message that was seen",
    "POST api/v1/conversations/(pk)/reply/": "the last message that was seen",
    "POST teams/rights/": "the rights of each cell that was shown",
    "POST teams/rights/undo/": "the rights that each change left",
    "POST profiles/<int:pk>/rights/": "the rights of each row that was shown",
    "POST profiles/<int:pk>/rights/add/": "that they held nothing",
    "POST teams/<int:pk>/edit/": "each field as it was: lists are merged, other words are refused",
}

CREATES = frozenset(
    """
    POST compose/
    POST media/
    POST tasks/new/
    POST teams/new/
    POST teams/levels/new/
    POST profiles/connect/
    POST settings/hours/holidays/
    POST settings/people/invite/
    POST settings/people/invite/list/
    POST settings/people/<int:pk>/absences/
    POST settings/members/
    POST settings/tokens/
    POST api/v1/members/(pk)/absences/
    POST api/v1/invitations/
    POST api/v1/levels/
    POST api/v1/teams/
    POST api/v1/media/
    POST api/v1/posts/
    POST api/v1/tasks/
    """.strip().split("\n    ")
)

OVERWRITES_NOTHING = {
    "POST posts/deleted/": "brings back what is gone, and never over what is there",
    "POST compose/preview/": "stores nothing",
    "POST inbox/<int:pk>/count/": "stores nothing",
    "POST audit/export/": "stores nothing but that it was done",
    "POST deliveries/<int:pk>/delete/": "whatever of it is there goes: to delete twice is to delete once",
    "POST api/v1/deliveries/(pk)/delete/": "whatever of it is there goes: to delete twice is to delete once",
    "POST pauses/": "a pause that holds becomes stricter, never weaker, in whatever order",
    "POST api/v1/pauses/": "a pause that holds becomes stricter, never weaker, in whatever order",
    "POST profiles/<int:pk>/labels/": "adds one word or takes one away, whatever the others are by now",
    "POST profiles/<int:pk>/policy/": "names the one of two values that is wanted: who saw the other finds it so",
    "POST tasks/<int:pk>/comment/": "adds words, and changes nothing",
    "POST api/v1/tasks/(pk)/comment/": "adds words, and changes nothing",
    "POST settings/you/": "one's own",
    "POST settings/you/picture/": "one's own",
    "POST settings/you/picture/remove/": "one's own",
    "POST notifications/read/": "one's own",
    "POST settings/notifications/": "one's own",
    "POST settings/people/<int:pk>/let-in/": "happens once, and is undone by nobody",
    "POST settings/security/domains/<int:pk>/check/": "looks again; what is written down is what was found",
    "POST settings/tokens/<int:pk>/revoke/": "ends once, and nothing of it can be changed",
    "POST settings/hours/holidays/<int:pk>/remove/": "ends once, and nothing of it can be changed",
    "POST settings/absences/<int:pk>/end/": "ends once, and nothing of it can be changed",
    "POST api/v1/absences/(pk)/end/": "ends once, and nothing of it can be changed",
    "POST settings/people/<int:pk>/leave/": "ends once; what is handed over is whatever there is by then",
    "POST api/v1/members/(pk)/leave/": "ends once; what is handed over is whatever there is by then",
    "POST settings/invitations/<int:pk>/resend/": "another link, refused once it was accepted or revoked",
    "POST settings/invitations/<int:pk>/revoke/": "ends once, refused once it was accepted or revoked",
    "POST api/v1/invitations/(pk)/resend/": "another link, refused once it was accepted or revoked",
    "POST api/v1/invitations/(pk)/revoke/": "ends once, refused once it was accepted or revoked",
}

REASONS = {**FINER, **OVERWRITES_NOTHING}
