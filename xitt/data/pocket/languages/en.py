"""English, with CCG categories (in the notation of the Parallel Meaning Bank)."""

from __future__ import annotations

from xitt.data.pocket.concepts import CITIES, MASS, NAMES, PEOPLE, SURNAMES, WOMEN
from xitt.data.pocket.grammar import Token, build, entity, finish, mark, words
from xitt.data.pocket.meanings import (
    NP,
    Because,
    Event,
    Fact,
    Phrase,
    Question,
    State,
    Transfer,
    Typical,
    Use,
)

ENGLISH_NAME, ISO3, SPACES = "English", "eng", True

IRREGULAR_PLURALS = {"knife": "knives", "box": "boxes"}
NUMBERS = {2: "two", 3: "three", 4: "four", 5: "five", 10: "ten"}
VERBS = {  # past, base
    "buy": ("bought", "buy"), "sell": ("sold", "sell"), "open": ("opened", "open"),
    "close": ("closed", "close"), "find": ("found", "find"), "lose": ("lost", "lose"),
    "repair": ("repaired", "repair"), "break": ("broke", "break"),
    "read": ("read", "read"), "write": ("wrote", "write"), "eat": ("ate", "eat"),
    "cook": ("cooked", "cook"), "drink": ("drank", "drink"), "wash": ("washed", "wash"),
    "paint": ("painted", "paint"), "send": ("sent", "send"),
    "receive": ("received", "receive"), "see": ("saw", "see"), "meet": ("met", "meet"),
    "invite": ("invited", "invite"), "visit": ("visited", "visit"),
    "greet": ("greeted", "greet"), "search": ("looked for", "look for"),
}  # fmt: skip
SPOTS = {  # "at the market"
    "market": "at market", "garden": "in garden", "park": "in park",
    "school": "at school", "library": "in library",
    "kitchen": "in kitchen", "station": "at station",
    "restaurant": "in restaurant", "hospital": "in hospital",
    "museum": "in museum", "hotel": "in hotel", "office": "in office",
    "forest": "in forest", "beach": "on beach", "village": "in village",
    "farm": "on farm",
}  # fmt: skip
TIMES = {  # spec
    "yesterday": "yesterday/ADV", "last_week": "last/ADJ week/NOUN",
    "morning": "in/ADP the/DET morning/NOUN",
    "afternoon": "in/ADP the/DET afternoon/NOUN",
    "evening": "in/ADP the/DET evening/NOUN", "monday": "on/ADP Monday/PROPN",
    "wednesday": "on/ADP Wednesday/PROPN", "friday": "on/ADP Friday/PROPN",
    "saturday": "on/ADP Saturday/PROPN", "sunday": "on/ADP Sunday/PROPN",
    "may": "in/ADP May/PROPN", "october": "in/ADP October/PROPN",
    "summer": "in/ADP the/DET summer/NOUN", "winter": "in/ADP the/DET winter/NOUN",
}  # fmt: skip
ORGS = {
    "radio_orion": "Radio Orion", "delta_bank": "Delta Bank",
    "atlas_motors": "Atlas Motors", "terra_foods": "Terra Foods",
    "university_vienna": "University/PROPN of/ADP Vienna/PROPN",
    "university_cairo": "University/PROPN of/ADP Cairo/PROPN",
    "bank_tokyo": "Bank/PROPN of/ADP Tokyo/PROPN",
}  # fmt: skip
STATES = {"cold_state": "cold"}
PURPOSES = {  # what one uses the tool for, after "to"
    "knife": "cut/VERB bread/NOUN", "key": "open/VERB a/DET door/NOUN",
    "umbrella": "stay/VERB dry/ADJ", "lamp": "read/VERB at/ADP night/NOUN",
    "clock": "know/VERB the/DET time/NOUN", "cup": "drink/VERB tea/NOUN",
    "camera": "take/VERB pictures/NOUN", "phone": "call/VERB a/DET friend/NOUN",
    "bicycle": "get/VERB to/ADP school/NOUN", "bag": "carry/VERB books/NOUN",
    "boat": "cross/VERB the/DET river/NOUN", "coat": "keep/VERB warm/ADJ",
}  # fmt: skip
PHRASES = {
    "good_morning": "good/ADJ morning/NOUN !", "good_night": "good/ADJ night/NOUN !",
    "thank_you": "thank/VERB you/PRON very/ADV much/ADV !",
    "excuse_me": "excuse/VERB me/PRON !", "how_are_you": "how/ADV are/AUX you/PRON ?",
    "i_am_fine": "I/PRON +'m/AUX fine/ADJ .",
    "what_is_your_name": "what/PRON is/AUX your/PRON name/NOUN ?",
    "where_is_the_station": "where/ADV is/AUX the/DET station/NOUN ?",
    "how_much_is_this": "how/ADV much/ADJ is/AUX this/PRON ?",
    "i_do_not_understand": "I/PRON do/AUX +n't/PART understand/VERB .",
    "i_am_learning_english": "I/PRON am/AUX learning/VERB English/PROPN .",
    "i_am_hungry": "I/PRON +'m/AUX hungry/ADJ .",
    "it_is_raining": "it/PRON is/AUX raining/VERB .",
    "it_is_late": "it/PRON is/AUX late/ADJ .",
    "we_are_tired": "we/PRON are/AUX tired/ADJ .",
    "please_sit_down": "please/INTJ sit/VERB down/ADP .",
    "see_you_tomorrow": "see/VERB you/PRON tomorrow/NOUN !",
    "happy_birthday": "happy/ADJ birthday/NOUN !",
    "what_time_is_it": "what/DET time/NOUN is/AUX it/PRON ?",
    "do_you_speak_english": "do/AUX you/PRON speak/VERB English/PROPN ?",
    "i_live_here": "I/PRON live/VERB here/ADV .",
    "i_like_music": "I/PRON like/VERB music/NOUN .",
    "come_in": "come/VERB in/ADP !", "who_is_there": "who/PRON is/AUX there/ADV ?",
    "this_is_my_house": "this/PRON is/AUX my/PRON house/NOUN .",
    "i_have_two_brothers": "I/PRON have/VERB two/NUM brothers/NOUN .",
    "she_is_my_sister": "she/PRON is/AUX my/PRON sister/NOUN .",
    "we_are_going_home": "we/PRON are/AUX going/VERB home/ADV .",
    "i_need_help": "I/PRON need/VERB help/NOUN .",
    "the_food_is_good": "the/DET food/NOUN is/AUX good/ADJ .",
}  # fmt: skip
TV, VP = "(s:dcl\\np)/np", "(s\\np)\\(s\\np)"


def word(concept: str) -> str:
    if concept in VERBS:
        return VERBS[concept][0].split()[0]
    if concept in CITIES or concept in NAMES or concept in SURNAMES:
        return concept.replace("_", " ").title()
    return STATES.get(concept, concept)


def _plural(noun: str) -> str:
    return IRREGULAR_PLURALS.get(noun, noun + "s")


def _name(text: str, kind: str) -> list[Token]:
    """A name; each word before the last modifies the next ("New York", n/n n)."""
    tokens = entity(text, kind)
    if any(token.pos == "ADP" for token in tokens):
        cats = ["n/pp", "pp/np", "n"]
    else:
        cats = ["n/n"] * (len(tokens) - 1) + ["n"]
    return [t._replace(cat=cat) for t, cat in zip(tokens, cats, strict=True)]


def _organisation(org: str) -> list[Token]:
    name = _name(ORGS.get(org, org.title()), "ORG")
    article = words("the/DET", "np/n") if len(name) == 3 else []
    return [*article, *mark(name, "org")]


def noun_phrase(np: NP) -> list[Token]:
    if np.noun in NAMES:
        return _name(word(np.noun), "PER")
    if np.noun in ("someone", "something"):
        return words(f"{np.noun}/PRON", "np")
    noun = _plural(np.noun) if np.count > 1 else np.noun
    head = words(f"{np.adj}/ADJ", "n/n") if np.adj else []
    head += words(f"{noun}/NOUN", "n")
    if np.count > 1:
        return [*words(f"{NUMBERS[np.count]}/NUM", "n/n"), *head]
    if np.definite:
        return [*words("the/DET", "np/n"), *head]
    if np.noun in MASS:
        return head
    article = "an" if head[0].text[0] in "aeiou" else "a"
    return [*words(f"{article}/DET", "np/n"), *head]


def spot(place: str, cat: str = f"({VP})/np") -> list[Token]:
    if place in CITIES:
        city = _name(word(place), "LOC")
        return [*words("in/ADP", cat), *mark(city, "place")]
    preposition, noun = SPOTS[place].split()
    phrase = mark(words(f"the/DET {noun}/NOUN", "np/n n"), "place")
    return [*words(f"{preposition}/ADP", cat), *phrase]


def _time(time: str, modifies: str = VP) -> list[Token]:
    tokens = words(TIMES[time])
    if len(tokens) == 1:
        cats = [modifies]
    elif tokens[0].pos == "ADJ":
        cats = [f"({modifies})/n", "n"]
    else:
        cats = [f"({modifies})/np", "np/n", "n"] if len(tokens) == 3 else []
        cats = cats or [f"({modifies})/np", "n"]
    tokens = [t._replace(cat=cat) for t, cat in zip(tokens, cats, strict=True)]
    return mark(tokens, "time")


def _verb(form: str, tense: str) -> list[Token]:
    """A transitive verb; "look for" governs a prepositional phrase."""
    if " " in form:
        cats = f"(s:{tense}\\np)/pp pp/np"
        return words(f"{form.split()[0]}/VERB {form.split()[1]}/ADP", cats)
    return words(f"{form}/VERB", f"(s:{tense}\\np)/np")


def _patients(e: Event) -> list[Token]:
    first = mark(noun_phrase(e.patient), "patient")
    if not e.other:
        return first
    return [*first, *words("and/CCONJ", "conj"), *noun_phrase(e.other)]


def _adjuncts(e: Event, without: str = "") -> list[Token]:
    place = spot(e.place) if e.place and without != "place" else None
    return build(place, _time(e.time) if e.time and without != "time" else None)


def _predicate(e: Event, past: bool = True, patients: bool = True) -> list[Token]:
    """The verb phrase without adjuncts: "bought a hat", "did not buy a hat"."""
    forms = VERBS[e.verb]
    if e.negated and past:
        did = words("did/AUX not/PART", f"(s:dcl\\np)/(s:b\\np) {VP}")
        verb = [*did, *_verb(forms[1], "b")]
    else:
        verb = _verb(forms[0], "dcl") if past else _verb(forms[1], "b")
    return [*verb, *_patients(e)] if patients else verb


def _clause(e: Event) -> list[Token]:
    front = e.front if e.front in ("time", "place") else ""
    if e.front == "then":
        opening = words("then/ADV", "s/s")
    elif front == "time":
        opening = [*_time(e.time, "s/s"), *words(",/PUNCT", ",")]
    elif front == "place":
        opening = [*spot(e.place, "(s/s)/np"), *words(",/PUNCT", ",")]
    else:
        opening = []
    agent = mark(noun_phrase(e.agent), "agent")
    return [*opening, *agent, *_predicate(e), *_adjuncts(e, front)]


def event(e: Event) -> list[Token]:
    return finish(_clause(e))


def transfer(t: Transfer) -> list[Token]:
    agent, party = (t.giver, t.taker) if t.view == "sell" else (t.taker, t.giver)
    verb = words(f"{VERBS[t.view][0]}/VERB", "((s:dcl\\np)/pp)/np")
    to = words("to/ADP" if t.view == "sell" else "from/ADP", "pp/np")
    patient, party_ = noun_phrase(t.patient), noun_phrase(NP(party))
    core = [*noun_phrase(NP(agent)), *verb, *patient, *to, *party_]
    if not t.time:
        return finish(core)
    if t.front == "time":
        return finish([*_time(t.time, "s/s"), *words(",/PUNCT", ","), *core])
    return finish([*core, *_time(t.time)])


def _state(concept: str) -> list[Token]:
    cats = "(s:dcl\\np)/(s:adj\\np) s:adj\\np"
    return words(f"was/AUX {word(concept)}/ADJ", cats)


def state(s: State) -> list[Token]:
    return finish([*noun_phrase(NP(s.name)), *_state(s.state)])


def because(b: Because) -> list[Token]:
    e, name = b.event, noun_phrase(b.event.agent)
    pronoun = "she/PRON" if e.agent.noun in WOMEN else "he/PRON"
    subject = words(pronoun, "np")
    if b.so:
        reason = mark([*name, *_state(b.state)], "reason")
        so = words(",/PUNCT so/CCONJ", ", (s\\s)/s:dcl")
        return finish([*reason, *so, *subject, *_predicate(e), *_adjuncts(e)])
    reason = mark([*subject, *_state(b.state)], "reason")
    link = words("because/SCONJ", f"({VP})/s:dcl")
    return finish([*_clause(e), *link, *reason])


def fact(f: Fact) -> list[Token]:
    person = mark(_name(f"{word(f.given)} {word(f.surname)}", "PER"), "person")
    return finish([*person, *_told(f, ("org", "city", "year"))])


def _in(what: list[Token], role: str, cat: str = f"({VP})/np") -> list[Token]:
    return [*words("in/ADP", cat), *mark(what, role)]


def _told(f: Fact, told: tuple[str, ...]) -> list[Token]:
    """The verb phrase of a fact, with those of its details that are `told`."""
    year = _in(words(f"{f.year}/NUM", "n"), "year") if "year" in told else []
    city = _name(word(f.city), "LOC") if f.city else []
    if f.kind == "work":
        verb = words("works/VERB for/ADP", "(s:dcl\\np)/pp pp/np")
        return [*verb, *_organisation(f.org)]
    if f.kind == "live":
        return [*words("lives/VERB", "(s:dcl\\np)/pp"), *_in(city, "city", "pp/np")]
    if f.kind == "found":
        return [*words("founded/VERB", TV), *_organisation(f.org), *year]
    verb = words("was/AUX born/VERB", "(s:dcl\\np)/(s:pss\\np) s:pss\\np")
    return [*verb, *(_in(city, "city") if "city" in told else []), *year]


def typical(t: Typical) -> list[Token]:
    cats = f"np (s\\np)/(s\\np) {TV} n"
    noun = f"{_plural(t.noun)}/NOUN"
    return finish(
        [*words(f"you/PRON usually/ADV find/VERB {noun}", cats), *spot(t.place)]
    )


def _purpose(tool: str) -> list[Token]:
    tokens = words(PURPOSES[tool])
    if tokens[-1].pos == "ADJ":
        cats = ["(s:b\\np)/(s:adj\\np)", "s:adj\\np"]
    elif tokens[1].pos == "ADP":
        cats = ["s:b\\np", f"({VP})/np", "n"]
    else:
        cats = ["(s:b\\np)/np", *["np/n"] * (len(tokens) - 2), "n"]
    tokens = [t._replace(cat=cat) for t, cat in zip(tokens, cats, strict=True)]
    return [*words("to/PART", f"({VP})/(s:b\\np)"), *tokens]


def use(u: Use) -> list[Token]:
    tool = mark(noun_phrase(NP(u.tool)), "tool")
    return finish([*words("you/PRON use/VERB", f"np {TV}"), *tool, *_purpose(u.tool)])


def phrase(p: Phrase) -> list[Token]:
    text, end = PHRASES[p.id].rsplit(" ", 1)
    return finish(words(text), end)


def _wh(adverb: str) -> list[Token]:
    return words(f"{adverb}/ADV did/AUX", "s:wq/s:q (s:q/(s:b\\np))/np")


def question(q: Question) -> list[Token]:
    of, role = q.of, q.role
    if isinstance(of, Event):
        core = _indirect(of, role) if q.indirect else _direct(of, role)
    elif isinstance(of, Because):
        e = of.event
        rest = [*noun_phrase(e.agent), *_predicate(e, past=False), *_adjuncts(e)]
        core = [*_wh("why"), *rest]
    elif isinstance(of, Typical):
        cats = "s:wq/s:q (s:q/(s:b\\np))/np np (s\\np)/(s\\np) (s:b\\np)/np n"
        spec = "where/ADV do/AUX you/PRON usually/ADV find/VERB"
        core = words(f"{spec} {_plural(of.noun)}/NOUN", cats)
    elif isinstance(of, Use):
        cats = "s:wq/(s:q/np) (s:q/(s:b\\np))/np np (s:b\\np)/np"
        core = words("what/PRON do/AUX you/PRON use/VERB", cats) + _purpose(of.tool)
    else:
        core = _about(of, role)
    return finish(mark(core, ""), "?")


def _direct(e: Event, role: str) -> list[Token]:
    if role == "agent":
        who = words("who/PRON", "s:wq/(s:dcl\\np)")
        return [*who, *_predicate(e), *_adjuncts(e)]
    agent, did = noun_phrase(e.agent), words("did/AUX", "(s:q/(s:b\\np))/np")
    if role == "next":
        what = words("what/PRON", "s:wq/(s:q/np)")
        return [*what, *did, *agent, *words("do/VERB next/ADV", f"(s:b\\np)/np {VP}")]
    if role == "patient":
        pronoun = "who/PRON" if e.patient.noun in PEOPLE else "what/PRON"
        verb = _predicate(e, past=False, patients=False)
        what = words(pronoun, "s:wq/(s:q/np)")
        return [*what, *did, *agent, *verb, *_adjuncts(e)]
    adverb = "where" if role == "place" else "when"
    rest = [*_predicate(e, past=False), *_adjuncts(e, role)]
    return [*_wh(adverb), *agent, *rest]


def _indirect(e: Event, role: str) -> list[Token]:
    cats = "(s:q/(s:b\\np))/np np (s:b\\np)/s:qem"
    opening = words("do/AUX you/PRON know/VERB", cats)
    if role == "agent":
        who = words("who/PRON", "s:qem/(s:dcl\\np)")
        return [*opening, *who, *_predicate(e), *_adjuncts(e)]
    agent = noun_phrase(e.agent)
    if role == "patient":
        pronoun = "who/PRON" if e.patient.noun in PEOPLE else "what/PRON"
        what = words(pronoun, "s:qem/(s:dcl/np)")
        verb = _predicate(e, patients=False)
        return [*opening, *what, *agent, *verb, *_adjuncts(e)]
    adverb = "where/ADV" if role == "place" else "when/ADV"
    rest = [*agent, *_predicate(e), *_adjuncts(e, role)]
    return [*opening, *words(adverb, "s:qem/s:dcl"), *rest]


def _about(f: Fact, role: str) -> list[Token]:
    """A question about a fact: "Where was Anna Keller born?"."""
    if role == "person":
        return [*words("who/PRON", "s:wq/(s:dcl\\np)"), *_told(f, ("org", "city"))]
    person = _name(f"{word(f.given)} {word(f.surname)}", "PER")
    adverb = "when" if role == "year" else "where"
    if f.kind == "born":
        cats = "s:wq/s:q (s:q/(s:pss\\np))/np"
        was = words(f"{adverb}/ADV was/AUX", cats)
        return [*was, *person, *words("born/VERB", "s:pss\\np")]
    if f.kind == "found" and role == "org":
        cats = "s:wq/(s:q/np) (s:q/(s:b\\np))/np"
        found = words("found/VERB", "(s:b\\np)/np")
        return [*words("what/PRON did/AUX", cats), *person, *found]
    if f.kind == "found":
        found = words("found/VERB", "(s:b\\np)/np")
        return [*_wh(adverb), *person, *found, *_organisation(f.org)]
    does = words("where/ADV does/AUX", "s:wq/s:q (s:q/(s:b\\np))/np")
    verb = "work/VERB" if f.kind == "work" else "live/VERB"
    return [*does, *person, *words(verb, "s:b\\np")]
