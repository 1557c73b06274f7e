"""The flowchart: every node is there, every way leads on, and no label is read as syntax."""

import re
from pathlib import Path

import pytest

from runbooks.explaining.flowchart import flowchart
from runbooks.explaining.language import Language
from runbooks.explaining.model import Explanation
from runbooks.explaining.reading import explain
from tests.runbooks.explaining.builders import EN, ZH, explained, with_keys, with_plans, with_steps

EVERYTHING = Path(__file__).parents[1] / "good" / "everything.yaml"
LABEL = r'"[^"<>&\\`%]*"'
SHAPES = "|".join(
    [
        rf"\(\[{LABEL}\]\)",
        rf"\[\[{LABEL}\]\]",
        rf"\[/{LABEL}/\]",
        rf"\[{LABEL}\]",
        rf"\{{\{{{LABEL}\}}\}}",
        rf"\{{{LABEL}\}}",
    ]
)
NODE = re.compile(rf" +(\w+)(?:{SHAPES})")
EDGE = re.compile(rf"  (\w+) (-->|-\.->)(?:\|({LABEL})\|)? (\w+)")
BOX = re.compile(rf" +subgraph (\w+)\[{LABEL}\]")


def drawn(explanation: Explanation, language: Language = EN) -> tuple[dict[str, str], list[tuple[str, str, str]]]:
    """Node → its line, and the edges as (from, label, to), of a chart in which every line is one of the known forms."""
    first, *lines = flowchart(explanation, language).splitlines()
    assert first == "flowchart TD"
    nodes, boxes, edges, depth = dict[str, str](), set[str](), list[tuple[str, str, str]](), 0
    for line in lines:
        if line.strip() == "end":
            depth -= 1
        elif box := BOX.fullmatch(line):
            boxes.add(box[1])
            depth += 1
        elif node := NODE.fullmatch(line):
            assert node[1] not in nodes
            nodes[node[1]] = line.strip()
        else:
            edge = EDGE.fullmatch(line)
            assert edge, f"no line of a flowchart: {line}"
            edges.append(
                (edge[1], f"{'dotted ' if '.' in edge[2] else ''}{(edge[3] or '').strip(chr(34))}".strip(), edge[4])
            )
    assert depth == 0
    assert {end for start, _, stop in edges for end in (start, stop)} <= set(nodes) | boxes
    return nodes, edges


@pytest.mark.parametrize("language", [EN, ZH], ids=lambda language: language.code)
@pytest.mark.parametrize("runbook", ["lost_parcel", EVERYTHING], ids=str)
def test_every_node_is_reached_and_leads_on(runbook: str | Path, language: Language) -> None:
    nodes, edges = drawn(explain(runbook), language)

    reached, leading = {stop for _, _, stop in edges}, {start for start, _, _ in edges}
    starts = {name for name, line in nodes.items() if name not in reached}
    ends = {name for name in nodes if name not in leading}
    undone = {stop for _, label, stop in edges if label.startswith("dotted ")}
    assert all(language.labels.begin in nodes[name] or "order.cancel_requested" in nodes[name] for name in starts)
    assert all(language.labels.closed in nodes[name] or name == "person" for name in ends - undone)


def test_plans_are_diamonds_that_lead_to_the_next_and_at_last_to_a_person() -> None:
    plan = (
        "- plan: claim\n  when: incident.contacts > 1\n  steps:\n"
        "    - {do: inventory.reserve, undo: inventory.release}\n"
    )
    nodes, edges = drawn(with_plans(plan))

    by_label = {line: name for name, line in nodes.items()}
    asked = next(name for line, name in by_label.items() if line.endswith('{"the number of reports is more than 1?"}'))
    reserve = next(name for line, name in by_label.items() if "Reserve" in line)
    sorry = next(name for line, name in by_label.items() if "We are sorry" in line)
    assert {(asked, "yes", reserve), (asked, "no", sorry), (reserve, "refused", sorry)} <= set(edges)
    (undo,) = [nodes[stop] for start, label, stop in edges if (start, label) == (reserve, "dotted undo")]
    assert undo.endswith('["Give the reserved goods back to stock"]')
    assert "person" not in nodes, "the last plan cannot fail"


def test_silence_and_limits_stand_on_the_edges() -> None:
    plan = (
        "- plan: dear\n  when: incident.contacts > 1\n  steps:\n"
        "    - {ask: customer, question: sorry, choices: [a, b], answer_within: 3d, if_silent: skip}\n"
        "    - {approve: clerk, decide_within: 4h, if_silent: escalate}\n"
        "    - {approve: finance, decide_within: 2h, if_silent: reject}\n"
        "    - {do: shipping.file_claim, final: true}\n"
        "    - {approve: chief, decide_within: 1h, if_silent: reject, on_refusal: continue}\n"
        "    - {approve: chief, decide_within: 1h, if_silent: reject, on_refusal: task}\n"
    )

    nodes, edges = drawn(with_plans(plan))

    labels = [label for _, label, _ in edges]
    assert "silent for 3 days: we go on without an answer" in labels
    assert "silent for 2 hours: counts as rejected" in labels
    (itself,) = [(start, stop) for start, label, stop in edges if label == "silent for 4 hours: it becomes their task"]
    assert itself[0] == itself[1]
    assert len([label for label in labels if label == "rejected"]) == 4
    assert "person" in nodes


def test_a_label_is_never_read_as_syntax() -> None:
    when = r"""when: "order.order_id == '#1 \"q\" <b>; %%{init}%% end ] & |'" """

    chart = flowchart(with_steps(f"- {{tell: customer, message: sorry, {when}}}\n"), EN)

    assert "order id is #35;1 #quot;q#quot; #lt;b#gt;; #37;#37;{init}#37;#37; end ] #amp; |: write to" in chart


def test_what_cuts_in_is_dotted_to_its_plan() -> None:
    nodes, edges = drawn(with_keys("interrupts:\n  - {on: order.cancel_requested, plan: say_sorry}\n"))

    (cuts_in,) = [name for name, line in nodes.items() if "order.cancel_requested" in line]
    assert [(label, stop[0]) for start, label, stop in edges if start == cuts_in] == [("dotted", "g")]


def test_a_stage_without_steps_is_no_box() -> None:
    chart = flowchart(explained(), EN)

    assert '["Report"]' in chart
    assert '["Analysis"]' not in chart
