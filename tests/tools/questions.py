"""One good question for every tool, over tests/tools/world.py."""

from __future__ import annotations

from typing import Any

READS: dict[str, dict[str, Any]] = {
    "search_available_units": {"property": "Maple Grove"},
    "get_unit_details": {"property": "Maple Grove", "unit": "104"},
    "get_rent_roll": {"property": "Maple Grove"},
    "get_occupancy": {},
    "list_lease_expirations": {"start_date": "2026-01-01", "end_date": "2026-12-31"},
    "get_lease_details": {"resident": "Maria Gonzalez (Maple Grove 101)"},
    "list_move_events": {"event_type": "move_out"},
    "list_tours": {},
    "list_guest_cards": {},
    "get_market_comps": {"property": "Maple Grove"},
    "lookup_resident": {"name": "Grace Kim"},
    "list_delinquent_residents": {},
    "get_resident_ledger": {"resident": "Tyrone Banks"},
    "list_work_orders": {},
    "get_work_order": {"work_order_id": "WO-1042"},
    "list_vendors": {"category": "plumbing"},
    "search_deals": {},
    "search_contacts": {"role": "CFO"},
    "search_call_transcripts": {"query": "cap rates"},
    "get_kpi": {"metric": "delinquency_rate", "start_date": "2026-01-01", "end_date": "2026-03-18"},
    "compare_properties": {"metric": "noi", "properties": ["Maple Grove", "Oakwood Terrace"]},
    "get_budget_variance": {"property": "Maple Grove"},
    "list_invoices": {},
    "search_knowledge": {"query": "security deposit refund"},
    "get_usage_report": {"group_by": "user"},
    "list_tasks": {},
}

WRITES: dict[str, dict[str, Any]] = {
    "schedule_tour": {"prospect": "Fiona Doyle", "property": "Maple Grove", "date": "2026-03-20", "time": "14:00"},
    "update_unit_rent": {"property": "Maple Grove", "unit": "104", "new_rent": 1795},
    "send_sms": {"recipient": "Grace Kim", "message": "Your package is at the front office."},
    "send_email": {"recipient": "Grace Kim", "body": "Your renewal offer is ready to sign."},
    "create_payment_plan": {"resident": "Tyrone Banks", "installments": 4},
    "serve_notice": {"resident": "Tyrone Banks", "notice_type": "late_rent"},
    "create_work_order": {"property": "Oakwood Terrace", "unit": "101", "description": "Kitchen sink leaking"},
    "update_work_order": {"work_order_id": "WO-1042", "status": "in_progress", "assignee": "Luis"},
    "schedule_inspection": {"property": "Maple Grove", "unit": "102", "date": "2026-03-24"},
    "update_deal_stage": {"deal": "Lakeshore", "stage": "qualified"},
    "create_contact": {"name": "Paul Reyes", "company": "Greystone Capital", "email": "paul@reyes.example"},
    "log_call_note": {"contact": "Dana Whitman", "note": "Budget approved, sending the letter of intent."},
    "schedule_digest": {"topic": "maintenance", "frequency": "daily", "channel": "#ops", "time": "08:00"},
    "create_task": {"title": "Walk the roof", "assignee": "Luis", "due_date": "2026-03-19"},
    "set_reminder": {"text": "Call Dana", "date": "2026-03-19", "time": "15:00"},
}

ALL = READS | WRITES

AT_A_PROPERTY = (
    "search_available_units",
    "get_unit_details",
    "get_rent_roll",
    "get_occupancy",
    "list_lease_expirations",
    "list_move_events",
    "list_tours",
    "list_guest_cards",
    "get_market_comps",
    "lookup_resident",
    "list_delinquent_residents",
    "list_work_orders",
    "list_vendors",
    "get_kpi",
    "get_budget_variance",
    "schedule_tour",
    "update_unit_rent",
    "create_work_order",
    "schedule_inspection",
)
"""Tools with a `property` argument."""
