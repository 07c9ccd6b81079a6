"""What every handler shares: its dependencies, what came in, how it is stored, how handlers are found."""
