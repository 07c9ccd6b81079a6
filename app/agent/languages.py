"""Tells that a message is clearly not in English, and says so in its own language.

For the embedded planner, which reads English only; real models read what they like.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

_WORDS: Mapping[str, frozenset[str]] = {
    language: frozenset(words.split())
    for language, words in {
        "es": "el la los las de del en que cuál cuáles cuántos cuántas cómo qué está están hay por para una un con "
        "quién dame muéstrame y es mi renta",
        "fr": "le la les des du est sont dans que quel quelle quels combien pour une un avec qui et je vous montre moi "
        "loyer à",
        "pt": "o os as de do da dos das em que qual quais quantos quantas como está estão há por para uma um com quem "
        "e meu",
        "de": "der die das den dem ist sind wie viele welche wer mit und für ein eine im zu von bitte zeig mir ich "
        "miete",
        "it": "il lo gli di del della dei che quale quali quanti quante come è sono per una un con chi e mio affitto",
        "vi": "là của và có bao nhiêu cho tôi nào ở những được không thuê phòng",
    }.items()
}
_ENGLISH = frozenset(
    "the is are what who how many much show me list at of in on for with and to a an any do does did we our my can "
    "please which when where was were it rent unit units this that i you tell text send open create".split()
)
_SCRIPTS = {
    "HIRAGANA": "ja", "KATAKANA": "ja", "CJK": "zh", "HANGUL": "ko", "CYRILLIC": "ru", "ARABIC": "ar",
    "DEVANAGARI": "hi",
}  # fmt: skip
_ENGLISH_ONLY = {
    "es": "Por ahora solo entiendo inglés. ¿Puede escribirme la pregunta en inglés, por favor?",
    "fr": "Pour l’instant, je ne comprends que l’anglais. Pouvez-vous poser la question en anglais, s’il vous plaît ?",
    "pt": "Por enquanto só entendo inglês. Pode escrever a pergunta em inglês, por favor?",
    "de": "Ich verstehe bisher nur Englisch. Können Sie die Frage bitte auf Englisch stellen?",
    "it": "Per ora capisco solo l’inglese. Può scrivere la domanda in inglese, per favore?",
    "vi": "Hiện tại tôi chỉ hiểu tiếng Anh. Bạn vui lòng viết câu hỏi bằng tiếng Anh nhé?",
    "zh": "我目前只懂英语。请用英语提问，好吗？",
    "ja": "今のところ英語しかわかりません。英語で質問していただけますか？",
    "ko": "아직은 영어만 이해합니다. 질문을 영어로 써 주시겠어요?",
    "ru": "Пока я понимаю только английский. Напишите, пожалуйста, вопрос по-английски.",
    "ar": "أفهم الإنجليزية فقط في الوقت الحالي. هل يمكنك كتابة السؤال بالإنجليزية من فضلك؟",
    "hi": "अभी मैं केवल अंग्रेज़ी समझती हूँ। कृपया अपना सवाल अंग्रेज़ी में लिखें।",
}
_IN_ENGLISH = "I only understand English so far. Could you ask in English, please?"


def foreign_language(text: str) -> str:
    """The language of a text that is clearly not English ("es", "zh" …), or ''. Short texts are left alone."""
    letters = [char for char in text if char.isalpha()]
    scripts = [_SCRIPTS.get(unicodedata.name(char, "").split(" ")[0].split("-")[0], "") for char in letters]
    foreign = [script for script in scripts if script]
    if letters and len(foreign) * 2 > len(letters):
        return "ja" if "ja" in foreign else max(set(foreign), key=foreign.count)
    words = re.findall(r"[^\W\d_]+", text.lower())
    english = sum(word in _ENGLISH for word in words)
    best = max(_WORDS, key=lambda language: sum(word in _WORDS[language] for word in words))
    hits = sum(word in _WORDS[best] for word in words)
    return best if hits >= 3 and hits > english * 2 and hits * 4 >= len(words) else ""


def english_please(language: str) -> str:
    """Asks, in that language and in English, to write in English."""
    return f"{_ENGLISH_ONLY[language]}\n\n{_IN_ENGLISH}"
