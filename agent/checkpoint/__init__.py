"""Minds on disk."""
