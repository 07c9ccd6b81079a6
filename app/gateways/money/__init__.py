"""What models cost: prices, budgets, and the ledger behind `app.gateways.spend`."""
