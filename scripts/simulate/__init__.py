"""A simulated contact centre with known truth: see README.md beside this file."""

from .world import World

__all__ = ["World"]
