"""A reply and a close are about what their operator had seen; what came later waits on."""

from desk import Desk, asked, with_person


def test_who_closes_says_that_it_is_done() -> None:
    desk = Desk()
    desk.wrote("vocês abrem domingo?")
    desk.timer("pause")
    desk.claim()
    desk.close()

    assert asked(desk) is None
    desk.wrote("obrigada, e no sábado?")  # a new episode, as ever
    assert asked(desk) is not None


def test_what_came_while_they_closed_is_not_done() -> None:
    desk = with_person()
    desk.reply("Reservei o seu bolo.")
    desk.outbound("accepted")
    seen = desk.state.seq
    desk.wrote("e aceitam pix?")
    desk.close(seen=seen)

    question = asked(desk)
    assert question is not None
    assert question.upto_seq == desk.state.inbound_seq
    assert desk.state.note_seq == desk.state.turn.upto == seen  # a new episode, from there on


def test_who_closes_after_seeing_all_has_nothing_left() -> None:
    desk = with_person()
    desk.wrote("obrigada!")
    desk.close(seen=desk.state.seq)

    assert asked(desk) is None
    assert desk.state.note_seq == desk.state.seq


def test_a_reply_answers_what_its_operator_had_seen() -> None:
    desk = with_person()
    desk.wrote("aceitam pix?")
    seen = desk.state.seq
    desk.wrote("e abrem domingo?")
    desk.reply("Aceitamos.", seen=seen)
    assert desk.state.turn.upto == seen
    desk.outbound("accepted")
    desk.give_back()
    assert asked(desk) is not None


def test_a_reply_takes_nothing_back_that_was_answered() -> None:
    desk = with_person()
    desk.reply("Pois não?")
    upto = desk.state.turn.upto
    desk.wrote("aceitam pix?")
    desk.reply("Diga.", seen=1)  # waited in the operator's browser

    assert desk.state.turn.upto == upto
