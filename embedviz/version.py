"""The version of embedviz: below everything that is marked with it."""

__version__ = "0.1.0"
