"""Mode-1: a reactive policy that is distilled from planning."""
