"""The actor: Mode-2 plans in imagination, Mode-1 reacts."""
