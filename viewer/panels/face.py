"""A face that shows the emotions: eyes and mouth follow them, and a cat's ears and whiskers, too."""

from __future__ import annotations

import math
from collections.abc import Mapping

import pygame

from viewer.style import Color, blend
from viewer.title import body_name
from worlds.rendering.scene import Scene

FUR, SHADE, CREAM, PINK = (243, 166, 92), (216, 132, 62), (253, 240, 220), (240, 150, 150)
DARK, GREEN = (44, 34, 38), (156, 214, 132)
SCALE = 3  # drawn larger and shrunk, for smooth edges


class Face:
    """Draws the face, anew only when a feeling has visibly changed.

    Args:
        size: Width and height (pixels).
        color: Colour of the skin.
        feline: Whether it has ears, stripes and whiskers.
    """

    def __init__(self, size: int = 128, color: Color = FUR, feline: bool = True) -> None:
        self._size, self._color, self._feline = size, color, feline
        self._drawn: tuple[int, ...] | None = None
        self._picture = pygame.Surface((size, size), pygame.SRCALPHA)

    @classmethod
    def of(cls, scene: Scene, size: int) -> Face:
        """Makes a face in the colour of the body in a scene; a kitten's is a cat's.

        Args:
            scene: The scene with the body.
            size: Width and height (pixels).
        """
        body = body_name(scene)
        if body == "kitten":
            return cls(size)
        skins = (s.color for s in scene.shapes if scene.nodes[s.node].split(".")[0] == body)
        red, green, blue = next(skins, (0.6, 0.6, 0.7))
        return cls(size, (round(255 * red), round(255 * green), round(255 * blue)), feline=False)

    def picture(self, emotions: Mapping[str, float], time: float) -> pygame.Surface:
        """Returns the face for emotions from 0 to 1; `time` (s) lets it blink."""
        blink = 1.0 if time % 4.7 > 0.16 else abs(time % 4.7 - 0.08) / 0.08
        names = ("fear", "elation", "surprise", "curiosity", "boredom", "frustration")
        feelings = {n: min(max(float(emotions.get(n, 0.0)), 0.0), 1.0) for n in names}
        state = (*(round(v * 24) for v in feelings.values()), round(blink * 4))
        if state != self._drawn:
            self._drawn = state
            big = pygame.Surface((self._size * SCALE, self._size * SCALE), pygame.SRCALPHA)
            big.fill((*self._color, 0))
            _Drawing(big, self._size * SCALE / 200, feelings, blink, self._color, self._feline).draw()
            self._picture = pygame.transform.smoothscale(big, (self._size, self._size))
        return self._picture


class _Drawing:
    """One drawing on a canvas of 200 x 200 units."""

    def __init__(
        self, surface: pygame.Surface, unit: float, e: Mapping[str, float], blink: float, color: Color, feline: bool
    ) -> None:
        self._s, self._u, self._e, self._blink = surface, unit, e, blink
        self._color, self._feline = color, feline
        self._shade = SHADE if color == FUR else blend(color, DARK, 0.35)

    def draw(self) -> None:
        if self._feline:
            for side in (-1, 1):
                self._ear(side)
        self._ellipse(self._color, 100, 112, 72, 60)
        self._ellipse(self._color, 62, 132, 30, 30)
        self._ellipse(self._color, 138, 132, 30, 30)
        if self._feline:
            for dx, length in ((-16, 17), (0, 24), (16, 17)):
                self._line(self._shade, [(100 + dx, 58), (100 + dx * 0.8, 58 + length)], 7)
            self._whiskers()
        else:
            self._ellipse(self._color, 100, 86, 62, 54)
        muzzle = CREAM if self._feline else blend(self._color, CREAM, 0.55)
        self._ellipse(muzzle, 84, 142, 20, 16)
        self._ellipse(muzzle, 116, 142, 20, 16)
        blush = self._e["elation"]
        if blush > 0.1:
            for x in (54, 146):
                self._ellipse(blend(self._color, PINK, blush * 0.8), x, 136, 13, 8)
        for side in (-1, 1):
            self._eye(side)
        self._mouth()

    def _ear(self, side: int) -> None:
        e = self._e
        back = 0.75 * e["fear"] + 0.55 * e["frustration"] + 0.2 * e["boredom"] - 0.25 * e["curiosity"]
        back -= 0.15 * e["surprise"]
        angle = math.radians(max(22 + 44 * back, 16))
        root = (100 + side * 43, 80)
        for color, reach, half in ((self._color, 58, 29), (PINK, 42, 17)):
            tip = (root[0] + side * reach * math.sin(angle), root[1] - reach * math.cos(angle))
            across = (math.cos(angle) * half, side * math.sin(angle) * half)
            low = (root[0] - across[0], root[1] - across[1] * 1.0 + 6)
            high = (root[0] + across[0], root[1] + across[1] + 6)
            self._polygon(color, [low, tip, high])

    def _eye(self, side: int) -> None:
        e = self._e
        x, y = 100 + side * 32, 110
        wide = 1 + 0.30 * e["surprise"] + 0.22 * e["fear"] + 0.12 * e["curiosity"]
        lid = min(0.60 * e["boredom"] + 0.36 * e["frustration"], 0.68)
        width, height = 18.5 * min(wide, 1.25), 20.5 * wide
        if self._blink < 0.5 or (e["elation"] > 0.62 and e["fear"] < 0.4):  # a happy squint, or a blink
            arch = -9 if e["elation"] > 0.62 else 4
            self._curve(DARK, (x - 17, y + 3), (x, y + arch * 1.6), (x + 17, y + 3), 6)
            return
        self._ellipse(DARK, x, y, width + 3, height + 3)
        self._ellipse(GREEN, x, y, width, height)
        pupil = min(0.34 + 0.42 * max(e["curiosity"], e["surprise"], 1.1 * e["fear"]), 0.82)
        self._ellipse((26, 22, 28), x, y, width * pupil, height * 0.86)
        self._ellipse((255, 255, 255), x - 5, y - 8, 4.6, 5.4)
        self._ellipse((255, 255, 255), x + 5, y + 7, 2.4, 2.8)
        if lid > 0.06:
            cut = y - height - 6 + 2 * (height + 3) * lid
            slant = (12 * e["frustration"] * (1 - e["boredom"]) - 5 * e["fear"]) * side
            left, right = x - width - 7, x + width + 7
            top = y - height - 8
            self._polygon(self._color, [(left, top), (right, top), (right, cut - slant), (left, cut + slant)])
            self._line(self._shade, [(left + 4, cut + slant), (right - 4, cut - slant)], 4.5)

    def _mouth(self) -> None:
        e = self._e
        if self._feline:
            self._polygon(PINK, [(91, 128), (109, 128), (100, 137)])
            self._ellipse(PINK, 100, 129, 9, 3.6)
        gape = max(e["surprise"], 0.8 * e["fear"])
        if gape > 0.45:
            self._ellipse(DARK, 100, 150 + 3 * gape, 8 * gape + 2, 10 * gape)
            self._ellipse(PINK, 100, 154 + 5 * gape, 5 * gape, 4 * gape)
            return
        smile = 9 + 7 * e["elation"] - 12 * max(e["frustration"], 0.7 * e["fear"])
        reach = 19 + 6 * e["elation"]
        if self._feline:
            self._line(DARK, [(100, 136), (100, 143)], 4)
        for side in (-1, 1):
            self._curve(DARK, (100, 143), (100 + side * reach * 0.6, 143 + smile), (100 + side * reach, 142), 4)

    def _whiskers(self) -> None:
        lift = 9 * self._e["curiosity"] - 9 * self._e["boredom"] - 6 * self._e["fear"]
        for side in (-1, 1):
            for dy in (-7, 1, 9):
                a, b = (100 + side * 34, 140 + dy * 0.5), (100 + side * 92, 138 + dy * 1.7 - lift)
                self._line(CREAM, [a, ((a[0] + b[0]) / 2, (a[1] + b[1]) / 2 - 3), b], 1.6)

    def _ellipse(self, color: tuple[int, int, int], x: float, y: float, rx: float, ry: float) -> None:
        u = self._u
        rect = pygame.Rect(round((x - rx) * u), round((y - ry) * u), round(2 * rx * u), round(2 * ry * u))
        pygame.draw.ellipse(self._s, color, rect)

    def _polygon(self, color: tuple[int, int, int], points: list[tuple[float, float]]) -> None:
        pygame.draw.polygon(self._s, color, [(x * self._u, y * self._u) for x, y in points])

    def _line(self, color: tuple[int, int, int], points: list[tuple[float, float]], width: float) -> None:
        scaled = [(x * self._u, y * self._u) for x, y in points]
        pygame.draw.lines(self._s, color, False, scaled, max(1, round(width * self._u)))
        for x, y in (scaled[0], scaled[-1]):
            pygame.draw.circle(self._s, color, (x, y), width * self._u / 2)

    def _curve(
        self,
        color: tuple[int, int, int],
        a: tuple[float, float],
        b: tuple[float, float],
        c: tuple[float, float],
        width: float,
    ) -> None:
        """Draws a quadratic curve from a to c, pulled towards b, as a row of dots: no joints to see."""
        for i in range(25):
            t = i / 24
            x = (1 - t) ** 2 * a[0] + 2 * t * (1 - t) * b[0] + t * t * c[0]
            y = (1 - t) ** 2 * a[1] + 2 * t * (1 - t) * b[1] + t * t * c[1]
            pygame.draw.circle(self._s, color, (x * self._u, y * self._u), width * self._u / 2)
