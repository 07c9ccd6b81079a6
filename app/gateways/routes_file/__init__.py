"""The routes file: a TOML file that says which models are asked, through which gateway, with which key and on which
terms. docs/models.md describes it for operators."""
