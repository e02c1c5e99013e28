"""What cannot be predicted: a latent variable with limited information, from which several futures are drawn."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn

from agent.perception.egocentric import EgoFeatures, from_complex, to_complex
from agent.perception.encoder import PLANAR, THING_POSE, TokenEncoder

LATENT_SIZE = 4  # dimensions of the latent variable, per token
NAT_PRICE = 0.5  # squared typical changes that a nat of it must explain, or it is not worth being told
NARROW, WIDE = -3.0, 0.5  # bounds of the logarithm of its deviations


class DiagonalGaussian(NamedTuple):
    """Independent normal distributions, by mean and deviation, each (*lead, CHANCE)."""

    mean: Tensor
    deviation: Tensor

    def sample(self, noise: Tensor) -> Tensor:
        """Turns standard normal noise (*lead, CHANCE) into a draw; differentiable."""
        return self.mean + self.deviation * noise

    def divergence(self, prior: DiagonalGaussian) -> Tensor:
        """Returns the information (*lead,), in nats, that draws of this have beyond a prior."""
        ratio = (self.deviation / prior.deviation).square()
        off = ((self.mean - prior.mean) / prior.deviation).square()
        return 0.5 * (ratio + off - 1.0 - ratio.log()).sum(-1)


class StochasticLatent(nn.Module):
    """Which of several futures it will be, one latent variable z per token.

    A prior tells before a step what z may be; a posterior reads z off how the step came out. The predictor is given a
    draw of the posterior while it learns, and draws of the prior when it imagines. Every nat that the posterior knows
    beyond the prior costs `NAT_PRICE`, so that z is left to carry what cannot be told from state and action. The spread
    of predictions over z is then chance, which no learning takes away; what members of the ensemble make of the same z
    differs by what they have not learnt yet.

    Source: LeCun 2022, A Path Towards Autonomous Machine Intelligence, section 4.3 (a latent variable whose
    information is limited; the free energy of a step is its error plus what z cost); as a variational bound, Kingma and
    Welling 2013, arXiv 1312.6114, with a learnt prior as in Hafner et al. 2018, arXiv 1811.04551. We differ in a z for
    each token and step, without a memory of its own.

    Args:
        perception: Whose changes it reads.
        own: Features of the body and its action.
        pair: Features of a pair of body and thing.
        hidden: Width of the one hidden layer.
    """

    def __init__(self, perception: TokenEncoder, own: int, pair: int, hidden: int) -> None:
        super().__init__()
        self.body_size, self.where = perception.body_size, perception.pose_size
        self.body_prior, self.thing_prior = _net(own, hidden), _net(own + pair, hidden)
        self.body_posterior = _net(own + perception.body_size, hidden)
        self.thing_posterior = _net(own + pair + THING_POSE, hidden)

    def prior(self, me: Tensor, pair: Tensor) -> DiagonalGaussian:
        """Tells what z may be before a step.

        Args:
            me: (B, own) features of the body and its action.
            pair: (B, k, pair) features of the pairs.

        Returns:
            For the body and each thing, (B, 1 + k, CHANCE).
        """
        return _gaussian(self.body_prior(me), self.thing_prior(_pairs(me, pair)))

    def sample_prior(self, action: Tensor, sight: EgoFeatures, noise: Tensor) -> Tensor:
        """Returns z as it may be before a step (B, 1 + k, CHANCE), by standard normal noise of that shape."""
        return self.prior(torch.cat([sight.own, action], -1), sight.pair).sample(noise)

    def posterior(self, me: Tensor, pair: Tensor, change: Tensor, facing: Tensor) -> DiagonalGaussian:
        """Reads z off how a step came out.

        Args:
            me: (B, own) features of the body and its action, before.
            pair: (B, k, pair) features of the pairs, before.
            change: (B, 1 + k, Z) of the latents.
            facing: (B, 1) heading before.
        """
        # Seen from the body, as all else that these nets see.
        turned = from_complex(to_complex(change[..., :PLANAR]) * facing.conj().unsqueeze(1))
        body = torch.cat([me, turned[:, 0], change[:, 0, PLANAR : self.body_size]], -1)
        things = torch.cat([_pairs(me, pair), turned[:, 1:], change[:, 1:, PLANAR:THING_POSE]], -1)
        return _gaussian(self.body_posterior(body), self.thing_posterior(things))


def _net(inputs: int, hidden: int) -> nn.Sequential:
    return nn.Sequential(nn.Linear(inputs, hidden), nn.SiLU(), nn.Linear(hidden, 2 * LATENT_SIZE))


def _pairs(me: Tensor, pair: Tensor) -> Tensor:
    return torch.cat([me.unsqueeze(1).expand(-1, pair.shape[1], -1), pair], -1)


def _gaussian(body: Tensor, things: Tensor) -> DiagonalGaussian:
    mean, deviation = torch.cat([body.unsqueeze(1), things], 1).chunk(2, -1)
    middle, reach = (WIDE + NARROW) / 2, (WIDE - NARROW) / 2
    return DiagonalGaussian(mean, torch.exp(middle + reach * torch.tanh((deviation - middle) / reach)))


Costs = dict[str, Tensor]


def aggregate_futures(
    costs: Costs, parts: Costs, total: Tensor, futures: int, risk: float
) -> tuple[Costs, Costs, Tensor]:
    """Folds what was imagined of F futures of B plans, all plans of a future side by side.

    Args:
        costs: Per objective (T, F B).
        parts: Weighted sums by part, (F B,).
        total: (F B,) their sum.
        futures: F.
        risk: See `risk_measure`.

    Returns:
        Mean costs (T, B); mean parts (B,), with ``risk`` for what risk adds; and their sum (B,).
    """
    by_future = total.view(futures, -1)
    judged = risk_measure(by_future, risk)
    costs, parts = ({k: v.view(*v.shape[:-1], futures, -1).mean(-2) for k, v in d.items()} for d in (costs, parts))
    if risk:
        parts["risk"] = judged - by_future.mean(0)
    return costs, parts, judged


def risk_measure(costs: Tensor, risk: float) -> Tensor:
    """Returns what plans are worth whose futures cost (F, B): the mean, moved towards the dearest or the cheapest.

    Formula: log mean exp(risk * cost) / risk, and the mean where the risk is 0. To second order it is the mean plus
    risk / 2 times the variance over futures; a great risk looks at the worst future alone, one far below 0 at the best.
    A future that breaks the model makes its plan the worst there is.

    Source: the exponential utility of risk-sensitive control, Howard and Matheson 1972, Management Science 18 (7).

    Args:
        costs: (F, B) by future and plan.
        risk: Averse above 0, seeking below.

    Returns:
        (B,).
    """
    if risk == 0.0:
        return costs.mean(0)
    told = (torch.logsumexp(risk * costs, 0) - torch.log(costs.new_tensor(float(len(costs))))) / risk
    return torch.where(costs.isfinite().all(0), told, torch.inf)
