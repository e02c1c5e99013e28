"""Pictures of a world. Only `worlds.rendering.renderer` imports moderngl."""
