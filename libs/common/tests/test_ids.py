from uuid import UUID, uuid4

from handoff_common.ids import derived_id, fresh_id, inbound_id, report_id, timer_id

CAUSE = UUID("01930001-0000-7000-8000-000000000001")


def test_fresh_ids_differ_and_sort_by_time() -> None:
    ids = [fresh_id() for _ in range(200)]
    assert len(set(ids)) == 200
    assert [each.version for each in ids] == [7] * 200
    assert [each.bytes[:6] for each in ids] == sorted(each.bytes[:6] for each in ids)


def test_what_follows_from_a_cause_has_the_same_id_every_time() -> None:
    # Written out: a redelivery after an upgrade must still make the ids of before.
    assert derived_id(CAUSE, "message", 1) == UUID("2bf28ae8-33bf-5848-9a40-170d54e8d9ce")
    assert inbound_id("SM1") == UUID("4c47a1c7-160d-5864-acf0-c466dadd291d")
    assert report_id("SM1", "sent", None) == UUID("a3ccee2d-0d17-5269-a6a3-62f0aa347869")
    assert timer_id(CAUSE, "pause", 3) == UUID("773a2f07-87c0-5a02-93b6-87fcad1ba173")


def test_different_causes_kinds_and_places_make_different_ids() -> None:
    ids = {
        derived_id(CAUSE, "message", 0),
        derived_id(CAUSE, "message", 1),
        derived_id(CAUSE, "handoff", 0),
        derived_id(uuid4(), "message", 0),
        timer_id(CAUSE, "pause", 0),
        timer_id(CAUSE, "pause", 1),
        timer_id(CAUSE, "settling", 0),
    }
    assert len(ids) == 7


def test_reports_of_a_message_differ_by_status_and_code_and_from_the_message() -> None:
    ids = {
        inbound_id("SM1"),
        inbound_id("SM2"),
        report_id("SM1", "sent", None),
        report_id("SM1", "failed", None),
        report_id("SM1", "failed", 63016),
        report_id("SM2", "sent", None),
    }
    assert len(ids) == 6
