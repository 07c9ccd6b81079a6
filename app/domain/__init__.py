"""The plain frozen types and pure rules everyone speaks. No I/O and no frameworks live here."""
