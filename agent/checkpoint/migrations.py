"""What older versions of housecat wrote, in the words of this one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

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
    "perception.change": "perception.typical_change",
    "perception.low": "perception.room_low",
    "perception.high": "perception.room_high",
    "mind.mode1": "mind.reactive_actor",
    "mind.second": "mind.subgoal_planner",
    "mind.executive": "mind.configurator",
}


def migrated(about: Mapping[str, Any]) -> dict[str, Any]:
    """Returns what a checkpoint says of itself as format 3 says it; other formats are left as they are."""
    if about.get("format") != 2:
        return dict(about)
    config = about.get("config")
    settings = settings_of_format_2(config) if isinstance(config, Mapping) else config
    return {**about, "format": 3, "config": settings}


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
