"""Questions to people, as WTForms: Swedish words for what is wrong, and values kept when a form comes back.

    class Title(Questions):
        title = StringField(mark("Rubrik"), [Needed(), Length(max=300)])

    questions = Title(form)             a posted form (``TheForm``)
    questions = Title(obj=article)      what stands there now
    if questions.validate(): ...

Labels are Swedish and marked; templates say ``_(field.label.text)`` through the macro ``field``.
"""

from typing import Any

from wtforms import Form as WTForm
from wtforms.validators import InputRequired

from newsletter import language
from newsletter.language import mark
from newsletter.web.forms import Form


class Questions(WTForm):
    """The base of all forms: WTForms' own sentences in the language of whoever reads them."""

    def __init__(self, form: Form | None = None, obj: object = None, **values: Any) -> None:
        super().__init__(form, obj=obj, meta={"locales": [language.current()]}, **values)


class Needed(InputRequired):
    """There must be an answer, and not only blanks."""

    def __init__(self, message: str = mark("Det här behöver fyllas i.")) -> None:
        super().__init__()
        self._sentence = message

    def __call__(self, form: Any, field: Any) -> None:
        """Raise ``StopValidation`` where the answer is missing."""
        self.message = language._(self._sentence)
        if isinstance(field.data, str) and not field.data.strip():
            field.raw_data = []
        super().__call__(form, field)
