"""Shared by all packages: errors, plug-ins, registries, versions, atomic files."""
