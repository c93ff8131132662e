"""All edits, in the order of the page of the documentation."""

from tests.state import edits_of_around, edits_of_flows, edits_of_statements, edits_of_steps, edits_of_text

PARTS = {
    "Texts and constants": edits_of_text.EDITS,
    "Statements": edits_of_statements.EDITS,
    "Steps": edits_of_steps.EDITS,
    "What a step stands in": edits_of_around.EDITS,
    "Flows, their names and parameters": edits_of_flows.EDITS,
}
EDITS = [edit for part in PARTS.values() for edit in part]
