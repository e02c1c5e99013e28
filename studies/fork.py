"""A mind imagines both outcomes of chance: a ball that falls on a wedge goes left or right.

A newborn sits in the room `fork`, watches, and learns from what it saw. More balls fall. From the last moment before
each meets the wedge, many futures of the next 1.6 s are imagined. They are compared with what came by the energy score
of the ball's path, which is least for the true distribution. Control: the same mind, with the same experiences and as
many updates, without the latent variable: it has one future, and that is in the middle. Also measured is how far
members of the ensemble disagree about the ball's next step, which should be small compared with the spread over
futures: chance cannot be learnt.

Source: energy score, Gneiting and Raftery 2007, Journal of the American Statistical Association 102 (477), equation 22.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from matplotlib.figure import Figure

import worlds
from agent import Mind, MindConfig
from agent.perception.attention import select_things, select_tokens
from agent.perception.encoder import Senses
from agent.world_model.stochastic_latent import STOCHASTIC_SIZE
from housecat.core.obs_layout import THINGS
from studies.common.plotting import plot_metrics, subplots
from studies.common.results import save_result
from studies.common.runner import Progress, run_jobs
from studies.common.scripted_policies import still_actions
from studies.common.stats import SHARE, metric
from worlds import World

STEPS = 1200  # control steps that are watched: 60 balls
UPDATES = 250  # control steps' worth of learning, of four updates each
BATCH = 128
BALLS, BETWEEN = 20, 25  # that fall afterwards, and at most so many control steps from one to the next
AHEAD, FUTURES = 8, 64
ASIDE = 0.1  # metres from the middle, to count as left or right
Floats = npt.NDArray[np.float64]
VARIANTS = {"several futures": 2, "one future": 0}  # number of futures that a mind is made for


@dataclass(frozen=True)
class Prediction:
    """What one mind predicted of the balls.

    Attributes:
        score: (BALLS,) energy scores of paths (m).
        left, right: Share of all futures that end there.
        balls_left: Share of the balls that fell to the left.
        spread: Deviation over futures of where the ball is a step later, along the wedge (m).
        disagreement: Deviation over members of the same, in one future (m).
        example: (AHEAD + 1, FUTURES) imagined places along the wedge of the first ball (m).
    """

    score: Floats
    left: float
    right: float
    balls_left: float
    spread: float
    disagreement: float
    example: Floats


def run(seeds: tuple[int, ...], out: Path, progress: Progress, steps: int = STEPS) -> dict[str, Any]:
    """Measures and draws; `steps` is the number of control steps that each mind watches. See the package."""
    jobs = [("fork", seed) for seed in seeds]
    found = run_jobs(partial(predict, steps=steps), jobs, progress, out / "jobs")
    several, one = ([found[job][variant] for job in jobs] for variant in VARIANTS)
    less = [1.0 - a.score.mean() / b.score.mean() for a, b in zip(several, one, strict=True)]
    score, futures = "m, energy score of the ball's path", "share of imagined futures; the true share is a half"
    metrics = {
        "score/better": metric(less, "share by which the energy score is less than with one future", "higher"),
        "score/energy": metric((p.score.mean() for p in several), score, "lower", (0.0, np.inf)),
        "mode/left": metric((p.left for p in several), futures, "higher", SHARE),
        "mode/right": metric((p.right for p in several), futures, "higher", SHARE),
        "next/spread": metric((p.spread for p in several), "m, over futures, of the ball a step later", "higher"),
        "next/disagreement": metric((p.disagreement for p in several), "m, over members, in one future", "lower"),
    }
    controls = {
        "one future": {
            "score/energy": metric((p.score.mean() for p in one), score, "lower", (0.0, np.inf)),
            "next/disagreement": metric((p.disagreement for p in one), "m, over members", "lower"),
        },
        "the balls": {"mode/left": metric((p.balls_left for p in several), "share of the balls", "higher", SHARE)},
    }
    figure = _draw(several[0], one[0], {"several futures": metrics, "one future": controls["one future"]})
    return save_result("fork", out, seeds, steps, metrics, controls, figure)


def predict(
    room: str, seed: int, steps: int = STEPS, updates: int = UPDATES, config: MindConfig | None = None
) -> dict[str, Prediction]:
    """Lets newborns watch and learn, and asks them where balls will go; one result for each of `VARIANTS`."""
    world = worlds.make(room, seed=seed, frames_per_step=1)
    still = still_actions(world, steps + BETWEEN * BALLS)
    watched = [world.observe(), *(world.step(action)[0] for action in still[:steps])]
    balls = falls(world, still[steps:])
    moments = [{name: torch.from_numpy(value) for name, value in obs.items()} for obs in watched]
    found = {}
    for variant, futures in VARIANTS.items():
        objectives = {"disagreement": 1.0}
        mind = Mind.born(
            world,
            objectives,
            seed,
            config or MindConfig.of({"training.batch_size": BATCH}).updated({"model.num_futures": futures}),
        )
        for before, after in pairwise(moments):
            mind.perception.update_statistics(before, after)
            mind.memory.add(before, torch.from_numpy(still[0]), after, {})
        for _ in range(updates):
            mind.learn()
        found[variant] = _predict_balls(mind, balls, torch.Generator().manual_seed(seed))
    world.close()
    return found


def falls(world: World, actions: npt.NDArray[np.float32]) -> list[tuple[Senses, torch.Tensor]]:
    """Returns senses (AHEAD + 1, ...) and actions of the fall of each ball, from the last step before the wedge on."""
    seen = [world.observe()]
    falling = []
    for t, action in enumerate(actions):
        before = world.truth()["fork.phase"]
        seen.append(world.step(action)[0])
        if before == "falling" and world.truth()["fork.phase"] == "fallen":
            falling.append(t)
    return [
        (
            {
                name: torch.from_numpy(np.stack([obs[name] for obs in seen[t : t + AHEAD + 1]]).astype(np.float32))
                for name in seen[t]
            },
            torch.from_numpy(actions[t : t + AHEAD]),
        )
        for t in falling
        if t + AHEAD < len(seen)
    ]


@torch.no_grad()
def _predict_balls(mind: Mind, balls: list[tuple[Senses, torch.Tensor]], generator: torch.Generator) -> Prediction:
    model, scores, ends, true_ends, spread, disagreement = mind.world_model, [], [], [], [], []
    example = np.zeros((0, 0))
    for senses, plan in balls:
        now = {name: value[0] for name, value in senses.items()}
        attended = select_things(now, mind.config.attention.num_attended)
        latent = select_tokens(mind.perception(now), attended)
        noise = (
            torch.randn(AHEAD, FUTURES, len(latent), STOCHASTIC_SIZE, generator=generator)
            if mind.config.model.num_futures
            else None
        )
        rollout = model.imagine(latent, plan.unsqueeze(1), now, attended, noise)
        path = rollout.senses["things"][..., 0, THINGS.position].double()  # (AHEAD + 1, F, 3)
        real = senses["things"][1:, 0, THINGS.position].double()
        scores.append(energy_score(path[1:].transpose(0, 1).flatten(1), real.flatten()))
        example = example if example.size else path[..., 0].numpy()
        ends.append(path[-1, :, 0])
        true_ends.append(float(senses["things"][-1, 0, THINGS.x]))
        unit = mind.perception.typical_change[1, 0]
        step = rollout.mean[:, 0, :, 1 + int((attended == 0).nonzero()), 0] * unit  # (E, F)
        spread.append(float(step.mean(0).std(correction=0)))
        disagreement.append(float(step.std(0, correction=0).mean()))
    end = torch.cat(ends)
    left, right = (float(side.double().mean()) for side in (end < -ASIDE, end > ASIDE))
    balls_left = float(np.mean(np.array(true_ends) < 0))
    means = float(np.mean(spread)), float(np.mean(disagreement))
    return Prediction(np.array(scores), left, right, balls_left, *means, example)


def energy_score(futures: torch.Tensor, truth: torch.Tensor) -> float:
    """Returns the energy score of equally likely futures (F, n) when the truth was (n,): less is better.

    With one future it is its distance from the truth.
    """
    return float((futures - truth).norm(dim=-1).mean() - 0.5 * torch.cdist(futures, futures).mean())


def _draw(several: Prediction, one: Prediction, metrics: dict[str, dict[str, Any]]) -> Figure:
    figure, [axes] = subplots(1, 2)
    ahead = 0.2 * np.arange(AHEAD + 1)
    axes[0].plot(ahead, several.example, color="tab:orange", alpha=0.25, lw=0.8)
    axes[0].plot(ahead, one.example, color="tab:gray", lw=2, label="one future")
    axes[0].plot([], [], color="tab:orange", label="several futures")
    axes[0].set(title="a ball before the wedge", xlabel="seconds ahead", ylabel="left and right (m)", ylim=(-0.8, 0.8))
    axes[0].legend(frameon=False)
    plot_metrics(axes[1], {name: group["score/energy"] for name, group in metrics.items()}, ["one future"])
    axes[1].set(title="energy score of the ball's path", ylabel="m, lower is better")
    return figure
