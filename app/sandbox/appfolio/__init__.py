"""A stand-in for AppFolio: a strict small server that speaks both of its APIs and holds some demo communities.

    python -m app.sandbox.appfolio --port 8932 --data .sophia/appfolio

The Reports API v2 (`POST /api/v2/reports/{report}.json`) and the Database API v0 (`/api/v0/…`) share an address here
and keep their own credentials, limits and ids, as they do at AppFolio: the reports number things, the Database API
gives them UUIDs. What goes beyond the known protocol (a work order's `CreatedAt`, `Link`, `VendorTrade` and
`AssignedUsers`, a tenant's `Phone`, the words of a unit's `Status`) is taken from public client programs and read
leniently by the connector. For development, demos and tests only; it shares no code with the connector.
"""
