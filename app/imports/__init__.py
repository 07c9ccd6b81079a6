"""Spreadsheets into the read model: rent rolls, unit and resident lists, ledgers, budgets, rent surveys.

A file is opened (`files/`), each sheet's header row is found and its kind named (`recognising.py`), every row becomes
records or a refusal with its reason (`kinds/`, one file each), all of it waits on disk (`staging.py`) and is then
written in one transaction (`load.py`). Not for documents that are answered from in words (app/knowledge), nor for
systems that are asked over the network (app/integrations).
"""
