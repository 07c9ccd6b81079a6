"""Strict stand-ins for the services that come declared (app/integrations/declared/*.yaml), with made-up machines and
errors."""
