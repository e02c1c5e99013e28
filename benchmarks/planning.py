"""Times planning and an update of the world model: python benchmarks/planning.py. Keeps the numbers in planning.json.

Each row stands beside its floor, the matrix products that it cannot do without, timed by turns in the same process: the
ratio means the same on a slow machine and on a fast one. The peer is the iCEM solver of stable-worldmodel, which is
given the same imagination to search in:

    pip install --no-deps --target build/peer stable-worldmodel==0.1.1 loguru
    python benchmarks/planning.py --peer build/peer
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import gymnasium
import torch
import tyro
from rich.console import Console
from rich.table import Table
from timing import Call, by_turns, save
from torch import Tensor

import worlds
from agent import Mind, MindConfig, live
from agent.actor.planners import ICEM
from agent.perception.attention import select_things, select_tokens
from agent.perception.egocentric import EgoFeatures
from agent.runtime import configure_runtime
from agent.world_model.jit_cache import CALLS_BEFORE_TRACE

RESULT = Path(__file__).with_suffix(".json")
SAMPLES, HORIZON, ITERATIONS, WIDE = 128, 30, 3, 128


def products(mind: Mind, rows: int, things: int) -> list[tuple[Tensor, Tensor]]:
    """Returns the factors of all matrix products of one step of the predictor for `rows` situations."""
    model = mind.world_model
    e, own, pair = model.pair_net.members, model.own_size + mind.actions, model.pair_size
    hidden, out = (model.pair_net.weights[i].shape[-1] for i in (0, 2))
    body = [weight.shape[1:] for weight in model.body_net.weights]
    look, message = model.vitals_net.thing_net[0], model.vitals_net.message
    first, last = model.vitals_net.change_net[0], model.vitals_net.change_net[2]
    shapes = [
        ((rows, own), (own, e * hidden)),
        ((rows * things, pair), (pair, e * hidden)),
        ((e, rows * things, hidden), (e, hidden, hidden)),
        ((e, rows * things, hidden), (e, hidden, out)),
        *(((e, rows, a), (e, a, b)) for a, b in body),
        ((rows * things, look.in_features), (look.in_features, look.out_features)),
        *(((rows, layer.in_features), (layer.in_features, layer.out_features)) for layer in (message, first, last)),
        ((rows * things, 2), (2, model.prior.first.shape[1])),
        ((rows * things, model.prior.second.shape[0]), tuple(model.prior.second.shape)),
    ]
    return [(torch.randn(a), torch.randn(b)) for a, b in shapes]


def planning(peer: Path | None, repeats: int) -> dict[str, Any]:
    """Times one decision of iCEM in an ensemble of 5 nets of 3 layers, 128 wide."""
    config = MindConfig.of(
        {
            "model.hidden_size": WIDE,
            "planner.samples": SAMPLES,
            "planner.horizon": HORIZON,
            "planner.iterations": ITERATIONS,
            "model.ensemble_size": 5,
        }
    )
    world = worlds.make("playroom", seed=0)
    mind = Mind.born(world, seed=0, config=config)
    senses = {name: torch.from_numpy(value) for name, value in world.observe().items()}
    attended = select_things(senses, config.attention.num_attended)
    generator = torch.Generator().manual_seed(0)
    with torch.inference_mode():
        latent = select_tokens(mind.perception(senses), attended)
        factors = products(mind, SAMPLES, len(attended))

        def floor() -> None:
            for _ in range(HORIZON * ITERATIONS):
                for a, b in factors:
                    torch.matmul(a, b)

        def evaluate(plans: Tensor) -> Tensor:
            return mind.actor.evaluate(latent, plans, senses, attended).total

        def imagine() -> None:
            for _ in range(ITERATIONS):
                mind.world_model.imagine(latent, plans, senses, attended)

        plans = torch.zeros(HORIZON, SAMPLES, mind.actions)
        planner = ICEM(
            beta=2.5,
            horizon=HORIZON,
            action_size=mind.actions,
            samples=SAMPLES,
            iterations=ITERATIONS,
            num_elites=8,
        )
        calls: dict[str, Call] = {
            "floor": floor,
            "imagination": imagine,
            "planner": lambda: planner.plan(evaluate, generator),
        }
        if peer:
            calls["peer"] = stable_worldmodel(peer, evaluate, mind.actions, config.planner.elites)
        result: dict[str, Any] = by_turns(calls, repeats)
    world.close()
    return {**result, "planner_over_floor": result["planner"] / result["floor"]}


def stable_worldmodel(folder: Path, evaluate: Callable[[Tensor], Tensor], actions: int, elites: int) -> Call:
    """Returns a call that makes a decision with the peer's solver; only its solvers are imported."""
    sys.path.append(str(folder))
    for name in ("stable_worldmodel", "stable_worldmodel.solver"):
        sys.modules[name] = bare = ModuleType(name)
        bare.__path__ = [str(folder.joinpath(*name.split(".")))]
    solver = importlib.import_module("stable_worldmodel.solver.icem").ICEMSolver

    class Model:
        def get_cost(self, info: dict[str, Tensor], candidates: Tensor) -> Tensor:
            return evaluate(candidates[0].transpose(0, 1)).unsqueeze(0)

    icem = solver(Model(), num_samples=SAMPLES, n_steps=ITERATIONS, topk=elites, var_scale=0.6, noise_beta=2.5)
    space = gymnasium.spaces.Box(-1.0, 1.0, (1, actions))
    icem.configure(action_space=space, n_envs=1, config=SimpleNamespace(horizon=HORIZON, action_block=1))
    return lambda: icem.solve({"now": torch.zeros(1, 1)})


def update(repeats: int) -> dict[str, float]:
    """Times one update of the predictor at the default sizes."""
    world = worlds.make("playroom", seed=0)
    mind = Mind.born(world, seed=0)
    config = mind.config
    for _ in live(world, mind, config.training.batch_size + 2):
        pass
    world.close()
    model, optimizer = mind.world_model, mind.trainer.dynamics_optimizer
    drawn = mind.memory.sample(config.training.batch_size, torch.Generator().manual_seed(0))
    attended = select_things(drawn.senses, config.attention.num_attended)
    with torch.no_grad():
        rows = torch.arange(config.training.batch_size).unsqueeze(1)
        whole = torch.cat([torch.zeros(config.training.batch_size, 1, dtype=torch.long), attended + 1], 1)
        before, after = (mind.perception(senses)[rows, whole] for senses in (drawn.senses, drawn.after))
        ego = model.ego_features_of(before, mind.perception.appearance(drawn.senses)[rows, attended])
    ego = EgoFeatures(*(part.detach() for part in ego))
    factors = products(mind, config.training.batch_size, attended.shape[-1])
    backward = [(torch.randn_like(a @ b), a, b) for a, b in factors]

    def step() -> None:
        losses, _ = model.loss(before, after, drawn.action, ego)
        optimizer.zero_grad(set_to_none=True)
        torch.stack(list(losses.values())).sum().backward()  # type: ignore[no-untyped-call]
        optimizer.step()

    def floor() -> None:
        for out, a, b in backward:
            torch.matmul(a, b)
            torch.matmul(out, b.mT)
            torch.matmul(a.mT, out)

    for _ in range(CALLS_BEFORE_TRACE):  # as in a life, where it is recorded by then
        step()
    result = by_turns({"floor": floor, "update": step}, repeats)
    return {**result, "update_over_floor": result["update"] / result["floor"]}


def main(peer: Path | None = None, repeats: int = 15, out: Path = RESULT) -> None:
    """Times a decision of the planner, and an update of the world model.

    Args:
        peer: Folder in which stable-worldmodel was installed; without it that row is left out.
        repeats: Number of decisions, of which the median is reported; updates are ten times as many.
        out: File for the result.
    """
    configure_runtime()
    result: dict[str, Any] = {
        "planning_ms": planning(peer, repeats),
        "update_ms": update(10 * repeats),
    }
    save(result, out)
    table = Table("what", "measured, ms (or times)")
    for group in ("planning_ms", "update_ms"):
        for name, value in result[group].items():
            table.add_row(f"{group.removesuffix('_ms')}: {name.replace('_', ' ')}", f"{value:.2f}")
    Console().print(table)


if __name__ == "__main__":
    tyro.cli(main)
