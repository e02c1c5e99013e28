"""A ring buffer keeps the latest moments, in order, and makes place for more things."""

import torch

from agent.memory.ring_buffer import RingBuffer
from housecat.core.obs_layout import BODY, THINGS


def moment(number: int, things: int = 2) -> dict[str, torch.Tensor]:
    return {"body": torch.full((1,), float(number)), "things": torch.full((things, 3), float(number))}


def test_the_latest_moments_are_kept_in_order() -> None:
    buffer = RingBuffer(moment(0), capacity=4)
    assert buffer.size == 0
    assert [buffer.append(moment(number)) for number in range(6)] == [0, 1, 2, 3, 0, 1]
    assert (buffer.size, buffer.count) == (4, 6)
    assert buffer.order.tolist() == [2, 3, 0, 1]
    assert buffer.senses_at(buffer.order)["body"][:, BODY.x].tolist() == [2.0, 3.0, 4.0, 5.0]
    assert buffer.senses_at(buffer.latest(2))["things"][:, 0, THINGS.x].tolist() == [4.0, 5.0]


def test_further_things_are_absent_in_earlier_moments_and_can_be_trained_on() -> None:
    buffer = RingBuffer(moment(0), capacity=4)
    buffer.append(moment(1))
    with torch.inference_mode():
        buffer.widen(3)
    buffer.append(moment(2, things=3))
    assert buffer.senses["things"].shape == (4, 3, 3)
    assert buffer.senses["things"][0, :, THINGS.x].tolist() == [1.0, 1.0, 0.0]
    assert buffer.senses["things"][1, :, THINGS.x].tolist() == [2.0, 2.0, 2.0]
    assert not buffer.senses["things"].is_inference()
