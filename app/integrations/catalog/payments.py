"""Payment providers, read only: money is never moved without a person."""

from app.integrations.catalog import Integration, Probe

AREA = "Payments"

ROWS = (
    Integration(
        "stripe",
        "Stripe",
        ("stripe_api_key",),
        looks_like={"stripe_api_key": (r"(rk|sk)_(live|test)_\w{10,}", "rk_live_… (a restricted key is best)")},
        probe=Probe("https://api.stripe.com/v1/balance", headers={"Authorization": "Bearer {stripe_api_key}"}),
    ),
    Integration(
        "plaid",
        "Plaid",
        ("plaid_client_id", "plaid_secret"),
        optional=("plaid_environment",),
        probe=Probe(
            "https://{plaid_environment}.plaid.com/categories/get",
            method="POST",
            headers={"PLAID-CLIENT-ID": "{plaid_client_id}", "PLAID-SECRET": "{plaid_secret}"},
            body={},
        ),
    ),
    Integration(
        "paypal",
        "PayPal",
        ("paypal_client_id", "paypal_client_secret"),
        probe=Probe(
            "https://api-m.paypal.com/v1/oauth2/token",
            method="POST",
            form=True,
            basic="{paypal_client_id}:{paypal_client_secret}",
            body={"grant_type": "client_credentials"},
        ),
    ),
    Integration(
        "square",
        "Square",
        ("square_access_token",),
        probe=Probe(
            "https://connect.squareup.com/v2/locations",
            headers={"Authorization": "Bearer {square_access_token}", "Square-Version": "2025-08-20"},
        ),
    ),
    Integration(
        "adyen",
        "Adyen",
        ("adyen_api_key", "adyen_merchant_account"),
        probe=Probe("https://management-live.adyen.com/v3/me", headers={"X-API-Key": "{adyen_api_key}"}),
    ),
    Integration(
        "braintree",
        "Braintree",
        ("braintree_merchant_id", "braintree_public_key", "braintree_private_key"),
        probe=Probe(
            "https://payments.braintree-api.com/graphql",
            method="POST",
            headers={"Braintree-Version": "2019-01-01"},
            basic="{braintree_public_key}:{braintree_private_key}",
            body={"query": "query { ping }"},
        ),
    ),
)
