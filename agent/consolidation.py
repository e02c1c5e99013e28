"""Sleep: learning again what was lived, ever more carefully, while nothing is lived."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

from agent.checkpoint.checkpoint import optimizers
from agent.mind import Mind
from housecat.core.errors import UserError


def sleep(
    mind: Mind, lessons: int, learn: Callable[[], dict[str, float]] | None = None, mirrored: bool = False
) -> Iterator[dict[str, float]]:
    """Lets a mind learn from its memory, with steps that shrink to nothing.

    A mind that lives learns with steps that stay large, so that it goes on following what is new; in sleep there is
    nothing new, and they may shrink. Afterwards it learns as fast as before.

    Source: ours, after the consolidation of memories in sleep (complementary learning systems, McClelland et al. 1995,
    Psychological Review 102, 419-457); the step sizes follow half a cosine, Loshchilov & Hutter 2017, arXiv 1608.03983,
    equation 5 without restarts.

    Args:
        mind: Who sleeps.
        lessons: How often it learns; each time as much as in one control step of its life.
        learn: What a lesson is, where not all is to be learnt: the reflex's alone, for one.
        mirrored: Whether half of what was lived is seen in a mirror, whatever its setting.

    Raises:
        UserError: If it is to be mirrored and cannot be: its body is not alike on both sides, or it sees.

    Yields:
        The losses of each lesson; none while there is too little to learn from.
    """
    rates = [(optimizer, [group["lr"] for group in optimizer.param_groups]) for _, optimizer in optimizers(mind)]

    def slow_down(share: float) -> None:
        for optimizer, usual in rates:
            for group, rate in zip(optimizer.param_groups, usual, strict=True):
                group["lr"] = rate * share

    learn, mirror = mind.learn if learn is None else learn, mind.trainer.symmetry
    if mirrored:
        if mind.symmetry is None or "eye" in mind.shapes:
            raise UserError(
                "this mind has no mirror to sleep with: minds that see have none, nor have bodies whose sides differ, "
                "nor minds that have met no world yet (`mind.attach(world)`)"
            )
        mind.trainer.symmetry = mind.symmetry
    try:
        for lesson in range(lessons):
            slow_down(0.5 * (1.0 + math.cos(math.pi * lesson / lessons)))
            yield learn()
    finally:
        slow_down(1.0)
        mind.trainer.symmetry = mirror
