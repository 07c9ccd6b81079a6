"""Tools of declared services: what a service file says, as tools like any other (app/tools/core/tool.py)."""
