"""Tools for what a person hands over: they pass the gate like every other, but no model knows them."""
