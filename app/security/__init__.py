"""Roles and scopes, approvals, audit chain, encrypted secrets, redaction."""
