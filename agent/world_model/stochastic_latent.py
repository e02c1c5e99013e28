"""The stochastic latent variable of a step, by which several futures are predicted."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn

from agent.perception.egocentric import EgoFeatures, from_complex, to_complex
from agent.perception.encoder import PLANAR, THING_POSE, TokenEncoder

STOCHASTIC_SIZE = 4  # dimensions of the latent variable z, per token
KL_WEIGHT = 0.5  # squared typical changes per nat: a nat that explains less than that does not pay
MIN_LOG_DEVIATION, MAX_LOG_DEVIATION = -3.0, 0.5


class DiagonalGaussian(NamedTuple):
    """Independent normal distributions.

    Attributes:
        mean: (*lead, STOCHASTIC_SIZE).
        deviation: (*lead, STOCHASTIC_SIZE) standard deviations.
    """

    mean: Tensor
    deviation: Tensor

    def sample(self, noise: Tensor) -> Tensor:
        """Returns a sample made of standard normal noise (*lead, STOCHASTIC_SIZE); differentiable."""
        return self.mean + self.deviation * noise

    def kl_divergence(self, prior: DiagonalGaussian) -> Tensor:
        """Returns the Kullback-Leibler divergence (*lead,) from a prior, in nats."""
        ratio = (self.deviation / prior.deviation).square()
        shift = ((self.mean - prior.mean) / prior.deviation).square()
        return 0.5 * (ratio + shift - 1.0 - ratio.log()).sum(-1)


class StochasticLatent(nn.Module):
    """A latent variable z per token, which selects one of several outcomes of a step.

    A prior over z depends on the state and the action before a step; a posterior also on how the step came out. The
    dynamics get a sample of the posterior in training, and samples of the prior in rollouts. Every nat by which the
    posterior differs from the prior costs `KL_WEIGHT`, so that z carries only what cannot be predicted from state and
    action. The spread of predictions over z is then aleatoric uncertainty, which no learning removes; the disagreement
    of the members of the ensemble for the same z is epistemic.

    Source: LeCun 2022, A Path Towards Autonomous Machine Intelligence, section 4.3 (a latent variable whose
    information is limited; the free energy of a step is its error plus the cost of z); as a variational bound, Kingma
    and Welling 2013, arXiv 1312.6114, with a learnt prior as in Hafner et al. 2018, arXiv 1811.04551. We differ in a z
    for each token and step, without a memory of its own.

    Args:
        perception: The encoder of the tokens.
        own: Number of features of the body and its action.
        pair: Number of features of a pair of body and thing.
        hidden: Width of the one hidden layer.
    """

    def __init__(self, perception: TokenEncoder, own: int, pair: int, hidden: int) -> None:
        super().__init__()
        self.body_size = perception.body_size
        self.body_prior, self.thing_prior = _net(own, hidden), _net(own + pair, hidden)
        self.body_posterior = _net(own + perception.body_size, hidden)
        self.thing_posterior = _net(own + pair + THING_POSE, hidden)

    def prior(self, own: Tensor, pair: Tensor) -> DiagonalGaussian:
        """Returns the distribution of z before a step.

        Args:
            own: (B, own) features of the body and its action.
            pair: (B, k, pair) features of the pairs.

        Returns:
            One for the body and each thing, (B, 1 + k, STOCHASTIC_SIZE).
        """
        return _gaussian(self.body_prior(own), self.thing_prior(_pairs(own, pair)))

    def sample_prior(self, action: Tensor, ego: EgoFeatures, noise: Tensor) -> Tensor:
        """Returns a sample of the prior (B, 1 + k, STOCHASTIC_SIZE).

        Args:
            action: (B, A).
            ego: Egocentric features of the tokens before the step.
            noise: (B, 1 + k, STOCHASTIC_SIZE), standard normal.
        """
        return self.prior(torch.cat([ego.own, action], -1), ego.pair).sample(noise)

    def posterior(self, own: Tensor, pair: Tensor, change: Tensor, facing: Tensor) -> DiagonalGaussian:
        """Returns the distribution of z given how a step came out.

        Args:
            own: (B, own) features of the body and its action, before.
            pair: (B, k, pair) features of the pairs, before.
            change: (B, 1 + k, Z) of the tokens.
            facing: (B, 1) heading before, as a complex number of length one.
        """
        # In the frame of the body, as all other inputs of these nets.
        turned = from_complex(to_complex(change[..., :PLANAR]) * facing.conj().unsqueeze(1))
        body = torch.cat([own, turned[:, 0], change[:, 0, PLANAR : self.body_size]], -1)
        things = torch.cat([_pairs(own, pair), turned[:, 1:], change[:, 1:, PLANAR:THING_POSE]], -1)
        return _gaussian(self.body_posterior(body), self.thing_posterior(things))


def _net(inputs: int, hidden: int) -> nn.Sequential:
    """Returns a net of the means and the logarithms of the deviations of z."""
    return nn.Sequential(nn.Linear(inputs, hidden), nn.SiLU(), nn.Linear(hidden, 2 * STOCHASTIC_SIZE))


def _pairs(own: Tensor, pair: Tensor) -> Tensor:
    return torch.cat([own.unsqueeze(1).expand(-1, pair.shape[1], -1), pair], -1)


def _gaussian(body: Tensor, things: Tensor) -> DiagonalGaussian:
    mean, log_deviation = torch.cat([body.unsqueeze(1), things], 1).chunk(2, -1)
    middle, half = (MAX_LOG_DEVIATION + MIN_LOG_DEVIATION) / 2, (MAX_LOG_DEVIATION - MIN_LOG_DEVIATION) / 2
    return DiagonalGaussian(mean, torch.exp(middle + half * torch.tanh((log_deviation - middle) / half)))


Costs = dict[str, Tensor]


def aggregate_futures(
    costs: Costs, parts: Costs, total: Tensor, futures: int, risk: float
) -> tuple[Costs, Costs, Tensor]:
    """Aggregates the costs of F futures of each of B plans, which are ordered by future first.

    Args:
        costs: Costs per objective, (T, F B).
        parts: Weighted sums over time by part, (F B,).
        total: (F B,) the sum of the parts.
        futures: Number of futures, F.
        risk: Risk parameter, see `risk_measure`.

    Returns:
        Mean costs (T, B); mean parts (B,), with an entry ``risk`` for what the risk measure adds to the mean; and their
        sum (B,).
    """
    by_future = total.view(futures, -1)
    aggregated = risk_measure(by_future, risk)
    costs, parts = ({k: v.view(*v.shape[:-1], futures, -1).mean(-2) for k, v in d.items()} for d in (costs, parts))
    if risk:
        parts["risk"] = aggregated - by_future.mean(0)
    return costs, parts, aggregated


def risk_measure(costs: Tensor, risk: float) -> Tensor:
    """Returns the risk-sensitive cost of plans with several futures.

    Formula: log mean exp(risk * cost) / risk, and the mean where the risk is 0. To second order it is the mean plus
    risk / 2 times the variance over futures; it tends to the maximum for large values of the risk parameter, and to the
    minimum for large negative ones. A plan with a future whose cost is not finite costs infinity.

    Source: the exponential utility of risk-sensitive control, Howard and Matheson 1972, Management Science 18 (7).

    Args:
        costs: (F, B) by future and plan.
        risk: Risk parameter: averse above 0, seeking below.

    Returns:
        (B,).
    """
    if risk == 0.0:
        return costs.mean(0)
    log_mean = torch.logsumexp(risk * costs, 0) - torch.log(costs.new_tensor(float(len(costs))))
    return torch.where(costs.isfinite().all(0), log_mean / risk, torch.inf)
