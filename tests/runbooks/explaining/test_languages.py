"""Each language has a word for everything that a runbook may name."""

import re
from pathlib import Path

import pytest

from amends.models import Party, Severity, Stage
from runbooks import library
from runbooks.catalogue import CATALOGUE
from runbooks.explaining import flowchart, page
from runbooks.explaining.chinese.names import FIELDS, ROLES
from runbooks.explaining.labels import Labels
from runbooks.explaining.language import Language
from runbooks.explaining.reading import explain
from runbooks.policy import GoalName
from tests.runbooks.explaining.builders import EN, ZH, hours, said

EVERYTHING = Path(__file__).parents[1] / "good" / "everything.yaml"
HAN = re.compile(r"[\u4e00-\u9fff]")


@pytest.mark.parametrize("language", [EN, ZH], ids=lambda language: language.code)
def test_every_closed_choice_has_a_name_of_its_own(language: Language) -> None:
    for names in (
        [language.severity(each) for each in Severity],
        [language.stage(each) for each in Stage],
        [language.party(each) for each in Party],
        [language.goal(each) for each in GoalName],
    ):
        assert len(set(names)) == len(names)
        assert all(bool(HAN.search(name)) == (language is ZH) for name in names)


def test_every_field_of_the_catalogue_and_every_shipped_role_has_a_chinese_name() -> None:
    models = [model for spec in CATALOGUE.values() for model in (spec.takes, spec.gives) if model is not None]
    fields = {name for model in models for name in model.model_fields}

    assert fields - set(FIELDS) == set()
    assert set(library.shelf_here().reference.roles) - set(ROLES) == set()


def test_the_english_page_has_no_chinese_word() -> None:
    assert [line for line in said(explain(EVERYTHING), EN) if HAN.search(line)] == []


def test_the_chinese_page_has_no_english_word_but_names_and_quotations() -> None:
    lines = [line for line in said(explain(EVERYTHING), ZH) if "来源：" not in line]

    plain = [re.sub(r"`[^`]*`|CNY|Asia/Shanghai", "", line) for line in lines]

    assert [line for line in plain if re.search(r"[A-Za-z]", line)] == []


def test_chinese_stands_apart_from_numbers_and_code_and_never_from_chinese() -> None:
    lines = said(explain(EVERYTHING), ZH)

    assert [line for line in lines if re.search(r"[\u4e00-\u9fff] +[\u4e00-\u9fff]", line)] == []
    assert [line for line in lines if re.search(r"[\u4e00-\u9fff][A-Za-z0-9]|[A-Za-z0-9][\u4e00-\u9fff]", line)] == []


def test_every_label_is_used() -> None:
    sources = "".join(Path(str(module.__file__)).read_text(encoding="utf-8") for module in (page, flowchart))

    assert [name for name in Labels.model_fields if f"labels.{name}" not in sources] == []


@pytest.mark.parametrize(
    ("minutes", "in_english", "in_chinese"),
    [
        (0, "no time", "0 分钟"),
        (1, "1 minute", "1 分钟"),
        (60, "1 hour", "1 小时"),
        (90, "90 minutes", "90 分钟"),
        (150, "2 hours 30 minutes", "2 小时 30 分钟"),
        (48 * 60, "48 hours", "48 小时"),
        (72 * 60, "3 days", "3 天"),
        (76 * 60 + 5, "3 days 4 hours 5 minutes", "3 天 4 小时 5 分钟"),
    ],
)
def test_durations_are_said_as_people_count_them(minutes: int, in_english: str, in_chinese: str) -> None:
    assert EN.duration(hours(1) * minutes / 60) == in_english
    assert ZH.duration(hours(1) * minutes / 60) == in_chinese
