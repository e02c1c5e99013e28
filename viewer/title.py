"""What a person calls the agent that is shown."""

from __future__ import annotations

from worlds.rendering.scene import Scene

SHIPPED = ("kitten", "cat")
NEWBORN = "newborn"


def body_name(scene: Scene) -> str:
    """Returns the name of the body in a scene, such as ``octopus``."""
    return scene.nodes[scene.body].split(".")[0]


def describe_agent(mind: str, body: str = "") -> str:
    """Returns a few words for an agent, such as ``a newborn octopus`` or ``first, a kitten``.

    Args:
        mind: Name of its mind: ``newborn``, that of a shipped mind, or of a file; empty where it is not known.
        body: Name of its body; empty where it is not known yet.
    """
    if mind in SHIPPED:
        return f"a {mind}"
    if mind == NEWBORN:
        return f"a newborn {body}".rstrip()
    kind = f"{'an' if body[:1] in tuple('aeiou') else 'a'} {body}" if body else ""
    return ", ".join(part for part in (mind, kind) if part) or "an agent"
