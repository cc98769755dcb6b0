"""Encoders with two kinds of input, whose vectors share one space: a text finds pictures there.

Each is one file here and one entry below; its ``inputs`` have a door for each kind.
"""

from __future__ import annotations

from embedviz.items.encoder import Encoder

__all__ = ["JOINT_ENCODERS"]

JOINT_ENCODERS: tuple[Encoder, ...] = ()
"""In the order in which they are offered."""
