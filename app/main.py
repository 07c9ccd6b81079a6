"""Composition root: settings become objects become processes. The only module that knows every concrete class."""
