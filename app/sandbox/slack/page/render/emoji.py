"""The emoji short codes that people and agents use most, as characters."""

_TABLE = """
+1 👍|thumbsup 👍|-1 👎|thumbsdown 👎|heart ❤️|tada 🎉|rocket 🚀|eyes 👀|fire 🔥|100 💯|wave 👋
pray 🙏|clap 👏|raised_hands 🙌|ok_hand 👌|muscle 💪|point_right 👉|point_left 👈|point_up ☝️
point_down 👇|smile 😄|grinning 😀|laughing 😆|joy 😂|sweat_smile 😅|wink 😉|blush 😊
slightly_smiling_face 🙂|thinking_face 🤔|sob 😭|cry 😢|disappointed 😞|confused 😕|scream 😱
sunglasses 😎|heart_eyes 😍|upside_down_face 🙃|face_with_rolling_eyes 🙄|neutral_face 😐
hugging_face 🤗|white_check_mark ✅|heavy_check_mark ✔️|ballot_box_with_check ☑️|x ❌
negative_squared_cross_mark ❎|warning ⚠️|rotating_light 🚨|no_entry ⛔|no_entry_sign 🚫
stop_sign 🛑|question ❓|exclamation ❗|bangbang ‼️|information_source ℹ️|bulb 💡|memo 📝
pencil ✏️|pencil2 ✏️|clipboard 📋|calendar 📅|date 📅|spiral_calendar_pad 🗓️|clock1 🕐
hourglass ⌛|hourglass_flowing_sand ⏳|alarm_clock ⏰|stopwatch ⏱️|bar_chart 📊
chart_with_upwards_trend 📈|chart_with_downwards_trend 📉|moneybag 💰|dollar 💵
credit_card 💳|receipt 🧾|bank 🏦|house 🏠|house_with_garden 🏡|office 🏢|apartment 🏢|hotel 🏨
cityscape 🏙️|key 🔑|old_key 🗝️|door 🚪|bed 🛏️|toilet 🚽|shower 🚿|bathtub 🛁|wrench 🔧
hammer 🔨|hammer_and_wrench 🛠️|tools 🛠️|gear ⚙️|nut_and_bolt 🔩|toolbox 🧰|broom 🧹
plunger 🪠|droplet 💧|sweat_drops 💦|snowflake ❄️|fire_extinguisher 🧯|electric_plug 🔌
battery 🔋|zap ⚡|thermometer 🌡️|package 📦|truck 🚚|car 🚗|phone 📞|telephone_receiver 📞
iphone 📱|computer 💻|email 📧|envelope ✉️|incoming_envelope 📨|inbox_tray 📥|outbox_tray 📤
mailbox 📫|speech_balloon 💬|loudspeaker 📢|mega 📣|bell 🔔|no_bell 🔕|lock 🔒|unlock 🔓
closed_lock_with_key 🔐|shield 🛡️|mag 🔍|mag_right 🔎|link 🔗|paperclip 📎|pushpin 📌
round_pushpin 📍|file_folder 📁|open_file_folder 📂|page_facing_up 📄|books 📚|book 📖
newspaper 📰|star ⭐|star2 🌟|sparkles ✨|dizzy 💫|boom 💥|trophy 🏆|medal 🏅
first_place_medal 🥇|crown 👑|gift 🎁|balloon 🎈|confetti_ball 🎊|birthday 🎂|coffee ☕|pizza 🍕
beers 🍻|sunny ☀️|cloud ☁️|umbrella ☔|rainbow 🌈|earth_americas 🌎|seedling 🌱|herb 🌿
four_leaf_clover 🍀|leaves 🍃|deciduous_tree 🌳|evergreen_tree 🌲|dog 🐶|cat 🐱|bug 🐛
robot_face 🤖|ghost 👻|skull 💀|poop 💩|busts_in_silhouette 👥|bust_in_silhouette 👤
handshake 🤝|family 👪|construction_worker 👷|construction 🚧|red_circle 🔴
large_orange_circle 🟠|orange_circle 🟠|large_yellow_circle 🟡|yellow_circle 🟡
large_green_circle 🟢|green_circle 🟢|large_blue_circle 🔵|blue_circle 🔵
large_purple_circle 🟣|white_circle ⚪|black_circle ⚫|red_square 🟥|large_green_square 🟩
large_yellow_square 🟨|arrow_up ⬆️|arrow_down ⬇️|arrow_right ➡️|arrow_left ⬅️
arrow_upper_right ↗️|arrow_lower_right ↘️|arrows_counterclockwise 🔄|repeat 🔁
small_red_triangle 🔺|small_red_triangle_down 🔻|heavy_plus_sign ➕|heavy_minus_sign ➖
one 1️⃣|two 2️⃣|three 3️⃣|four 4️⃣|five 5️⃣|six 6️⃣|seven 7️⃣|eight 8️⃣|nine 9️⃣
zero 0️⃣|keycap_ten 🔟|white_flag 🏳️|checkered_flag 🏁|triangular_flag_on_post 🚩|dart 🎯
scales ⚖️|nerd_face 🤓|partying_face 🥳|saluting_face 🫡|melting_face 🫠|crossed_fingers 🤞
writing_hand ✍️|brain 🧠
"""

EMOJI: dict[str, str] = {
    name: character
    for line in _TABLE.splitlines()
    for entry in line.split("|")
    if entry
    for name, _, character in [entry.partition(" ")]
}


def emoji(name: str) -> str:
    """The character of a short code (skin tones ignored), or the code itself between colons."""
    return EMOJI.get(name.split("::", 1)[0], f":{name}:")
