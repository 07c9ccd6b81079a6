"""Web pages as documents: which sites may be read, and the walk over one."""
