"""Consolidation: a mind learns again from its memory while nothing is lived, with step sizes that fall to zero."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

from agent.mind import Mind
from agent.runtime import configure_runtime
from housecat.core.errors import UserError


def train_offline(
    mind: Mind, updates: int, step: Callable[[], dict[str, float]] | None = None, symmetric: bool = False
) -> Iterator[dict[str, float]]:
    """Trains a mind on its memory, with step sizes that fall from their usual values to zero.

    A mind that lives keeps its step sizes, so that it goes on following what is new; offline there is nothing new, and
    they may fall. Afterwards they are as before.

    Source: ours, after the consolidation of memories in sleep (complementary learning systems, McClelland et al. 1995,
    Psychological Review 102, 419-457); the step sizes follow half a cosine, Loshchilov & Hutter 2017, arXiv 1608.03983,
    equation 5 without restarts.

    Args:
        mind: The mind that is trained.
        updates: How often `step` is called.
        step: One update, which returns losses by name; `Mind.learn`, as in a control step, when not given.
        symmetric: Whether half of each batch is mirrored, whatever the setting ``training.symmetry``.

    Raises:
        UserError: If it is to be `symmetric` and cannot be: its body is not alike on both sides, or it sees.

    Yields:
        The losses of each update; none while there is too little to learn from.
    """
    rates = [(optimizer, [group["lr"] for group in optimizer.param_groups]) for optimizer in mind.optimizers.values()]

    def scale_rates(share: float) -> None:
        for optimizer, usual in rates:
            for group, rate in zip(optimizer.param_groups, usual, strict=True):
                group["lr"] = rate * share

    configure_runtime(mind.config.threads)
    step, symmetry = mind.learn if step is None else step, mind.trainer.symmetry
    if symmetric:
        if mind.symmetry is None or "eye" in mind.shapes:
            raise UserError(
                "this mind cannot be trained mirrored: minds that see have no mirror, nor have bodies whose sides "
                "differ, nor minds that have met no world yet (`mind.attach(world)`)"
            )
        mind.trainer.symmetry = mind.symmetry
    try:
        for update in range(updates):
            scale_rates(0.5 * (1.0 + math.cos(math.pi * update / updates)))
            yield step()
    finally:
        scale_rates(1.0)
        mind.trainer.symmetry = symmetry
