"""One coherent demo portfolio, made from a seed about a given day: the same seed and day give the same bytes.

The property side (records.py) is what a property system such as Entrata holds; the register (register.py) is what
Sophia keeps where no live source is connected: prospects, comps, vendors, invoices, budgets, CRM. Nothing here is
for production, and nothing here knows a vendor's field names.
"""
