"""One file per kind of sheet; each holds `KIND`."""
