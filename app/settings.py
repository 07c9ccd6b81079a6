"""Every environment variable, typed, validated and redacted when printed."""
