"""Swahili.

There is no Swahili in XTREME's udpos; tags follow the conventions of Universal
Dependencies: subject, tense and object prefixes stay inside the VERB token, the
connective -a ("cha", "za") is ADP, ni and forms of kuwa are AUX, possessives DET.
"""

from __future__ import annotations

from xitt.data.pocket.concepts import ANIMALS, CITIES, CLOTHES, NAMES, PEOPLE
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

ENGLISH_NAME, ISO3, SPACES = "Swahili", "swh", True

NAMED = {"omar": "Omari", "karim": "Karimu", "cairo": "Kairo", "rome": "Roma"}
NOUNS = {  # singular, class, plural where it differs; people and animals are class 1
    "teacher": "mwalimu 1 walimu", "doctor": "daktari 1 madaktari",
    "farmer": "mkulima 1 wakulima", "student": "mwanafunzi 1 wanafunzi",
    "baker": "mwokaji 1 waokaji", "driver": "dereva 1 madereva",
    "engineer": "mhandisi 1 wahandisi", "painter": "mchoraji 1 wachoraji",
    "singer": "mwimbaji 1 waimbaji", "lawyer": "wakili 1 mawakili",
    "journalist": "mwanahabari 1 wanahabari", "neighbour": "jirani 1 majirani",
    "book": "kitabu 7 vitabu", "letter": "barua 9", "newspaper": "gazeti 5 magazeti",
    "key": "ufunguo 11 funguo", "ring": "pete 9", "phone": "simu 9",
    "bag": "mkoba 3 mikoba", "camera": "kamera 9", "umbrella": "mwavuli 3 miavuli",
    "ticket": "tiketi 9", "lamp": "taa 9", "clock": "saa 9", "chair": "kiti 7 viti",
    "table": "meza 9", "box": "sanduku 5 masanduku", "picture": "picha 9",
    "radio": "redio 9", "computer": "kompyuta 9", "cup": "kikombe 7 vikombe",
    "plate": "sahani 9", "knife": "kisu 7 visu", "shirt": "shati 5 mashati",
    "dress": "gauni 5 magauni", "hat": "kofia 9", "coat": "koti 5 makoti",
    "car": "gari 5 magari", "bicycle": "baiskeli 9", "boat": "mashua 9",
    "door": "mlango 3 milango", "window": "dirisha 5 madirisha", "house": "nyumba 9",
    "flower": "ua 5 maua", "ball": "mpira 3 mipira", "apple": "tufaha 5 matufaha",
    "egg": "yai 5 mayai", "cake": "keki 9", "bread": "mkate 3 mikate",
    "rice": "wali 11", "soup": "supu 9", "cheese": "jibini 9", "fish": "samaki 1",
    "tea": "chai 9", "coffee": "kahawa 9", "water": "maji 6", "milk": "maziwa 6",
    "juice": "juisi 9", "dog": "mbwa 1", "cat": "paka 1", "horse": "farasi 1",
    "cow": "ng'ombe 1", "bird": "ndege 1", "animal": "mnyama 1 wanyama",
    "food": "chakula 7 vyakula",
}  # fmt: skip
PLURAL_CLASS = {"1": "2", "3": "4", "5": "6", "7": "8", "9": "10", "11": "10"}
FIXED = {  # phrases without agreement
    "someone": "mtu/NOUN fulani/DET", "something": "kitu/NOUN fulani/DET",
    "vehicle": "chombo/NOUN cha/ADP usafiri/NOUN",
}  # fmt: skip
ADJECTIVES = {  # forms of the classes 3 4 5 6 7 8 9
    "red": "mwekundu myekundu jekundu mekundu chekundu vyekundu nyekundu",
    "black": "mweusi myeusi jeusi meusi cheusi vyeusi nyeusi",
    "white": "mweupe myeupe jeupe meupe cheupe vyeupe nyeupe",
    "big": "mkubwa mikubwa kubwa makubwa kikubwa vikubwa kubwa",
    "small": "mdogo midogo dogo madogo kidogo vidogo ndogo",
    "new": "mpya mipya jipya mapya kipya vipya mpya",
    "beautiful": "mzuri mizuri zuri mazuri kizuri vizuri nzuri",
    "tall": "mrefu mirefu refu marefu kirefu virefu ndefu",
}  # fmt: skip
LIKE = {"1": "3", "10": "9", "11": "3"}  # classes whose adjectives have the same forms
UNCHANGED = {"famous": "maarufu/ADJ", "young": "kijana/NOUN", "fresh": "safi/ADJ"}
CONNECTED = {  # after the connective: "kofia ya kijani"
    "green": "kijani/NOUN", "blue": "bluu/NOUN", "yellow": "njano/NOUN",
    "old": "zamani/NOUN", "hot": "moto/NOUN", "cold": "baridi/NOUN",
    "expensive": "bei/NOUN ghali/ADJ", "cheap": "bei/NOUN nafuu/ADJ",
}  # fmt: skip
CONNECTIVES = {
    "1": "wa", "3": "wa", "4": "ya", "5": "la", "6": "ya", "7": "cha", "8": "vya",
    "9": "ya", "10": "za", "11": "wa",
}  # fmt: skip
NUMBERS = {  # forms of the classes 4 6 8 10
    2: "miwili mawili viwili mbili", 3: "mitatu matatu vitatu tatu",
    4: "minne manne vinne nne", 5: "mitano matano vitano tano",
    10: "kumi kumi kumi kumi",
}  # fmt: skip
VERBS = {  # past, negated past; the same with the object prefix of a living being
    "buy": "alinunua hakununua alimnunua hakumnunua",
    "sell": "aliuza hakuuza alimuuza hakumuuza", "open": "alifungua hakufungua",
    "close": "alifunga hakufunga", "find": "alipata hakupata alimpata hakumpata",
    "lose": "alipoteza hakupoteza", "repair": "alitengeneza hakutengeneza",
    "break": "alivunja hakuvunja", "read": "alisoma hakusoma",
    "write": "aliandika hakuandika", "eat": "alikula hakula",
    "cook": "alipika hakupika", "drink": "alikunywa hakunywa",
    "wash": "aliosha hakuosha alimwosha hakumwosha", "launder": "alifua hakufua",
    "paint": "alipaka hakupaka", "draw": "alichora hakuchora",
    "send": "alituma hakutuma", "receive": "alipokea hakupokea",
    "see": "aliona hakuona alimwona hakumwona", "meet": "alikutana hakukutana",
    "invite": "alialika hakualika alimwalika hakumwalika",
    "visit": "alitembelea hakutembelea alimtembelea hakumtembelea",
    "greet": "alisalimia hakusalimia alimsalimia hakumsalimia",
    "search": "alitafuta hakutafuta alimtafuta hakumtafuta",
}  # fmt: skip
SUITED = {("eat", "soup"): "drink", ("paint", "picture"): "draw"}  # by the object
SUITED |= {("paint", "flower"): "draw"} | {("wash", x): "launder" for x in CLOTHES}
PERSONAL = ("see", "invite", "visit", "greet", "search")  # mostly with people
SPOTS = {
    "market": "sokoni", "garden": "bustanini", "school": "shuleni",
    "library": "maktabani", "kitchen": "jikoni", "station": "kituoni",
    "restaurant": "mgahawani", "hospital": "hospitalini", "hotel": "hotelini",
    "office": "ofisini", "forest": "msituni", "beach": "ufukweni",
    "village": "kijijini", "farm": "shambani",
}  # fmt: skip
BUILDINGS = {  # after katika
    "park": "bustani/NOUN ya/ADP umma/NOUN",
    "museum": "jumba/NOUN la/ADP makumbusho/NOUN",
}  # fmt: skip
TIMES = {
    "yesterday": "jana/ADV", "last_week": "wiki/NOUN iliyopita/VERB",
    "morning": "asubuhi/NOUN", "afternoon": "alasiri/NOUN", "evening": "jioni/NOUN",
    "monday": "siku/NOUN ya/ADP Jumatatu/PROPN",
    "wednesday": "siku/NOUN ya/ADP Jumatano/PROPN",
    "friday": "siku/NOUN ya/ADP Ijumaa/PROPN",
    "saturday": "siku/NOUN ya/ADP Jumamosi/PROPN",
    "sunday": "siku/NOUN ya/ADP Jumapili/PROPN", "may": "mwezi/NOUN wa/ADP Mei/PROPN",
    "october": "mwezi/NOUN wa/ADP Oktoba/PROPN",
    "summer": "wakati/NOUN wa/ADP kiangazi/NOUN",
    "winter": "wakati/NOUN wa/ADP baridi/NOUN",
}  # fmt: skip
ORGS = {
    "radio_orion": "Redio Orion", "delta_bank": "Delta Bank",
    "atlas_motors": "Atlas Motors", "terra_foods": "Terra Foods",
    "university_vienna": "Chuo Kikuu cha/ADP Vienna",
    "university_cairo": "Chuo Kikuu cha/ADP Kairo", "bank_tokyo": "Benki ya/ADP Tokyo",
}  # fmt: skip
STATES = {
    "hungry": "alikuwa/AUX na/ADP njaa/NOUN", "thirsty": "alikuwa/AUX na/ADP kiu/NOUN",
    "tired": "alikuwa/AUX amechoka/VERB", "ill": "alikuwa/AUX mgonjwa/ADJ",
    "happy": "alikuwa/AUX na/ADP furaha/NOUN", "bored": "alikuwa/AUX ameboeka/VERB",
    "cold_state": "alihisi/VERB baridi/NOUN",
}  # fmt: skip
FACTS = {
    "work": "anafanya/VERB kazi/NOUN", "live": "anaishi/VERB", "born": "alizaliwa/VERB",
    "found": "alianzisha/VERB",
}  # fmt: skip
PURPOSES = {
    "knife": "kukata/VERB mkate/NOUN", "key": "kufungua/VERB mlango/NOUN",
    "umbrella": "kujikinga/VERB na/ADP mvua/NOUN", "lamp": "kusoma/VERB usiku/NOUN",
    "clock": "kujua/VERB wakati/NOUN", "cup": "kunywa/VERB chai/NOUN",
    "camera": "kupiga/VERB picha/NOUN", "phone": "kuwasiliana/VERB na/ADP rafiki/NOUN",
    "bicycle": "kwenda/VERB shuleni/NOUN", "bag": "kubeba/VERB vitabu/NOUN",
    "boat": "kuvuka/VERB mto/NOUN", "coat": "kujikinga/VERB na/ADP baridi/NOUN",
}  # fmt: skip
PHRASES = {
    "good_morning": "habari/NOUN za/ADP asubuhi/NOUN !",
    "good_night": "usiku/NOUN mwema/ADJ !", "thank_you": "asante/INTJ sana/ADV !",
    "excuse_me": "samahani/INTJ !", "how_are_you": "habari/NOUN yako/DET ?",
    "i_am_fine": "sijambo/VERB .",
    "what_is_your_name": "jina/NOUN lako/DET ni/AUX nani/PRON ?",
    "where_is_the_station": "kituo/NOUN kiko/AUX wapi/ADV ?",
    "how_much_is_this": "hii/PRON ni/AUX bei/NOUN gani/DET ?",
    "i_do_not_understand": "sielewi/VERB .",
    "i_am_learning_english": "ninajifunza/VERB Kiingereza/PROPN .",
    "i_am_hungry": "nina/VERB njaa/NOUN .",
    "it_is_raining": "mvua/NOUN inanyesha/VERB .",
    "it_is_late": "muda/NOUN umekwenda/VERB .", "we_are_tired": "tumechoka/VERB .",
    "please_sit_down": "tafadhali/INTJ keti/VERB .",
    "see_you_tomorrow": "tutaonana/VERB kesho/ADV !",
    "happy_birthday": "heri/NOUN ya/ADP siku/NOUN ya/ADP kuzaliwa/VERB !",
    "what_time_is_it": "ni/AUX saa/NOUN ngapi/DET ?",
    "do_you_speak_english": "je/PART ,/PUNCT unazungumza/VERB Kiingereza/PROPN ?",
    "i_live_here": "ninaishi/VERB hapa/ADV .",
    "i_like_music": "ninapenda/VERB muziki/NOUN .",
    "come_in": "karibu/INTJ ndani/ADV !",
    "who_is_there": "nani/PRON yuko/AUX hapo/ADV ?",
    "this_is_my_house": "hii/PRON ni/AUX nyumba/NOUN yangu/DET .",
    "i_have_two_brothers": "nina/VERB kaka/NOUN wawili/NUM .",
    "she_is_my_sister": "yeye/PRON ni/AUX dada/NOUN yangu/DET .",
    "we_are_going_home": "tunaenda/VERB nyumbani/NOUN .",
    "i_need_help": "ninahitaji/VERB msaada/NOUN .",
    "the_food_is_good": "chakula/NOUN ni/AUX kizuri/ADJ .",
}  # fmt: skip


def word(concept: str) -> str:
    """Places with their ending; verbs that mostly have a person as object with m-."""
    if concept in NOUNS:
        return NOUNS[concept].split()[0]
    if concept in VERBS:
        forms = VERBS[concept].split()
        return forms[2] if concept in PERSONAL else forms[0]
    if concept in ADJECTIVES:
        return ADJECTIVES[concept].split()[0]
    if concept in BUILDINGS:
        return " ".join(token.text for token in words(BUILDINGS[concept]))
    spec = (UNCHANGED | CONNECTED | FIXED).get(concept)
    if spec:
        return words(spec)[-1 if "bei" in spec else 0].text
    name = NAMED.get(concept, concept.replace("_", " ").title())
    return SPOTS.get(concept, name)


def _name(concept: str, kind: str) -> list[Token]:
    return entity(NAMED.get(concept, concept.replace("_", " ").title()), kind)


def noun_phrase(np: NP) -> list[Token]:
    """The noun, then adjective, numeral and connective, all in its class."""
    if np.noun in NAMES:
        return _name(np.noun, "PER")
    if np.noun in FIXED:
        return words(FIXED[np.noun])
    noun, group, *plural = NOUNS[np.noun].split()
    number = adj = linked = None
    if np.count > 1:
        noun, group = (plural or [noun])[0], PLURAL_CLASS[group]
        number = f"{NUMBERS[np.count].split()[int(group) // 2 - 2]}/NUM"
    if np.adj in CONNECTED:
        linked = f"{CONNECTIVES[group]}/ADP {CONNECTED[np.adj]}"
    elif np.adj in UNCHANGED:
        adj = UNCHANGED[np.adj]
    elif np.adj:
        adj = ADJECTIVES[np.adj].split()[int(LIKE.get(group, group)) - 3] + "/ADJ"
    return build(f"{noun}/NOUN", adj, number, linked)


def spot(place: str) -> list[Token]:
    if place in CITIES:
        return build("mjini/NOUN", mark(_name(place, "LOC"), "place"))
    if place in BUILDINGS:
        return build("katika/ADP", mark(words(BUILDINGS[place]), "place"))
    return mark(words(f"{SPOTS[place]}/NOUN"), "place")


def _time(time: str) -> list[Token]:
    return mark(words(TIMES[time]), "time")


def _adjuncts(e: Event, without: str = "") -> list[Token]:
    return build(
        spot(e.place) if e.place and without != "place" else None,
        _time(e.time) if e.time and without != "time" else None,
    )


def _prefixed(np: NP) -> bool:
    """Whether the verb takes the object prefix: people, and animals that are known."""
    return np.noun in PEOPLE or (np.noun in ANIMALS and np.definite)


def _verb(verb: str, prefixed: bool = False, negated: bool = False) -> list[Token]:
    """One meets "na" somebody, and applies "rangi" (paint)."""
    forms = VERBS[verb].split()
    prefixed = prefixed and len(forms) > 2
    after = {"meet": "na/ADP", "paint": "rangi/NOUN"}.get(verb)
    return build(f"{forms[2 * prefixed + negated]}/VERB", after)


def _predicate(e: Event) -> list[Token]:
    suited = e.verb if e.other else SUITED.get((e.verb, e.patient.noun), e.verb)
    verb = _verb(suited, _prefixed(e.patient), e.negated)
    other = build("na/CCONJ", noun_phrase(e.other)) if e.other else None
    return build(verb, mark(noun_phrase(e.patient), "patient"), other)


def _clause(e: Event) -> list[Token]:
    """A phrase in front has a comma after it, but not a single word of time."""
    opening = None
    if e.front == "then":
        opening = "kisha/ADV"
    elif e.front == "time" and e.time:
        time = _time(e.time)
        opening = time if len(time) == 1 else build(time, ",/PUNCT")
    elif e.front == "place" and e.place:
        opening = build(spot(e.place), ",/PUNCT")
    agent = mark(noun_phrase(e.agent), "agent")
    return build(opening, agent, _predicate(e), _adjuncts(e, e.front))


def event(e: Event) -> list[Token]:
    return finish(_clause(e))


def transfer(t: Transfer) -> list[Token]:
    giver, taker = _name(t.giver, "PER"), _name(t.taker, "PER")
    patient = noun_phrase(t.patient)
    if t.view == "sell":
        core = build(giver, "alimuuzia/VERB", taker, patient)
    else:
        bought = _verb("buy", _prefixed(t.patient))
        core = build(taker, bought, patient, "kutoka/ADP kwa/ADP", giver)
    if not t.time:
        return finish(core)
    time = _time(t.time)
    comma = ",/PUNCT" if len(time) > 1 else None
    return finish(build(time, comma, core) if t.front == "time" else build(core, time))


def state(s: State) -> list[Token]:
    return finish(build(_name(s.name, "PER"), STATES[s.state]))


def because(b: Because) -> list[Token]:
    e, felt = b.event, words(STATES[b.state])
    if b.so:
        reason = mark(build(noun_phrase(e.agent), felt), "reason")
        so = ",/PUNCT kwa/ADP hiyo/PRON"
        return finish(build(reason, so, _predicate(e), _adjuncts(e)))
    return finish(build(_clause(e), "kwa/ADP sababu/NOUN", mark(felt, "reason")))


def _where(f: Fact) -> list[Token]:
    """The city or organisation of a fact."""
    if f.kind in ("live", "born"):
        return build("mjini/NOUN", mark(_name(f.city, "LOC"), "city"))
    org = mark(entity(ORGS.get(f.org, f.org.title()), "ORG"), "org")
    return build("katika/ADP" if f.kind == "work" else None, org)


def _person(f: Fact) -> list[Token]:
    return mark(entity(f"{word(f.given)} {f.surname.title()}", "PER"), "person")


def fact(f: Fact) -> list[Token]:
    year = build("mwaka/NOUN", mark(words(f"{f.year}/NUM"), "year"))
    year = year if f.kind in ("born", "found") else None
    return finish(build(_person(f), FACTS[f.kind], _where(f), year))


def _plural(noun: str) -> str:
    plural = NOUNS[noun].split()[::2][-1]
    return f"kwa/ADP kawaida/NOUN ,/PUNCT {plural}/NOUN"


def typical(t: Typical) -> list[Token]:
    return finish(build(_plural(t.noun), "hupatikana/VERB", spot(t.place)))


def use(u: Use) -> list[Token]:
    tool = mark(noun_phrase(NP(u.tool)), "tool")
    return finish(build(tool, "hutumika/VERB", PURPOSES[u.tool]))


def phrase(p: Phrase) -> list[Token]:
    text, end = PHRASES[p.id].rsplit(" ", 1)
    return finish(words(text), end)


def question(q: Question) -> list[Token]:
    of = q.of
    if isinstance(of, Event):
        core = _indirect(of, q.role) if q.indirect else _asked(of, q.role)
    elif isinstance(of, Because):
        e = of.event
        core = build(
            "kwa/ADP nini/PRON", noun_phrase(e.agent), _predicate(e), _adjuncts(e)
        )
    elif isinstance(of, Typical):
        core = build(_plural(of.noun), "hupatikana/VERB wapi/ADV")
    elif isinstance(of, Use):
        core = build("kitu/NOUN gani/DET hutumika/VERB", PURPOSES[of.tool])
    else:
        core = _about(of, q.role)
    return finish(mark(core, ""), "?")


def _asked(e: Event, role: str) -> list[Token]:
    """A question about an event: the question word stands where the answer would."""
    if role == "agent":
        return build("nani/PRON", _predicate(e), _adjuncts(e))
    agent = noun_phrase(e.agent)
    if role == "next":
        return build(agent, "alifanya/VERB nini/PRON baadaye/ADV")
    if role == "patient":
        person = e.patient.noun in PEOPLE
        what = "nani/PRON" if person else "nini/PRON"
        return build(agent, _verb(e.verb, person), what, _adjuncts(e))
    if role == "place":
        time = _time(e.time) if e.time else None
        return build(agent, _predicate(e), "wapi/ADV", time)
    return build(agent, _predicate(e), _adjuncts(e, "time"), "lini/ADV")


def _indirect(e: Event, role: str) -> list[Token]:
    """ "Je, unajua ..."; "who" with a relative verb: "ni nani aliyenunua"."""
    opening = "je/PART ,/PUNCT unajua/VERB"
    if role != "agent":
        return build(opening, _asked(e, role))
    who, verb, *rest = _asked(e, role)
    verb = verb._replace(text=verb.text.replace("ali", "aliye", 1))
    return build(opening, "ni/AUX", [who, verb, *rest])


def _about(f: Fact, role: str) -> list[Token]:
    """A question about a fact: "Anna Keller alizaliwa wapi?"."""
    if role == "person":
        return build("nani/PRON", FACTS[f.kind], _where(f))
    asked = "lini/ADV" if role == "year" else "wapi/ADV"
    if f.kind == "found":
        company = role == "org"
        asked = "kampuni/NOUN gani/DET" if company else build(_where(f), asked)
    return build(_person(f), FACTS[f.kind], asked)
