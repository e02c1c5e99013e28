"""Objectives about control: how much actions matter, and how distinct skills are."""
