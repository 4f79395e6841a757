"""What a post said when an older state of the installation came back: in these words it may have left since."""

from networks.models import Restoration
from publishing.models import Revision


def former_revisions(revision: Revision) -> list[Revision]:
    """Those that stood before `revision` when an older state came back. None for what was never rewritten."""
    if revision.number == 1:
        return []
    returns = Restoration.objects.filter(planned_before=None, written_before__lte=revision.created_at)
    earlier = list(Revision.objects.filter(post=revision.post_id, number__lt=revision.number).order_by("-number"))
    oldest = earlier[-1].created_at
    ends = returns.filter(written_before__gt=oldest).values_list("written_before", flat=True)
    current = {next(one for one in earlier if one.created_at < end) for end in ends}
    return sorted(current, key=lambda one: one.number)
