"""What every package shares: errors, plug-ins, registries, atomic files."""
