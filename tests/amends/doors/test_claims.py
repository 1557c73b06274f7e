"""A claim holds for one deed of one actor, and for nothing that differs from it in anything."""

import base64
import json

import pytest
from joserfc import jws
from joserfc.jwk import OctKey

from amends.doors.claims import Claim, Deed, claim_of
from amends.doors.keys import DoorKey
from amends.doors.trusted import Trusted
from amends.models import Actor, ActorKind, Money
from tests.amends.doors.requests import CHEN, INCIDENT, WORKFLOW, YES, deed, signed
from workflows.contract import DECIDE, REPORT, ReportRequest, Verdict

DOOR = DoorKey.new("ops-desk")
TRUSTED = Trusted.of(DOOR)


def test_a_trusted_door_vouches_for_what_it_has_signed() -> None:
    request = signed(DOOR)

    assert TRUSTED.refusal(request.actor, deed(request)) is None


def test_a_claim_tells_who_did_what_where_and_through_which_door() -> None:
    claim = claim_of(signed(DOOR).actor)

    assert claim is not None
    assert (claim.actor.id, claim.actor.kind, claim.door) == ("chen", ActorKind.HUMAN, DOOR.id)
    assert (claim.act, claim.workflow, claim.incident) == (DECIDE, WORKFLOW, INCIDENT)
    assert claim.iat > 1_700_000_000


def test_signing_changes_nothing_of_a_request_but_its_claim() -> None:
    request = signed(DOOR)

    assert request.model_copy(update={"actor": CHEN}) == YES
    assert request.actor.model_copy(update={"claim": None}) == CHEN


@pytest.mark.parametrize(
    ("altered", "told"),
    [
        ({"amount": Money(amount=120_001, currency="CNY")}, "was altered"),
        ({"amount": None}, "was altered"),
        ({"key": "k-2"}, "was altered"),
        ({"verdict": Verdict.REJECT}, "was altered"),
        ({"plan": "refund"}, "was altered"),
        ({"note": "as agreed"}, "was altered"),
    ],
)
def test_other_words_under_the_same_claim_do_not_count(altered: dict[str, object], told: str) -> None:
    request = signed(DOOR).model_copy(update=altered)

    assert told in str(TRUSTED.refusal(request.actor, deed(request)))


def test_a_claim_is_of_no_use_for_another_act() -> None:
    request = signed(DOOR)

    why = TRUSTED.refusal(request.actor, deed(request, act="waive"))

    assert why == (
        "the claim of 'chen' does not hold here: it is for the act 'decide', and not for 'waive'; "
        "let the door sign anew"
    )


def test_a_claim_is_of_no_use_on_another_subject() -> None:
    request = signed(DOOR)

    assert "and not for 'lost_parcel:SO-2:PC-2'" in str(
        TRUSTED.refusal(request.actor, deed(request, workflow="lost_parcel:SO-2:PC-2"))
    )


def test_a_claim_is_of_no_use_on_the_next_incident_of_the_same_subject() -> None:
    request = signed(DOOR)

    assert "it is for the incident '09e8ed54', and not for 'next'" in str(
        TRUSTED.refusal(request.actor, deed(request, incident="next"))
    )


@pytest.mark.parametrize("other", [{"id": "dai"}, {"kind": ActorKind.SYSTEM}])
def test_a_claim_is_of_no_use_to_anybody_else(other: dict[str, object]) -> None:
    request = signed(DOOR)
    thief = request.actor.model_copy(update=other)

    assert "it is for 'chen' (human), and not for" in str(TRUSTED.refusal(thief, deed(request)))


def test_a_door_that_is_not_trusted_is_named_with_the_mend() -> None:
    stranger = DoorKey.new("stranger")
    request = signed(stranger)

    assert TRUSTED.refusal(request.actor, deed(request)) == (
        f"the door {stranger.id!r}, which speaks for 'chen', is not trusted here; "
        "`amends door trust` puts it among them"
    )


def test_a_key_that_calls_itself_by_the_id_of_another_is_found_out() -> None:
    forger = DoorKey.new("forger")
    forger.id = DOOR.id
    request = signed(forger)

    assert f"was not signed by the door {DOOR.id!r}" in str(TRUSTED.refusal(request.actor, deed(request)))


def test_a_payload_that_was_exchanged_is_found_out() -> None:
    request = signed(DOOR)
    head, payload, signature = str(request.actor.claim).split(".")
    said = json.loads(base64.urlsafe_b64decode(payload + "==")) | {"actor": {"kind": "human", "id": "dai"}}
    forged = base64.urlsafe_b64encode(json.dumps(said).encode()).rstrip(b"=").decode()
    dai = Actor(kind=ActorKind.HUMAN, id="dai", claim=f"{head}.{forged}.{signature}")

    assert "or altered since" in str(TRUSTED.refusal(dai, deed(request)))


def test_nothing_but_an_ed25519_signature_counts() -> None:
    """Else whoever has the public key could sign with it, as with a password, or not sign at all."""
    request = signed(DOOR)
    payload = str(request.actor.claim).split(".")[1]
    header = {"alg": "HS256", "kid": DOOR.id}
    secret = OctKey.import_key(str(DOOR.public["x"]))
    said = base64.urlsafe_b64decode(payload + "==")
    hashed = jws.serialize_compact(header, said, secret, algorithms=["HS256"])
    unsigned = base64.urlsafe_b64encode(json.dumps({"alg": "none", "kid": DOOR.id}).encode()).rstrip(b"=").decode()

    for claim in (hashed, f"{unsigned}.{payload}."):
        actor = request.actor.model_copy(update={"claim": claim})
        assert "was not signed by the door" in str(TRUSTED.refusal(actor, deed(request)))


@pytest.mark.parametrize("claim", ["", "yes", "a.b.c", "e30.e30.e30"])
def test_what_is_no_claim_is_refused_as_that(claim: str) -> None:
    actor = CHEN.model_copy(update={"claim": claim})

    assert TRUSTED.refusal(actor, deed(YES)) == ("the claim of 'chen' cannot be read; it is no signed claim of a door")
    assert claim_of(actor) is None


def test_a_worker_that_trusts_nobody_names_the_setting() -> None:
    request = signed(DOOR)

    assert "this worker trusts no door; give it their public keys (AMENDS_DOOR_KEYS" in str(
        Trusted().refusal(request.actor, deed(request))
    )


def test_a_report_is_signed_without_an_incident_which_it_may_be_the_first_to_open() -> None:
    request = ReportRequest(key="hotline-1", report={"order_id": "SO-1001", "value": 1.5}, actor=CHEN)
    request = DOOR.signed(request, act=REPORT, workflow_id=WORKFLOW)
    came = ReportRequest.model_validate_json(request.model_dump_json())

    assert TRUSTED.refusal(came.actor, Deed.of(came, act=REPORT, workflow=WORKFLOW, incident=None)) is None


def test_a_field_that_a_newer_release_has_and_that_is_not_used_does_not_matter() -> None:
    class Newer(type(YES)):  # type: ignore[misc]
        urgency: str = "usual"

    newer = Newer.model_validate(YES.model_dump())
    request = DOOR.signed(newer, act=DECIDE, workflow_id=WORKFLOW, incident_id=INCIDENT)
    came = type(YES).model_validate(request.model_dump())

    assert TRUSTED.refusal(came.actor, deed(came)) is None


def test_a_claim_of_a_newer_release_may_say_more() -> None:
    claim = claim_of(signed(DOOR).actor)
    assert claim is not None

    assert Claim.model_validate({**claim.model_dump(), "expires": 5}) == claim
