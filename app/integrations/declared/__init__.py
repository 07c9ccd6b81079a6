"""Services that are declared instead of programmed: one YAML file each, read here, called here.

A file says how to sign in, which of the service's operations Sophia may use, and how a result is shown; what a tool of
it does with the gate is in app/tools/declared. Not for systems whose rows are kept in the read model (connectors).
"""
