from runbooks.explaining.formats import markdown, text
from runbooks.explaining.page import Block, Grid, Heading, Paragraph, Point, Points

PAGE: list[Block] = [
    Heading(level=1, text="A *b*"),
    Paragraph(text="last_seen_at of <x> | [y](z), `a_b || *c*` _d_"),
    Points(numbered=True, points=(Point(text="one", points=(Point(text="in `it`"),)), Point(text="two"))),
    Grid(head=("列", "b"), rows=(("承运商", "`a || b`"), ("x", "1 | 2"))),
]


def test_markdown_keeps_code_and_takes_no_markup_from_the_text() -> None:
    assert markdown(PAGE) == (
        "# A \\*b\\*\n"
        "\n"
        "last_seen_at of \\<x\\> \\| \\[y\\](z), `a_b || *c*` \\_d\\_\n"
        "\n"
        "1. one\n"
        "   - in `it`\n"
        "2. two\n"
        "\n"
        "| 列 | b |\n"
        "| --- | --- |\n"
        "| 承运商 | `a \\|\\| b` |\n"
        "| x | 1 \\| 2 |\n"
    )


def test_text_aligns_columns_by_the_cells_that_characters_take() -> None:
    assert text(PAGE) == (
        "A *b*\n"
        "=====\n"
        "\n"
        "last_seen_at of <x> | [y](z), `a_b || *c*` _d_\n"
        "\n"
        "1. one\n"
        "   - in `it`\n"
        "2. two\n"
        "\n"
        "列      b\n"
        "承运商  `a || b`\n"
        "x       1 | 2\n"
    )
