"""The roads to models: one file per provider asked directly and per gateway, each defining `PROVIDER`."""
