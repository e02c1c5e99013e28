"""A mind imagines both: a ball that falls on a wedge goes left or right, and is predicted to go left or right.

A newborn sits in the room `fork`, watches, and learns from what it saw. More balls fall. From the last moment before
each meets the wedge, many futures of the next 1.6 s are imagined. They are held against what came by the energy score
of the ball's path, which is least for who tells the true distribution. Control: the same mind, with the same
experiences and as many updates, without the latent variable: it has one future, and that is in the middle. Beside it
stands how far members of the ensemble disagree about the ball's next step, which is to be small against the spread
over futures: chance is nothing to learn.

Source: energy score, Gneiting and Raftery 2007, Journal of the American Statistical Association 102 (477), equation 22.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import matplotlib

from housecat.core.obs_layout import THINGS

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
import numpy.typing as npt
import torch

import worlds
from agent import Mind, MindConfig
from agent.perception.attention import attend, tokens
from agent.perception.encoder import Senses
from agent.world_model.stochastic_latent import CHANCE
from studies.common.lives import metric, result
from studies.common.runner import Progress, side_by_side
from worlds import World

STEPS = 1200  # control steps that are watched: 60 balls
LESSONS = 250  # of four updates each
BATCH = 128
BALLS = 20  # that fall afterwards
AHEAD, FUTURES = 8, 64
ASIDE = 0.1  # metres from the middle, to count as left or right
Floats = npt.NDArray[np.float64]
MINDS = 2, 0  # futures that a mind is made for


@dataclass(frozen=True)
class Foretold:
    """What one mind foretold of the balls.

    Attributes:
        score: (BALLS,) energy scores of paths (m).
        left, right: Share of all futures that end there.
        came_left: Share of the balls that did.
        spread: Deviation over futures of where the ball is a step later, along the wedge (m).
        disagreement: Deviation over members of the same, in one future (m).
        example: (AHEAD + 1, FUTURES) imagined places along the wedge of the first ball (m).
    """

    score: Floats
    left: float
    right: float
    came_left: float
    spread: float
    disagreement: float
    example: Floats


def run(seeds: tuple[int, ...], out: Path, progress: Progress, steps: int = STEPS) -> dict[str, Any]:
    """Measures and draws; `steps` counts the control steps that each mind watches."""
    found = side_by_side(partial(foretell, steps=steps), [("fork", seed) for seed in seeds], progress, out / "lives")
    several, one = zip(*(found["fork", seed] for seed in seeds), strict=True)
    better = [1.0 - a.score.mean() / b.score.mean() for a, b in zip(several, one, strict=True)]
    metrics = {
        "score/better": metric(better, "share by which the energy score is less than with one future", "higher"),
        "score/energy": metric((it.score.mean() for it in several), "m, energy score of the ball's path", "lower"),
        "mode/left": metric((it.left for it in several), "share of imagined futures, half is true", "higher"),
        "mode/right": metric((it.right for it in several), "share of imagined futures, half is true", "higher"),
        "next/spread": metric((it.spread for it in several), "m, over futures, of the ball a step later", "higher"),
        "next/disagreement": metric((it.disagreement for it in several), "m, over members, in one future", "lower"),
    }
    controls = {
        "score/energy": metric((it.score.mean() for it in one), "m, energy score of the ball's path", "lower"),
        "next/disagreement": metric((it.disagreement for it in one), "m, over members", "lower"),
        "balls/left": metric((it.came_left for it in several), "share of the balls that came down there", "higher"),
    }
    _draw(several[0], one[0], metrics, controls, out / "figure.png")
    return result("fork", seeds, steps, metrics, {"one future": controls})


def foretell(
    room: str, seed: int, steps: int = STEPS, lessons: int = LESSONS, config: MindConfig | None = None
) -> tuple[Foretold, ...]:
    """Lets newborns watch and learn, and asks them where balls will go; one result for each of `MINDS`."""
    world = worlds.make(room, seed=seed, frames_per_step=1)
    still = np.zeros((steps + 25 * BALLS, *world.action_space.shape), np.float32)
    lived = [world.observe(), *(world.step(action)[0] for action in still[:steps])]
    balls = falls(world, still[steps:])
    moments = [{name: torch.from_numpy(value) for name, value in obs.items()} for obs in lived]
    told = []
    for futures in MINDS:
        wants = {"disagreement": 1.0}
        mind = Mind.born(world, wants, seed, replace(config or MindConfig(batch=BATCH), futures=futures))
        for before, after in pairwise(moments):
            mind.perception.observe(before, after)
            mind.memory.add(before, torch.from_numpy(still[0]), after, {})
        for _ in range(lessons):
            mind.learn()
        told.append(_asked(mind, balls, torch.Generator().manual_seed(seed)))
    world.close()
    return tuple(told)


def falls(world: World, actions: npt.NDArray[np.float32]) -> list[tuple[Senses, torch.Tensor]]:
    """Returns stretches of a life, senses (AHEAD + 1, ...) and actions, each from the last sight of a falling ball."""
    lived = [world.observe()]
    falling = []
    for t, action in enumerate(actions):
        before = world.truth()["fork.phase"]
        lived.append(world.step(action)[0])
        if before == "falling" and world.truth()["fork.phase"] == "fallen":
            falling.append(t)
    return [
        (
            {
                name: torch.from_numpy(np.stack([obs[name] for obs in lived[t : t + AHEAD + 1]]).astype(np.float32))
                for name in lived[t]
            },
            torch.from_numpy(actions[t : t + AHEAD]),
        )
        for t in falling
        if t + AHEAD < len(lived)
    ]


@torch.no_grad()
def _asked(mind: Mind, balls: list[tuple[Senses, torch.Tensor]], generator: torch.Generator) -> Foretold:
    model, scores, ends, came, spread, apart = mind.world_model, [], [], [], [], []
    example = np.zeros((0, 0))
    for senses, plan in balls:
        now = {name: value[0] for name, value in senses.items()}
        attended = attend(now, mind.config.attend)
        latent = tokens(mind.perception(now), attended)
        noise = torch.randn(AHEAD, FUTURES, len(latent), CHANCE, generator=generator) if mind.config.futures else None
        rollout = model.imagine(latent, plan.unsqueeze(1), now, attended, noise)
        path = rollout.senses["things"][..., 0, THINGS.position].double()  # (AHEAD + 1, F, 3)
        real = senses["things"][1:, 0, THINGS.position].double()
        scores.append(energy_score(path[1:].transpose(0, 1).flatten(1), real.flatten()))
        example = example if example.size else path[..., 0].numpy()
        ends.append(path[-1, :, 0])
        came.append(float(senses["things"][-1, 0, THINGS.x]))
        step = rollout.mean[:, 0, :, 1 + int((attended == 0).nonzero()), 0] * mind.perception.change[1, 0]  # (E, F)
        spread.append(float(step.mean(0).std(correction=0)))
        apart.append(float(step.std(0, correction=0).mean()))
    end = torch.cat(ends)
    left, right = (float(side.double().mean()) for side in (end < -ASIDE, end > ASIDE))
    share = float(np.mean(np.array(came) < 0))
    return Foretold(np.array(scores), left, right, share, float(np.mean(spread)), float(np.mean(apart)), example)


def energy_score(futures: torch.Tensor, came: torch.Tensor) -> float:
    """Returns the energy score of equally likely futures (F, n) where `came` (n,) came: less is better.

    With one future it is its distance from what came.
    """
    return float((futures - came).norm(dim=-1).mean() - 0.5 * torch.cdist(futures, futures).mean())


def _draw(several: Foretold, one: Foretold, metrics: dict[str, Any], controls: dict[str, Any], path: Path) -> None:
    fig, axes = plt.subplots(1, 2, figsize=(10, 4), layout="constrained")
    ahead = 0.2 * np.arange(AHEAD + 1)
    axes[0].plot(ahead, several.example, color="tab:orange", alpha=0.25, lw=0.8)
    axes[0].plot(ahead, one.example, color="tab:gray", lw=2, label="one future")
    axes[0].plot([], [], color="tab:orange", label="several futures")
    axes[0].set(title="a ball before the wedge", xlabel="seconds ahead", ylabel="left and right (m)", ylim=(-0.8, 0.8))
    axes[0].legend(frameon=False)
    for i, (name, found, color) in enumerate(
        (("several futures", metrics, "tab:orange"), ("one future", controls, "tab:gray"))
    ):
        it = found["score/energy"]
        low, high = (abs(it["value"] - edge) for edge in it["ci95"])
        axes[1].bar(i, it["value"], 0.6, yerr=[[low], [high]], color=color, label=name)
    axes[1].set(title="energy score of the ball's path", ylabel="m, lower is better", xticks=[])
    axes[1].legend(frameon=False)
    fig.savefig(path, dpi=110)
    plt.close(fig)
