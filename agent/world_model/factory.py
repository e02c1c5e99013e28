"""Makes the world model that settings and observations ask for."""

from __future__ import annotations

from typing import Any

from agent.config import MindConfig
from agent.perception.encoder import THING_POSE, TokenEncoder
from agent.perception.obs_spec import Shapes, has_sense
from agent.world_model.auxiliary_losses import AuxiliaryLosses
from agent.world_model.image_model import ImageTokenEncoder, ImageWorldModel
from agent.world_model.world_model import WorldModel
from housecat.core.errors import UserError


def make_world_model(shapes: Shapes, actions: int, config: MindConfig) -> WorldModel:
    """Makes a world model with its encoder.

    Args:
        shapes: Shape of each sense that the mind uses, see `required_shapes`.
        actions: Size of an action.
        config: Settings of the mind.

    Raises:
        UserError: If settings ask for auxiliary losses about latents that other settings leave out.
    """
    sizes: dict[str, Any] = {
        "body": shapes["body"][0],
        "vitals": shapes["vitals"][0],
        "touch": shapes["touch"][0],
        "appearance": shapes["things"][1] - THING_POSE,
        "latent_size": config.model.latent_size,
        "neighbor_features": config.model.neighbor_features,
    }
    image_tokens = config.model.image_tokens if "eye" in shapes else 0
    model: WorldModel
    if image_tokens:
        perception = ImageTokenEncoder(image_tokens, shapes["eye"][0], has_sense(shapes, "things"), **sizes)
        model = ImageWorldModel(perception, actions, config.model.ensemble_size, config.model.hidden_size)
    else:
        model = WorldModel(
            TokenEncoder(**sizes),
            actions,
            config.model.ensemble_size,
            config.model.hidden_size,
            config.model.num_futures > 0,
        )
    if config.training.backward_weight or config.training.masked_weight:
        if not config.model.latent_size and not image_tokens:
            raise UserError(
                "training.backward_weight and training.masked_weight are about learned latents, and "
                "model.latent_size=0 leaves them out; set model.latent_size=8"
            )
        model.auxiliary_losses = AuxiliaryLosses(
            model.perception, actions, image_tokens, not has_sense(shapes, "things")
        )
    return model
