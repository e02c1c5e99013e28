from __future__ import annotations

from dataclasses import replace

import pygame
import pytest

from tests.viewer import fake
from viewer import style
from viewer.panels.face import Face


def test_the_face_changes_with_every_emotion():
    face, faces = Face(64), []
    for emotions in ({}, *({name: 0.9} for name in style.EMOTIONS)):
        faces.append(pygame.surfarray.array3d(face.picture(emotions, 1.0)).tobytes())
    assert len(set(faces)) == len(faces)


def test_a_body_has_a_face_in_its_own_colour_and_only_a_kitten_has_ears():
    scene = fake.scene()
    nodes = tuple(name.replace("kitten", "octopus") for name in scene.nodes)
    shapes = tuple(replace(s, color=(0.8, 0.3, 0.4)) if "kitten" in s.name else s for s in scene.shapes)
    cat, octopus = (
        Face.of(shown, 128).picture({}, 1.0) for shown in (scene, replace(scene, nodes=nodes, shapes=shapes))
    )
    assert tuple(octopus.get_at((64, 72)))[:3] == pytest.approx((204, 76, 102), abs=4)
    ears = [pygame.surfarray.array_alpha(face)[:, :18].any() for face in (cat, octopus)]
    assert ears == [True, False]
    faces = [
        pygame.surfarray.array3d(Face(64, (204, 76, 102), False).picture(emotions, 1.0)).tobytes()
        for emotions in ({}, *({name: 0.9} for name in style.EMOTIONS))
    ]
    assert len(set(faces)) == len(faces)
