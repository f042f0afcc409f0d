"""What in an analysed text says each kind of assertion; kinds that belong together share a folder.

The module named like its kind has `read`, which gives `Found` records for a `Reader`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from kg.build.text.kinds import casualties
from kg.build.text.kinds.aid import aid, ranking, share
from kg.build.text.kinds.common import Found, Reader
from kg.build.text.kinds.diplomacy import border, relation
from kg.build.text.kinds.measure import measure
from kg.build.text.kinds.opinion import finding, poll
from kg.build.text.kinds.organisation import coalition, meeting, membership
from kg.build.text.kinds.person import office, utterance
from kg.build.text.kinds.stance import stance

RULES: tuple[Callable[[Reader], Iterable[Found]], ...] = (
    aid.read,
    ranking.read,
    share.read,
    border.read,
    casualties.read,
    coalition.read,
    relation.read,
    finding.read,
    measure.read,
    meeting.read,
    membership.read,
    office.read,
    poll.read,
    stance.read,
    utterance.read,
)
"""The readers of all kinds."""

__all__ = ["RULES"]
