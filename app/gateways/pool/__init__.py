"""Models that write no text (embeddings, rerankings): one model over several keys and gateways, with the budgets,
limits, health and trail of every other call. Never over several models: their vectors mean different things. Chat
models have their own way (app/gateways/failover.py), which can also go on in mid-answer."""
