"""The app and the team themselves: auth.test, apps.connections.open, team.info, bots.info, oauth."""

from app.sandbox.slack.blockkit.message import block_problems
from app.sandbox.slack.errors import SlackError
from app.sandbox.slack.messages import Json
from app.sandbox.slack.web_api.registry import Call, method


@method("api.test", "none", caller="none")
def api_test(call: Call) -> Json:
    if call.text("error"):
        raise SlackError(call.text("error"))
    return {"args": {key: value for key, value in call.arguments.items() if key != "token"}}


@method("auth.test", "none", caller="any")
def auth_test(call: Call) -> Json:
    team = call.workspace.state.team
    return {
        "url": f"{call.workspace.state.base_url}/",
        "team": team.name,
        "user": team.app_name.lower(),
        "team_id": team.id,
        "user_id": team.bot_user_id,
        "bot_id": team.bot_id,
        "is_enterprise_install": False,
    }


@method("apps.connections.open", "none", caller="app")
def connections_open(call: Call) -> Json:
    """Tier 1 on Slack; not limited here, since reconnecting is what tests do most."""
    workspace = call.workspace
    if workspace.config.delivery != "socket":
        raise SlackError("socket_mode_not_enabled")
    ticket = workspace.socket_mode.issue_ticket()
    base = workspace.state.base_url.replace("http", "ws", 1)
    return {"url": f"{base}/link/?ticket={ticket}&app_id={workspace.state.team.app_id}"}


@method("team.info", "Tier3", "team:read")
def team_info(call: Call) -> Json:
    team = call.workspace.state.team
    return {
        "team": {
            "id": team.id,
            "name": team.name,
            "domain": team.domain,
            "email_domain": team.email_domain,
            "icon": {"image_default": True},
            "url": f"{call.workspace.state.base_url}/",
        }
    }


@method("bots.info", "Tier3", "users:read")
def bots_info(call: Call) -> Json:
    team = call.workspace.state.team
    if call.text("bot", team.bot_id) != team.bot_id:
        raise SlackError("bot_not_found")
    return {
        "bot": {
            "id": team.bot_id,
            "deleted": False,
            "name": team.app_name,
            "updated": 1767225600,
            "app_id": team.app_id,
            "user_id": team.bot_user_id,
            "icons": {},
        }
    }


@method("oauth.v2.access", "Tier4", caller="none")
def oauth_access(call: Call) -> Json:
    """Exchanges the code `local-code`, or a refresh token, for the bot token of this workspace."""
    config = call.workspace.config
    if call.text("client_id") != config.client_id:
        raise SlackError("invalid_client_id")
    if call.text("client_secret") != config.client_secret:
        raise SlackError("bad_client_secret")
    if call.text("grant_type") == "refresh_token":
        if call.text("refresh_token") != f"xoxe-1-{config.bot_token}":
            raise SlackError("invalid_refresh_token")
    elif call.text("code") != "local-code":
        raise SlackError("invalid_code")
    team = config.workspace
    return {
        "app_id": team.app_id,
        "authed_user": {"id": team.people[0].id},
        "scope": ",".join(sorted(config.scopes)),
        "token_type": "bot",
        "access_token": config.bot_token,
        "refresh_token": f"xoxe-1-{config.bot_token}",
        "expires_in": 43200,
        "bot_user_id": team.bot_user_id,
        "team": {"id": team.id, "name": team.name},
        "enterprise": None,
        "is_enterprise_install": False,
    }


@method("blocks.validate", "Tier3")
def blocks_validate(call: Call) -> Json:
    problems = block_problems(call.structure("blocks", "invalid_blocks_format"), "message")
    if problems:
        raise SlackError("invalid_blocks", *problems, errors=problems)
    return {}
