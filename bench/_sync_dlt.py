"""`<python with dlt> _sync_dlt.py <source> <database>`: dlt loads the ledgers of the stand-in, told as JSON.

It asks the same questions in the same windows, four properties at a time, and lets dlt infer, normalise and load. Runs
in dlt's own environment, so it imports nothing of Sophia.
"""

import json
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import dlt
import requests

KEY, ORG = "bench-key", "bench"
FIRST, LAST = date(2024, 3, 1), date(2026, 5, 19)


def ask(session: requests.Session, url: str, resource: str, method: str, params: dict | None = None):
    body = {"auth": {"type": "apikey"}, "requestId": "1", "method": {"name": method, "version": "r1"}}
    if params:
        body["method"]["params"] = params
    reply = session.post(f"{url}/ext/orgs/{ORG}/v1/{resource}", json=body, headers={"X-Api-Key": KEY}, timeout=120)
    reply.raise_for_status()
    answer = reply.json()
    return answer.get("response", answer)["result"]


def windows():
    """Everything before the history, then three months at a time."""
    yield None, FIRST
    start = FIRST
    while start <= LAST:
        month = start.year * 12 + start.month - 1 + 3
        following = date(month // 12, month % 12 + 1, 1)
        yield start, following
        start = following


def as_list(value):
    return value if isinstance(value, list) else [value] if value else []


def main(url: str, address: str) -> None:
    session = requests.Session()
    homes = [
        one["PropertyID"]
        for one in as_list(ask(session, url, "properties", "getProperties")["PhysicalProperty"]["Property"])
    ]

    def entries(home):
        rows = []
        for start, following in windows():
            params = {"propertyId": int(home), "showFullLedger": 1, "includeReversals": 1}
            if start:
                params["transactionFromDate"] = start.strftime("%m/%d/%Y")
            if following <= LAST:
                params["transactionToDate"] = date.fromordinal(following.toordinal() - 1).strftime("%m/%d/%Y")
            result = ask(session, url, "artransactions", "getLeaseArTransactions", params)
            for lease in as_list((result.get("leases") or {}).get("lease")):
                for customer in as_list(lease["customers"]["customer"]):
                    for ledger in as_list(customer["ledgers"]["ledger"]):
                        for entry in as_list(ledger["transactions"]["transaction"]):
                            rows.append({"property_id": home, "lease_id": lease["id"], **entry})
        return rows

    @dlt.resource(name="ledger", primary_key="id", write_disposition="merge")
    def ledger():
        with ThreadPoolExecutor(4) as pool:
            yield from pool.map(entries, homes)

    if address.startswith("sqlite"):
        destination = dlt.destinations.sqlalchemy(credentials=address.replace("+aiosqlite", ""))
    else:
        plain = address.replace("postgresql+asyncpg", "postgresql").replace("postgres@", "postgres:unasked@")
        destination = dlt.destinations.postgres(credentials=plain)
    with tempfile.TemporaryDirectory() as folder:
        pipeline = dlt.pipeline("bench", pipelines_dir=folder, destination=destination, dataset_name="main")
        began = time.perf_counter()
        pipeline.run(ledger())
        seconds = time.perf_counter() - began
        rows = pipeline.last_trace.last_normalize_info.row_counts["ledger"]
    print(json.dumps({"rows": rows, "seconds": seconds}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
