"""Planted scenes: each a case that a definition must get right. README.md lists them."""

from __future__ import annotations

from .model import DAY, HOUR, START_AT, moment, release_at
from .people import Customer

SWITCHBOARD = ("phone", "switchboard")


def plant(world, names=None) -> dict[str, list]:
    """Play every scene, or those of these names; returns the interactions of each."""
    scenes = {}
    for scene in (
        handoff_loop,
        rage_quit,
        false_goodbye,
        two_intents,
        test_traffic,
        unengaged,
        proactive,
        long_email,
        switchboard,
        no_identifier,
        deflection,
        second_need,
        anonymous_first,
        severe_violation,
        overlapping,
    ):
        if names is not None and scene.__name__ not in names:
            continue
        before = len(world.interactions)
        scene(world)
        scenes[scene.__name__] = world.interactions[before:]
        for interaction in scenes[scene.__name__]:
            interaction.scene = scene.__name__
    return scenes


def somebody(world, kind: str = "known") -> Customer:
    """A new customer of the middle plan, so that scenes do not disturb each other."""
    number = len(world.customers) + 1
    customer = Customer(f"c{number}", kind)
    if kind == "known":
        customer.plan, customer.age_band, customer.district = "plus", "35-64", "north"
        customer.account, customer.phone, customer.email = f"a{number}", f"p{number}", f"m{number}"
        customer.handle, customer.cookies = f"b{number}", [f"k{number}"]
    world.customers.append(customer)
    return customer


def at(world, fraction: float) -> int:
    """Mid-morning of the day at a fraction of the period."""
    return moment(fraction, world.weeks) + 10 * HOUR


def sometime(world, latest: float = 0.9) -> int:
    """A random moment, early enough for what follows to be seen."""
    return min(world._moment(), at(world, latest))


def solved_by_bot(world, customer, channel: str, start: int, intent_id: str, **fields):
    """A short conversation in which the bot meets the need."""
    talk = world.talk(customer, channel, start, **fields)
    talk.bot()
    talk.guess = talk.predict(talk.ask(intent_id), intent_id, True)
    talk.bot_answers(True)
    talk.ask(None, 0.5)
    talk.end("completed", "resolved")
    return finish(world, talk, intent_id, True)


def solved_by_agent(world, customer, channel: str, start: int, intent_id: str, **fields):
    """A conversation in which an agent meets the need."""
    talk = world.talk(customer, channel, start, **fields)
    talk.wait = talk.wait_seconds()
    agent = world.random.choice(world.agents)
    talk.offer_segment(agent, round(talk.wait))
    talk.agent_handles(intent_id, world.complexity(intent_id, start), agent)
    talk.end("agent_ended", "resolved")
    return finish(world, talk, intent_id, True)


def finish(world, talk, intent_id: str, is_met: bool):
    """Note the truth, keep the interaction, let the proof of a met need happen."""
    talk.interaction.resolved[intent_id] = is_met
    talk.interaction.satisfaction = talk.feel(is_met)
    if world.keep(talk) and is_met:
        world.confirm(talk.customer, intent_id, talk.interaction.ended_at)
    return talk.interaction


def handoff_loop(world) -> None:
    """Bot, agent, bot, agent, bot, agent: five connected handoffs in one chat, nothing solved."""
    talk = world.talk(somebody(world), "chat", at(world, 0.3))
    agent = world.agents[-1]
    talk.bot()
    talk.guess = talk.predict(talk.ask("slow_connection", -0.2), "slow_connection", True)
    for turn in range(5):
        if turn % 2 == 0:
            segment = talk.offer_segment(agent, 40)
            talk.hand_over("slow_connection", "connected", segment["answered_at"])
            talk.at = segment["answered_at"]
            talk.say("agent", agent.agent_id)
            segment |= {"talk_seconds": 90, "hold_seconds": 0, "wrap_seconds": 20}
        else:
            back = {"from_type": "agent", "to_type": "bot", "requested_by": "agent"}
            talk.hand_over("", "connected", talk.at, is_context_used=False, **back)
            talk.bot(is_clarification=True)
        talk.ask(None, -0.6, is_repeat=True)
    talk.trouble = 1.5
    talk.end("transferred", "escalated")
    finish(world, talk, "slow_connection", False)


def rage_quit(world) -> None:
    """Six misunderstandings in a row, ever angrier, and gone."""
    for fraction in (0.28, 0.57, 0.62):
        talk = world.talk(somebody(world), "chat", at(world, fraction))
        talk.bot()
        talk.predict(talk.ask("order_status", -0.3), "order_status", False)
        for _ in range(5):
            talk.bot(is_no_match=True, is_clarification=True)
            turn = talk.ask(None, -0.9, is_repeat=True)
            turn["requires_empathy"] = True
        talk.interaction.turns[-1]["text_redacted"] = "AGENT!!! this is useless"
        talk.trouble = 2
        talk.end("customer_left", None)
        finish(world, talk, "order_status", False)


def false_goodbye(world) -> None:
    """The bot says that the payment is done and says goodbye; two days later the customer calls."""
    for fraction in (0.2, 0.45, 0.6):
        customer = somebody(world)
        talk = world.talk(customer, "chat", at(world, fraction))
        talk.bot()
        talk.guess = talk.predict(talk.ask("pay_bill"), "pay_bill", True)
        talk.bot_answers(False)
        talk.bot()
        talk.end("bot_ended", "resolved")
        first = finish(world, talk, "pay_bill", False)
        solved_by_agent(world, customer, "voice", first.ended_at + 2 * DAY, "pay_bill")


def two_intents(world) -> None:
    """One conversation, two wishes of different families; in the first they alternate."""
    pairs = (("order_status", "pay_bill"), ("change_address", "order_status"),
             ("pay_bill", "product_question"), ("reset_password", "cancel_order"))  # fmt: skip
    for number in range(48):
        first, second = pairs[number % len(pairs)]
        talk = world.talk(somebody(world), "chat", sometime(world))
        second_met = world.random.random() < 0.75
        talk.bot()
        talk.guess = talk.predict(talk.ask(first), first, True)
        talk.bot_answers(True)
        talk.guess = talk.predict(talk.ask(second), second, True)
        talk.bot_answers(second_met)
        if number == 0:
            talk.ask(first, 0.2)
            talk.bot()
        talk.end("completed", "resolved")
        talk.interaction.resolved |= {first: True, second: second_met}
        talk.interaction.satisfaction = talk.feel(second_met)
        if world.keep(talk):
            world.confirm(talk.customer, first, talk.interaction.ended_at)
            if second_met:
                world.confirm(talk.customer, second, talk.interaction.ended_at)


def test_traffic(world) -> None:
    """Conversations of the testers of the bot."""
    tester = somebody(world)
    for _ in range(40):
        solved_by_bot(world, tester, "chat", sometime(world), "pay_bill", is_test=True)


def says_nothing(world, customer, at, number) -> None:
    """A window opened or a line picked up, and no word from the customer."""
    talk = world.talk(customer, "voice" if number % 3 == 0 else "chat", at)
    if number % 5:
        talk.bot()
    else:
        talk.say("system")
    talk.end("customer_left" if number % 2 else "timeout", None, 20)
    world.keep(talk)


def unengaged(world) -> None:
    """Conversations in which the customer says nothing."""
    for number in range(90):
        says_nothing(world, somebody(world), sometime(world), number)


def proactive(world) -> None:
    """Messages that the company sends first; a third is answered, a few call instead."""
    for number in range(110):
        start = sometime(world)
        customer = somebody(world)
        intent_id = "outage_report" if number % 2 else "order_status"
        fields = {"direction": "outbound", "trigger": "proactive"}
        if number % 3 == 0:
            solved_by_bot(world, customer, "messaging", start, intent_id, **fields)
            continue
        talk = world.talk(customer, "messaging", start, **fields)
        talk.bot()
        talk.end("completed", None, 60)
        world.keep(talk)
        if number % 10 == 1:
            solved_by_agent(world, customer, "voice", start + 4 * HOUR, intent_id)


def long_email(world) -> None:
    """One e-mail thread of 45 days and 40 messages."""
    talk = world.talk(somebody(world), "email", at(world, 0.35))
    agent = world.agents[0]
    step = min(45 * DAY, int((world.clock - talk.at) * 0.7)) // 40
    segment = talk.offer_segment(agent, 3 * HOUR)
    segment |= {"talk_seconds": 5400, "hold_seconds": 0, "wrap_seconds": 600}
    talk.ask("dispute_charge", -0.2, pause=60)
    for number in range(39):
        if number % 2:
            talk.ask(None, -0.2, pause=step)
        else:
            talk.say("agent", agent.agent_id, step)
    talk.end("agent_ended", "resolved", 600)
    finish(world, talk, "dispute_charge", True)


def switchboard(world) -> None:
    """Sixty-four customers behind one telephone number, and five of whom nothing else is known."""
    for number in range(64):
        customer = somebody(world)
        talk = solved_by_agent(world, customer, "voice", sometime(world), "product_question")
        talk.identifiers = [SWITCHBOARD, ("account", customer.account)]
        customer.used = {}
        customer.uses(talk.identifiers, talk.started_at)
        if number % 4 == 0:
            solved_by_bot(world, customer, "chat", talk.ended_at + DAY, "product_question")
    for _ in range(5):
        nobody = somebody(world, "nobody")
        talk = solved_by_agent(world, nobody, "voice", sometime(world), "product_question")
        talk.identifiers = [SWITCHBOARD]


def no_identifier(world) -> None:
    """Contacts that show nothing of who is talking."""
    for number in range(25):
        nobody = somebody(world, "nobody")
        intent_id = "product_question" if number % 2 else "reset_password"
        solved_by_bot(world, nobody, "voice" if number % 2 else "chat", sometime(world), intent_id)


def deflection(world) -> None:
    """Callers who are offered to go on in messaging; most accept and most of them finish there."""
    random = world.random
    for _ in range(120):
        customer = somebody(world)
        talk = world.talk(customer, "voice", sometime(world))
        intent_id = random.choice(("order_status", "change_address", "book_appointment"))
        talk.bot()
        talk.guess = talk.predict(talk.ask(intent_id), intent_id, True)
        talk.bot()
        shown_at = talk.at
        accepts = random.random() < 0.65
        offer = {
            "interaction_id": talk.interaction,
            "kind": "channel_shift",
            "target_channel": "messaging",
            "presented_at": shown_at,
        }
        talk.interaction.offers.append(offer)
        if not accepts:
            talk.interaction.resolved[intent_id] = world._human(talk, intent_id, "simple", True)
            finish(world, talk, intent_id, talk.interaction.resolved[intent_id])
            continue
        talk.ask(None, 0.2)
        offer["accepted_at"] = talk.at
        handoff = talk.hand_over(intent_id, "connected", talk.at, to_type="bot")
        handoff |= {"context_fields_passed": 4, "is_context_used": True}
        talk.end("completed", None)
        first = finish(world, talk, intent_id, False)
        fields = {"parent": first, "trigger": "customer"}
        if first.ended_at >= world.clock - DAY:
            continue
        later = first.ended_at + random.randrange(60, 1800)
        if random.random() < 0.85:
            second = solved_by_bot(world, customer, "messaging", later, intent_id, **fields)
        else:
            second = solved_by_agent(world, customer, "messaging", later, intent_id, **fields)
        if second in world.interactions:
            handoff["to_interaction_id"] = second


def second_need(world) -> None:
    """Two unrelated needs within a week in one channel, both met: channel-level FCR calls the first
    a failure."""
    for _ in range(60):
        customer, start = somebody(world), sometime(world)
        first = solved_by_agent(world, customer, "voice", start, "dispute_charge")
        later = first.ended_at + world.random.randrange(DAY, 5 * DAY)
        solved_by_agent(world, customer, "voice", later, "device_setup")


def anonymous_first(world) -> None:
    """A chat of a mere cookie, the customer's call next day, and a login that links both later."""
    for number in range(12):
        customer, start = somebody(world), sometime(world, 0.8)
        talk = world.talk(customer, "chat", start)
        talk.interaction.identifiers = [("cookie", customer.cookies[0])]
        talk.bot()
        talk.predict(talk.ask("device_setup", -0.2), "device_setup", True)
        talk.bot_answers(False)
        talk.ask(None, -0.5)
        talk.end("customer_left", "abandoned" if number % 2 else None)
        first = finish(world, talk, "device_setup", False)
        call = solved_by_agent(world, customer, "voice", first.ended_at + DAY, "device_setup")
        customer.used = {}
        call.identifiers = [("phone", customer.phone)]
        customer.uses(first.identifiers, first.started_at)
        customer.uses(call.identifiers, call.started_at)


def severe_violation(world) -> None:
    """One violation of the gravest kind, delivered, under the release that was rolled back."""
    start = at(world, 0.63)
    talk = world.talk(somebody(world), "chat", start)
    assert release_at(start, world.weeks)[0] == "v3"
    talk.guess = talk.predict(talk.ask("change_address"), "change_address", True)
    turn = talk.bot(required_facts=1, delivered_facts=1)
    talk.violate(turn, 1, is_near_miss=False)
    talk.interaction.guardrails[-1]["policy_id"] = "pii_leak"
    talk.end("completed", "resolved")
    finish(world, talk, "change_address", True)


def overlapping(world) -> None:
    """An e-mail that is still open while the customer chats and calls about the same thing."""
    for _ in range(6):
        customer, start = somebody(world), sometime(world, 0.8)
        email = solved_by_agent(world, customer, "email", start, "dispute_charge")
        solved_by_agent(world, customer, "voice", (start + email.ended_at) // 2, "dispute_charge")
        solved_by_bot(world, customer, "chat", max(START_AT, start + 1800), "dispute_charge")
