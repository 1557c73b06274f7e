"""The languages in which runbooks are explained."""

from enum import StrEnum

from runbooks.explaining.chinese import Chinese
from runbooks.explaining.english import English
from runbooks.explaining.language import Language


class LanguageCode(StrEnum):
    EN = "en"
    ZH = "zh"


LANGUAGES: dict[LanguageCode, Language] = {LanguageCode.EN: English(), LanguageCode.ZH: Chinese()}
