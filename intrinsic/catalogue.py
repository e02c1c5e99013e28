"""The objectives that come with housecat, by name; one file each."""

from __future__ import annotations

from typing import Final

from intrinsic.control.empowerment import Empowerment
from intrinsic.control.skill_diversity import SkillDiversity
from intrinsic.drives.effort import Effort
from intrinsic.drives.hunger import Hunger
from intrinsic.drives.movement import Movement
from intrinsic.drives.pain import Pain
from intrinsic.drives.upright import Upright
from intrinsic.drives.warmth import Warmth
from intrinsic.goals.boredom import Boredom
from intrinsic.goals.contact import Contact
from intrinsic.goals.goal import Goal
from intrinsic.goals.reach import Reach
from intrinsic.novelty.e3b import E3B
from intrinsic.novelty.episodic_novelty import EpisodicNovelty
from intrinsic.novelty.pseudo_counts import PseudoCounts
from intrinsic.novelty.ride import RIDE
from intrinsic.novelty.state_entropy import StateEntropy
from intrinsic.objective import Objective
from intrinsic.prediction.bayesian_surprise import BayesianSurprise
from intrinsic.prediction.disagreement import Disagreement
from intrinsic.prediction.icm import ICM
from intrinsic.prediction.information_gain import InformationGain
from intrinsic.prediction.model_progress import ModelProgress
from intrinsic.prediction.regional_progress import RegionalProgress
from intrinsic.prediction.rnd import RND
from intrinsic.prediction.surprise import Surprise

BUILTIN: Final[dict[str, type[Objective]]] = {
    "pain": Pain,
    "hunger": Hunger,
    "effort": Effort,
    "warmth": Warmth,
    "movement": Movement,
    "upright": Upright,
    "disagreement": Disagreement,
    "information_gain": InformationGain,
    "surprise": Surprise,
    "bayesian_surprise": BayesianSurprise,
    "icm": ICM,
    "rnd": RND,
    "regional_progress": RegionalProgress,
    "model_progress": ModelProgress,
    "state_entropy": StateEntropy,
    "pseudo_counts": PseudoCounts,
    "episodic_novelty": EpisodicNovelty,
    "e3b": E3B,
    "ride": RIDE,
    "empowerment": Empowerment,
    "skill_diversity": SkillDiversity,
    "reach": Reach,
    "goal": Goal,
    "contact": Contact,
    "boredom": Boredom,
}
