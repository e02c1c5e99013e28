"""What older versions of housecat wrote, in the words of this one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

# Until format 2, settings had no groups.
RENAMED_SETTINGS = {
    "ensemble": "model.ensemble_size",
    "hidden": "model.hidden_size",
    "what": "model.latent_size",
    "beside": "model.neighbor_features",
    "eye": "model.eye",
    "eye_tokens": "model.image_tokens",
    "belief": "model.belief",
    "futures": "model.num_futures",
    "planner": "planner.kind",
    "horizon": "planner.horizon",
    "samples": "planner.samples",
    "iterations": "planner.iterations",
    "elites": "planner.elites",
    "slides": "planner.gradient_steps",
    "noise_beta": "planner.noise_beta",
    "critic": "planner.use_critic",
    "trace": "planner.lambda_",
    "risk": "planner.risk",
    "pipeline": "planner.async_planning",
    "reflex": "policy.mode",
    "reflex_seeds": "policy.proposals",
    "reflex_slope": "policy.value_gradient_weight",
    "reflex_tolerance": "policy.regret_tolerance",
    "reflex_check": "policy.check_interval",
    "reflex_tries": "policy.dagger_fraction",
    "babble": "training.warmup_steps",
    "batch": "training.batch_size",
    "updates": "training.updates_per_step",
    "learning_rate": "training.learning_rate",
    "discount": "training.discount",
    "capacity": "training.capacity",
    "frames": "training.image_capacity",
    "rare": "training.prioritized_fraction",
    "priority": "training.priority",
    "rollout_steps": "training.rollout_steps",
    "regularizer": "training.regularizer",
    "regularization": "training.regularizer_weight",
    "inverse": "training.inverse_weight",
    "pose": "training.pose_weight",
    "past": "training.backward_weight",
    "masked": "training.masked_weight",
    "mirror": "training.symmetry",
    "noise": "training.obs_noise",
    "shift": "training.image_shift",
    "light": "training.brightness_jitter",
    "dreams": "training.synthetic_critic_data",
    "attend": "attention.num_attended",
    "configurator": "attention.rule",
    "urgent": "attention.need_weighting",
    "lookahead": "attention.adaptive_horizon",
    "clocks": "hierarchy.levels",
    "macro": "hierarchy.macro_steps",
    "far": "hierarchy.macro_horizon",
    "far_samples": "hierarchy.macro_samples",
}
RENAMED_VALUES: dict[str, dict[Any, str]] = {
    "policy.mode": {"trust": "gated", "act": "always"},
    "attention.rule": {"fixed": "uncertain"},
}


# Until format 2: a module, parameter or buffer by its dotted path, or the end of one; see `tensors_of_format_2`.
RENAMED_TENSORS: dict[str, str] = {
    "belief.doubt": "belief.position_std",
    "belief.unseen": "belief.steps_unseen",
    "belief.off": "belief.squared_error",
    "belief.ran": "belief.pace_sums",
    "perception.change": "perception.typical_change",
    "perception.low": "perception.room_low",
    "perception.high": "perception.room_high",
    "mind.mode1": "mind.reactive_actor",
    "mind.second": "mind.subgoal_planner",
    "mind.executive": "mind.configurator",
    "subgoal_planner.moved": "subgoal_planner.squared_change",
    "subgoal_planner.missed": "subgoal_planner.squared_error",
    "subgoal_planner.decided": "subgoal_planner.squared_effect",
    "subgoal_planner.stride": "subgoal_planner.macro_distance",
    "subgoal_planner.model.places": "subgoal_planner.model.place_cells",
    "reactive_actor.reflex": "reactive_actor.policy",
    "policy.gaze": "policy.features",
    "policy.features.look": "policy.features.pair_net",
    "configurator.relevance": "configurator.learned_attention",
    "learned_attention.seen": "learned_attention.inputs",
    "learned_attention.spread": "learned_attention.targets",
    "learned_attention.middle": "learned_attention.input_mean",
    "learned_attention.width": "learned_attention.input_std",
    "learned_attention.speed": "learned_attention.momentum",
    "world_model.blanks.fill": "world_model.blanks.masked_net",
    "world_model.blanks.back": "world_model.blanks.backward_net",
    "world_model.blanks": "world_model.auxiliary_losses",
    "world_model.futures": "world_model.stochastic_latent",
    "world_model.eye_net": "world_model.image_net",
    "world_model.eye_inverse": "world_model.image_inverse",
    "world_model.stand": "world_model.pose_readout",
    "perception.retina": "perception.image_encoder",
    "vitals_net.look": "vitals_net.thing_net",
    "vitals_net.change": "vitals_net.change_net",
    "critic.least": "critic.min_cost",
    "critic.most": "critic.max_cost",
    "critic.net.look": "critic.net.pair_net",
    "critic.net.judge": "critic.net.head",
    "critic.target.look": "critic.target.pair_net",
    "critic.target.judge": "critic.target.head",
}


# Dataclasses in a pending decision of format 2, and their fields that have other names today.
RENAMED_CLASSES = {"Choice": "Decision", "Focus": "Configuration", "Believed": "HiddenObject"}
RENAMED_MODES = {"babble": "warmup", "try": "dagger"}
RENAMED_FIELDS = {
    "Pending": {"choice": "decision"},
    "Thought": {"alarm": "event_probability", "doubt": "expected_regret", "believed": "hidden_objects"},
    "Decision": {"promised": "predicted_cost", "focus": "configuration", "leaning": "mean_action"},
    "Configuration": {"urges": "drive_multipliers"},
    "HiddenObject": {"doubt": "position_std", "unseen": "steps_unseen"},
}
RENAMED_ARBITER = {
    "amiss": "regret_error",
    "unsure": "disagreement",
    "compared": "num_compared",
    "row": "consecutive",
    "alarm": "cooldown",
}
RENAMED_DAGGER = {"left": "steps_left", "trying": "active"}
RENAMED_OPTIMIZERS = {
    "fast": "dynamics",
    "slow": "encoder",
    "fear": "critic",
    "taste": "objectives",
    "reflex": "reactive_actor",
    "second": "subgoal_planner",
}


def from_format_2(about: Mapping[str, Any], tensors: Mapping[str, Tensor]) -> dict[str, Any]:
    """Returns the state of a mind in format 2 as format 3 has it; parts that the file lacks are left out.

    Args:
        about: JSON of the file's header.
        tensors: Tensors by name, such as ``mind.world_model.body_net.weights.0``.
    """

    def part(prefix: str) -> dict[str, Tensor]:
        return {k.removeprefix(prefix): v for k, v in tensors.items() if k.startswith(prefix)}

    def renamed(values: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
        return {names.get(k, k): v for k, v in values.items()}

    def structure(name: str, tree: Any) -> dict[str, Any]:
        own = {k: v for k, v in tensors.items() if k == name or k.startswith(f"{name}.")}
        return {"structure": _renamed_classes(tree), "tensors": own}

    names = {"senses": "obs_shapes", "actions": "num_actions"}
    state = {k: about[k] for k in ("senses", "actions", "seed", "steps", "drives", "emotions", "muted") if k in about}
    state = renamed(state, names)
    if "config" in about:
        config = about["config"]
        state["config"] = settings_of_format_2(config) if isinstance(config, Mapping) else config
    state["modules"] = {
        k.removeprefix("mind."): v for k, v in tensors_of_format_2(tensors).items() if k.startswith("mind.")
    }
    memory = {k.replace("senses.", "obs."): v for k, v in part("memory.").items()}
    if "action" in memory:
        memory = {"energy": torch.ones(len(memory["action"])), "visits": torch.zeros(len(memory["action"]))} | memory
    state["replay_buffer"] = {**memory, "costs": about.get("drives", [])}
    state |= {"generator": tensors["generator"]} if "generator" in tensors else {}
    planner = renamed(part("actor."), {"kept": "elites"})
    noise = {"exploration_noise": planner.pop("babbling")} if "babbling" in planner else {}
    state["actor"] = {**noise, "planner": planner}
    state["trainer"] = {"updates": about.get("lessons", 0)} | (
        {"nan_guard": about["skips"]} if "skips" in about else {}
    )
    state["symmetry"] = about.get("mirror")
    reactive, buffer = about.get("mode1"), part("habits.")
    if reactive is not None:
        kept = {k.replace("senses.", "obs.").replace("wish", "goal"): v for k, v in buffer.items()}
        kept["count"] = reactive["choices"]
        arbiter = renamed(reactive["trust"], RENAMED_ARBITER)
        dagger = {"dagger": renamed(reactive["tries"], RENAMED_DAGGER)} if "tries" in reactive else {}
        state["reactive_actor"] = {"buffer": kept, "arbiter": arbiter, **dagger}
    plan = part("second.")
    if plan:
        planner = {"mean": plan.pop("mean"), "elites": plan.pop("kept")}
        state["subgoal_planner"] = {"planner": planner, "steps_since_plan": int(plan.pop("since"))}
        if "path" in plan:
            area = {"cells": plan.pop("known"), "origin": plan.pop("low")}
            subgoals = {"subgoals": plan.pop("path"), "subgoal_poses": plan.pop("pictured")}
            state["subgoal_planner"] |= {**subgoals, "visited_area": area}
    optimizers: dict[str, dict[int, dict[str, Tensor]]] = {}
    for key, value in part("optimizer.").items():
        old, index, name = key.split(".", 2)
        optimizers.setdefault(RENAMED_OPTIMIZERS[old], {}).setdefault(int(index), {})[name] = value
    state |= {"optimizers": optimizers} if optimizers else {}
    if "memories" in about:
        state["memories"] = {name: structure(f"memories.{name}", tree) for name, tree in about["memories"].items()}
    if "pending" in about:
        state["pending"] = structure("pending", about["pending"])
    return state


def _renamed_classes(tree: Any) -> Any:
    """Returns a packed structure (see `agent.checkpoint.tensor_json`) with dataclasses as they are called today."""
    if isinstance(tree, list):
        return [_renamed_classes(part) for part in tree]
    if not isinstance(tree, dict):
        return tree
    [(kind, content)] = tree.items()
    if kind in ("value", "tensor", "array"):
        return tree
    kind, content = RENAMED_CLASSES.get(kind, kind), _renamed_classes(content)
    fields = RENAMED_FIELDS.get(str(kind))
    if fields is not None:
        content = {"dict": [[fields.get(name, name), _mode(name, value)] for name, value in content["dict"]]}
    return {kind: content}


def _mode(name: str, value: Any) -> Any:
    """Returns the value of a field with modes as they are called today."""
    return {"value": RENAMED_MODES.get(value["value"], value["value"])} if name == "mode" else value


def tensors_of_format_2(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Returns the tensors of a format-2 mind by the names of today.

    Each entry of `RENAMED_TENSORS` is applied in turn, wherever it stands in a name as a whole part between dots.

    Args:
        tensors: By name, such as ``mind.world_model.body_net.weights.0``.
    """
    renamed = {}
    for name, tensor in tensors.items():
        for old, new in RENAMED_TENSORS.items():
            name = re.sub(rf"(?<![^.]){re.escape(old)}(?![^.])", new, name)
        renamed[name] = tensor
    return renamed


def settings_of_format_2(values: Mapping[str, Any]) -> dict[str, Any]:
    """Returns settings without groups, as format 2 has them, by their dotted names of today.

    Names that it does not know, and dotted ones, are left as they are.
    """
    found = {}
    for old, value in values.items():
        name = RENAMED_SETTINGS.get(old, old)
        found[name] = RENAMED_VALUES.get(name, {}).get(value, value) if isinstance(value, str) else value
    return found
