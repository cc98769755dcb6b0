"""Texts: what only a text knows."""
